/** A text is no condition; `offset` is where in the text. */
export class ConditionSyntax extends Error {
  override readonly name = 'ConditionSyntax';
  constructor(
    message: string,
    readonly hint: string,
    readonly offset: number,
  ) {
    super(message);
  }

  static from(error: unknown, source: string): ConditionSyntax {
    const hint = 'Write a CEL expression, for instance: amount > 1000 && crop == "maize".';
    const offset = startOf(error);
    const summary = summaryOf(error).replace(/\.$/, '');
    return new ConditionSyntax(`The condition cannot be read: ${summary}.`, hint, Math.min(offset, source.length));
  }
}

function startOf(error: unknown): number {
  if (typeof error !== 'object' || error === null || !('range' in error)) return 0;
  const range = error.range;
  return typeof range === 'object' && range !== null && 'start' in range && typeof range.start === 'number'
    ? range.start
    : 0;
}

function summaryOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'summary' in error && typeof error.summary === 'string') {
    return error.summary;
  }
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'unknown fault';
}
