/** Growing waits with full jitter between a tenth of the ceiling and the ceiling, which doubles up to `maxMs`. */
export class Backoff {
  #ceilingMs: number;

  constructor(
    private readonly firstMs: number,
    private readonly maxMs: number,
    private readonly random: () => number = Math.random,
  ) {
    this.#ceilingMs = firstMs;
  }

  /** The next wait in milliseconds. */
  next(): number {
    const ceiling = this.#ceilingMs;
    this.#ceilingMs = Math.min(this.maxMs, ceiling * 2);
    return ceiling * (0.1 + 0.9 * this.random());
  }

  reset(): void {
    this.#ceilingMs = this.firstMs;
  }
}
