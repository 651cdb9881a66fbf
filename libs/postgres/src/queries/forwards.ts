import { v7 as uuid } from 'uuid';
import type { AuditDraft, ForwardAttempt, ForwardQueries, ForwardState, Page, PageRequest } from '@app/reporting';
import type { Database } from '../database.js';
import { present } from '../present.js';
import { auditCall, auditValues } from '../stores/audit-call.js';
import { keyset, pageOf } from './keyset.js';

interface StateColumns {
  readonly id: string;
  readonly enabled: boolean;
  readonly reason: string | null;
  readonly failing_since: Date | null;
  readonly last_success_at: Date | null;
  readonly waiting: number;
  readonly dead: number;
}

interface AttemptColumns {
  readonly order_id: string;
  readonly event: string;
  readonly record_id: string;
  readonly attempt: number;
  readonly at: Date;
  readonly state: string;
  readonly http_status: number | null;
  readonly error: string | null;
  readonly duration_ms: string;
}

const ordersOf = `outbox o WHERE o.kind = 'forward' AND o.content ->> 'forwardId' = wanted.id AND o.state`;

const findStates = {
  name: 'find-forward-states',
  text: `
    SELECT wanted.id, coalesce(f.enabled, true) AS enabled, f.reason, f.failing_since, f.last_success_at,
      (SELECT count(*)::int FROM ${ordersOf} IN ('waiting', 'sending', 'retry')) AS waiting,
      (SELECT count(*)::int FROM ${ordersOf} = 'dead') AS dead
    FROM unnest($1::text[]) WITH ORDINALITY AS wanted(id, place) LEFT JOIN forwards f ON f.id = wanted.id
    ORDER BY wanted.place`,
};

// The lock of the audit log comes before any row, as everywhere, or both could wait for each other.
const locked = 'locked AS MATERIALIZED (SELECT pg_advisory_xact_lock(7364202))';

/** $1 forward, $2 enabled, $3 reason; $4 and the following are the audit entry. */
const setEnabled = {
  name: 'set-forward-enabled',
  text: `
    WITH ${locked}, changed AS (
      INSERT INTO forwards AS f (id, enabled, reason) SELECT $1, $2, $3 FROM locked
      ON CONFLICT (id) DO UPDATE SET
        enabled = excluded.enabled, reason = excluded.reason,
        failing_since = CASE WHEN excluded.enabled THEN NULL ELSE f.failing_since END
      RETURNING id
    )
    SELECT ${auditCall(4)} FROM changed`,
};

/** $1 forward, $2 how many; $3 and the following are the audit entry, which is appended once. */
const redriveSome = {
  name: 'redrive-forward',
  text: `
    WITH ${locked}, audited AS MATERIALIZED (SELECT ${auditCall(3)} FROM locked), stuck AS (
      SELECT o.id FROM outbox o, (SELECT count(*) FROM audited) AS entries
      WHERE o.kind = 'forward' AND o.content ->> 'forwardId' = $1 AND o.state = 'dead'
      ORDER BY o.id LIMIT $2 FOR UPDATE OF o
    ), woken AS (
      UPDATE outbox SET state = 'waiting', next_at = now(), redriven_after = attempts, updated_at = now()
      FROM stuck WHERE outbox.id = stuck.id RETURNING outbox.id
    ), specs AS (
      SELECT array_agg(ROW('send', json_build_object('id', id), NULL, NULL, NULL, id, 10, NULL
        )::graphile_worker.job_spec) AS list, count(*)::int AS woken FROM woken HAVING count(*) > 0
    ), made AS MATERIALIZED (
      SELECT woken, (SELECT count(*) FROM graphile_worker.add_jobs(specs.list)) AS jobs FROM specs
    )
    SELECT woken, jobs FROM made
    UNION ALL SELECT 0, count(*) FROM audited WHERE NOT EXISTS (SELECT FROM made)`,
};

const batch = 500;

/** How the forwards of the configuration do, as operators see and change it. */
export class PostgresForwardQueries implements ForwardQueries {
  constructor(private readonly database: Database) {}

  async states(ids: readonly string[]): Promise<readonly ForwardState[]> {
    const rows = await this.database.query<StateColumns>(findStates, [ids]);
    return rows.map(({ id, enabled, reason, failing_since, last_success_at, waiting, dead }) => ({
      ...{ id, enabled, waiting, dead },
      ...present({ reason, failingSince: failing_since, lastSuccessAt: last_success_at }),
    }));
  }

  async attempts(id: string, page: PageRequest): Promise<Page<ForwardAttempt>> {
    const key = keyset(page, {
      ...{ column: 'a.at', type: 'timestamptz', id: 'a.outbox_id', descending: true, after: 1 },
    });
    const text = `
      SELECT a.outbox_id AS order_id, o.content ->> 'event' AS event, o.content ->> 'recordId' AS record_id, a.attempt,
        a.at, a.state, a.http_status, a.error, a.duration_ms
      FROM send_attempts a JOIN outbox o ON o.id = a.outbox_id
      WHERE a.forward_id = $1 AND ${key.where} ORDER BY ${key.orderBy} LIMIT ${String(key.limit)}`;
    const rows = await this.database.query<AttemptColumns>({ text }, [id, ...key.values]);
    return pageOf(rows, page, ({ at, order_id }) => ({ value: at.toISOString(), id: order_id }), attemptOf);
  }

  async redrive(id: string, audit: AuditDraft): Promise<number> {
    const values = [id, batch, ...auditValues(uuid(), audit)];
    for (let all = 0; ;) {
      const [answer] = await this.database.query<{ woken: number }>(redriveSome, values);
      const woken = answer?.woken ?? 0;
      all += woken;
      if (woken < batch) return all;
    }
  }

  async setEnabled(id: string, enabled: boolean, reason: string | undefined, audit: AuditDraft): Promise<void> {
    await this.database.query(setEnabled, [id, enabled, reason ?? null, ...auditValues(uuid(), audit)]);
  }
}

function attemptOf(row: AttemptColumns): ForwardAttempt {
  const { order_id, event, record_id, attempt, at, state } = row;
  return {
    ...{ id: `${order_id}.${String(attempt)}`, orderId: order_id, recordId: record_id },
    ...{ event, attempt, at, state, durationMs: Number(row.duration_ms) },
    ...present({ httpStatus: row.http_status, error: row.error }),
  };
}
