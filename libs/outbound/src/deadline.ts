/** One signal out of a time limit and the signals of callers; clears its timer and listeners when released. */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #givenUp: () => void;
  #reason: 'timeout' | 'aborted' | undefined;

  constructor(
    timeoutMs: number,
    private readonly callers: readonly AbortSignal[],
  ) {
    this.#timer = setTimeout(() => this.#end('timeout'), timeoutMs);
    this.#givenUp = () => this.#end('aborted');
    for (const caller of callers) caller.addEventListener('abort', this.#givenUp);
    if (callers.some(({ aborted }) => aborted)) this.#end('aborted');
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Why the signal fired; undefined while it has not. */
  get reason(): 'timeout' | 'aborted' | undefined {
    return this.#reason;
  }

  release(): void {
    clearTimeout(this.#timer);
    for (const caller of this.callers) caller.removeEventListener('abort', this.#givenUp);
  }

  #end(reason: 'timeout' | 'aborted'): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    this.#controller.abort();
  }
}
