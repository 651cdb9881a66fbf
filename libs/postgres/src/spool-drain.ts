import { Backoff } from './backoff.js';
import { Bell } from './bell.js';
import type { Row } from './row.js';
import type { Spool } from './spool/spool.js';

/** What a drain needs to know. */
export interface SpoolDrainOptions {
  readonly spool: Spool;
  /** Whether Postgres is worth a try. */
  readonly isUp: () => boolean;
  /** Writes rows of any kinds, in order within each kind. */
  readonly store: (rows: readonly Row[]) => Promise<void>;
  readonly failed: (error: unknown) => void;
}

/** Brings what the spool holds to Postgres in the background, whenever Postgres is there. */
export class SpoolDrain {
  readonly #bell = new Bell();
  readonly #backoff = new Backoff(200, 5_000);
  readonly #loop: Promise<void>;
  #closed = false;

  constructor(private readonly options: SpoolDrainOptions) {
    this.#loop = this.#run();
  }

  /** There is something to drain, or Postgres is back. */
  kick(): void {
    this.#bell.ring();
  }

  /** Stops after the batch in work. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#bell.ring();
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { spool, isUp, failed } = this.options;
    while (!this.#closed) {
      if (spool.depth === 0 || !isUp()) {
        await this.#bell.wait();
        continue;
      }
      try {
        await spool.drain((rows) => this.#store(rows));
        this.#backoff.reset();
      } catch (error) {
        if (this.#isClosed()) return;
        failed(error);
        await this.#bell.wait(this.#backoff.next());
      }
    }
  }

  async #store(rows: readonly Row[]): Promise<void> {
    if (this.#closed) throw new Error('the drain was stopped');
    await this.options.store(rows);
  }

  #isClosed(): boolean {
    return this.#closed;
  }
}
