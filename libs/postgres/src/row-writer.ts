import type { Database } from './database.js';
import { insertRows } from './insert-rows.js';
import type { Row, RowKind } from './row.js';

/** Where rows go that Postgres cannot take now. */
export interface RowRefuge {
  append(row: Row): Promise<void>;
}

/** What a writer must know of the connection, and what it tells about it. */
export interface ConnectionGate {
  /** Whether a statement is worth a try. */
  readonly isUp: boolean;
  /** A statement failed because Postgres could not take it. */
  failed(error: unknown): void;
  /** Rows were set aside for what they hold. */
  quarantined(kind: string, rows: number): void;
}

interface Waiting {
  readonly row: Row;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

const maxInFlight = 2;
// A statement costs as much as some rows do: while one is under way, fewer wait for it to end.
const worthSecondStatement = 50;
const maxBatchRows = 500;
const maxWaiting = 5_000;

/**
 * Writes the rows of one kind as they come: rows that arrive together share a statement, and each caller is told when
 * its own row is durable. When Postgres does not take a batch, or too much waits for it, rows go to the refuge.
 */
export class RowWriter {
  #waiting: Waiting[] = [];
  #inFlight = 0;
  #scheduled = false;

  constructor(
    private readonly kind: RowKind,
    private readonly database: Database,
    private readonly gate: ConnectionGate,
    private readonly refuge: RowRefuge,
  ) {}

  /** Resolves once the row is durable: committed, set aside in the quarantine, or fsynced to the refuge. */
  async write(row: Row): Promise<void> {
    if (!this.gate.isUp || this.#waiting.length >= maxWaiting) {
      await this.refuge.append(row);
      return;
    }
    await new Promise<void>((resolve, reject) => {
      this.#waiting.push({ row, resolve, reject });
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#scheduled || !this.#hasRoom()) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      const batch = this.#waiting.splice(0, maxBatchRows);
      this.#inFlight++;
      void this.#store(batch).finally(() => {
        this.#inFlight--;
        this.#schedule();
      });
      this.#schedule();
    });
  }

  #hasRoom(): boolean {
    const least = this.#inFlight === 0 ? 1 : worthSecondStatement;
    return this.#inFlight < maxInFlight && this.#waiting.length >= least;
  }

  async #store(batch: readonly Waiting[]): Promise<void> {
    try {
      const rows = batch.map((waiting) => waiting.row);
      const aside = await insertRows(this.database, this.kind, rows);
      if (aside > 0) this.gate.quarantined(this.kind.name, aside);
      for (const { resolve } of batch) resolve();
    } catch (error) {
      this.gate.failed(error);
      // Who waited behind this batch has waited as long; a second try would pass the caller's own limit.
      const behind = this.#waiting.splice(0);
      for (const { row, resolve, reject } of [...batch, ...behind]) this.refuge.append(row).then(resolve, reject);
    }
  }
}
