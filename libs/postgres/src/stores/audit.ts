import type { Database } from '../database.js';

/** Something that was done, for the audit log. */
export interface AuditEntry {
  /** UUIDv7; an entry that is there already is not appended again. */
  readonly id: string;
  readonly at: Date;
  /** Who did it: `person`, `operator`, the name of an admin key. */
  readonly actor: string;
  readonly action: string;
  /** Whom or what it was about: masked, or a keyed hash. */
  readonly subject?: string;
  readonly details: Readonly<Record<string, unknown>>;
}

const append = {
  name: 'append-audit',
  text: 'SELECT append_audit($1, $2, $3, $4, $5, $6)',
};

const findFault = {
  name: 'find-audit-fault',
  text: `
    SELECT seq::int FROM (
      SELECT l AS entry, seq, previous, hash,
        lag(hash, 1, '\\x') OVER earlier AS hash_before, lag(seq, 1, 0::bigint) OVER earlier AS seq_before
      FROM audit_log AS l WINDOW earlier AS (ORDER BY seq)
    ) AS chain
    WHERE seq <> seq_before + 1 OR previous <> hash_before OR hash <> audit_hash(entry)
    ORDER BY seq LIMIT 1`,
};

/** The audit log: entries are appended one after another, each hashed together with the one before it. */
export class PostgresAudit {
  constructor(private readonly database: Database) {}

  /** Rejects with the database's error. */
  async append(entry: AuditEntry): Promise<void> {
    const { id, at, actor, action, subject, details } = entry;
    await this.database.query(append, [id, at, actor, action, subject ?? null, JSON.stringify(details)]);
  }

  /** The number of the first entry that was changed, or before which one is missing; undefined where all is well. */
  async firstFault(): Promise<number | undefined> {
    const [fault] = await this.database.query<{ seq: number }>(findFault, []);
    return fault?.seq;
  }
}
