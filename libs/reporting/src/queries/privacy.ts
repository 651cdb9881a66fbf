import type { AuditDraft } from './access.js';

/** The removal of one person from everything that is kept. */
export interface Erasure {
  readonly id: string;
  readonly state: 'running' | 'done' | 'failed';
  /** Table (or `sessions`, `spool`) → records. */
  readonly removed: Readonly<Record<string, number>>;
  readonly requestedAt: Date;
  readonly doneAt?: Date;
}

export interface ErasureStore {
  begin(id: string, audit: AuditDraft): Promise<void>;
  /** Removes or blanks every row that names the number, in any form; returns counts by table. */
  erase(msisdn: string): Promise<Readonly<Record<string, number>>>;
  finish(id: string, state: 'done' | 'failed', removed: Readonly<Record<string, number>>): Promise<void>;
  get(id: string): Promise<Erasure | undefined>;
}
