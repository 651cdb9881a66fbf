import type { IdempotencyStore } from '@app/reporting';
import type { Database } from '../database.js';

interface Held {
  readonly begun: boolean;
  readonly same: boolean;
  readonly status: number | null;
  readonly answer: string | null;
}

const keptHours = 24;
const crashedMinutes = 2;

// Old ones are removed by whoever begins, a few at a time: nothing else would, and nothing else need.
const begin = {
  name: 'begin-idempotent-request',
  text: `
    WITH old AS (
      DELETE FROM idempotent_requests WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM idempotent_requests
        WHERE begun_at <= $4::timestamptz - interval '${String(keptHours)} hours' AND (admin_key, key) <> ($1, $2)
        LIMIT 20 FOR UPDATE SKIP LOCKED))
    ), begun AS (
      INSERT INTO idempotent_requests AS held (admin_key, key, body_hash, begun_at)
      VALUES ($1, $2, $3, $4)
      ON CONFLICT (admin_key, key) DO UPDATE
        SET body_hash = excluded.body_hash, begun_at = excluded.begun_at, status = NULL, answer = NULL
        WHERE held.begun_at <= excluded.begun_at - interval '${String(keptHours)} hours'
          OR (held.status IS NULL AND held.body_hash = excluded.body_hash
            AND held.begun_at <= excluded.begun_at - interval '${String(crashedMinutes)} minutes')
      RETURNING 1
    )
    SELECT true AS begun, true AS same, NULL::integer AS status, NULL::text AS answer FROM begun
    UNION ALL
    SELECT false, body_hash = $3, status, answer FROM idempotent_requests
    WHERE (admin_key, key) = ($1, $2) AND NOT EXISTS (SELECT FROM begun)`,
};

const finish = {
  name: 'finish-idempotent-request',
  text: 'UPDATE idempotent_requests SET status = $3, answer = $4 WHERE (admin_key, key) = ($1, $2)',
};

const forget = {
  name: 'forget-idempotent-request',
  text: 'DELETE FROM idempotent_requests WHERE (admin_key, key) = ($1, $2) AND status IS NULL',
};

/** Requests that named themselves, for 24 hours; one whose process died may begin again after two minutes. */
export class PostgresIdempotency implements IdempotencyStore {
  constructor(private readonly database: Database) {}

  async begin(
    adminKey: string,
    idempotencyKey: string,
    bodyHash: Uint8Array,
    at: Date,
  ): Promise<'begun' | 'running' | 'other-body' | { readonly status: number; readonly body: string }> {
    const values = [adminKey, idempotencyKey, Buffer.from(bodyHash), at];
    const [held] = await this.database.query<Held>(begin, values);
    // Another one began while we looked: its row is not in our snapshot yet.
    if (held === undefined) return 'running';
    if (held.begun) return 'begun';
    if (!held.same) return 'other-body';
    return held.status === null ? 'running' : { status: held.status, body: held.answer ?? '' };
  }

  async finish(
    adminKey: string,
    idempotencyKey: string,
    { status, body }: { readonly status: number; readonly body: string },
  ): Promise<void> {
    await this.database.query(finish, [adminKey, idempotencyKey, status, body]);
  }

  async forget(adminKey: string, idempotencyKey: string): Promise<void> {
    await this.database.query(forget, [adminKey, idempotencyKey]);
  }
}
