/** A clock that stands still until the test moves it, with timers that go off on the way. */
export class ManualClock {
  #timers: { readonly at: number; readonly run: () => void }[] = [];

  constructor(private ms: number = Date.parse('2026-03-04T09:00:00Z')) {}

  readonly now = (): number => this.ms;

  readonly after = (ms: number, run: () => void): (() => void) => {
    const timer = { at: this.ms + ms, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  };

  get timers(): number {
    return this.#timers.length;
  }

  /** Goes on by so much; between two timers everything that can run without waiting runs. */
  async pass(ms: number): Promise<void> {
    const end = this.ms + ms;
    await settled();
    for (;;) {
      const [next] = this.#timers.filter(({ at }) => at <= end).sort((one, other) => one.at - other.at);
      if (next === undefined) break;
      this.#timers = this.#timers.filter((other) => other !== next);
      this.ms = Math.max(this.ms, next.at);
      next.run();
      await settled();
    }
    this.ms = end;
  }
}

const settled = () => new Promise((done) => setImmediate(done));
