import type { AuditDraft } from './access.js';

/** The removal of one person from everything that is kept. */
export interface Erasure {
  readonly id: string;
  readonly state: 'running' | 'done' | 'failed';
  /** Table (or `sessions`) → records that were removed, or cleared of the number. */
  readonly removed: Readonly<Record<string, number>>;
  readonly requestedAt: Date;
  readonly doneAt?: Date;
}

/** An erasure that is to be carried out. */
export interface ErasureOrder {
  readonly id: string;
  /** The number, encrypted; it is forgotten with the end of the erasure. */
  readonly sealedNumber: string;
  readonly requestedAt: Date;
}

/** Takes erasures and tells of them. Methods reject with the database's error. */
export interface ErasureStore {
  /** Resolves once it is certain that it will be carried out. */
  begin(order: ErasureOrder, audit: AuditDraft): Promise<Erasure>;
  get(id: string): Promise<Erasure | undefined>;
}

/** What whoever carries erasures out needs. Methods reject with the database's error. */
export interface ErasureWork {
  /** Those that are not over. */
  running(): Promise<readonly ErasureOrder[]>;
  /**
   * What this erasure wants of whoever asks first: `first` pass, `last` pass, once every process that keeps rows of its own
   * has brought them to Postgres, or to `wait`, also where another process is at it.
   */
  claim(id: string): Promise<'first' | 'last' | 'wait'>;
  /** Removes or clears every row that names the number, in any form; returns counts by table. */
  erase(msisdn: string): Promise<Readonly<Record<string, number>>>;
  /** Adds to the counts, and ends the erasure where the state is not `running`. */
  report(id: string, state: Erasure['state'], removed: Readonly<Record<string, number>>): Promise<void>;
}
