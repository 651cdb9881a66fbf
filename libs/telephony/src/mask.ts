const SHOWN_AT_END = 3;
const SHOWN_AT_START = 4;
const HIDDEN_AT_LEAST = 5;

/**
 * `+2547…201` for logs, metrics and callers without the right to see numbers. Any text will do: at least five digits
 * stay hidden, so of shorter numbers less is shown, and of what is not a number nothing.
 */
export function maskMsisdn(text: string): string {
  const digits = /^\+?(\d+)$/.exec(text)?.[1];
  if (digits === undefined) return '…';
  const mayShow = Math.max(0, digits.length - HIDDEN_AT_LEAST);
  const atEnd = Math.min(mayShow, SHOWN_AT_END);
  const atStart = Math.min(mayShow - atEnd, SHOWN_AT_START);
  const plus = text.startsWith('+') ? '+' : '';
  return `${plus}${digits.slice(0, atStart)}…${digits.slice(digits.length - atEnd)}`;
}
