import { v7 as uuid } from 'uuid';
import type { AuditDraft, Erasure, ErasureOrder, ErasureStore, ErasureWork } from '@app/reporting';
import { numberPattern, type Msisdn } from '@app/telephony';
import type { Database } from '../database.js';
import { auditCall, auditValues } from '../stores/audit-call.js';
import { eraseOrders } from './erase-orders.js';
import { allTargets, blank, eraseRows } from './erase-rows.js';

/** What a statement that is under way may still take, in seconds: rows that were taken before are written by then. */
const underWay = 3;
/** A process that was not seen for so long is gone for good, and its disk with it, in days. */
const lostDays = 30;

interface ErasureColumns {
  readonly id: string;
  readonly state: Erasure['state'];
  readonly removed: Readonly<Record<string, number>>;
  readonly requested_at: Date;
  readonly done_at: Date | null;
}

const columns = 'id, state, removed, requested_at, done_at';

const begin = {
  name: 'begin-erasure',
  text: `
    WITH begun AS (
      INSERT INTO erasures (id, state, sealed_number, requested_at) VALUES ($1, 'running', $2, $3) RETURNING ${columns}
    )
    SELECT begun.*, ${auditCall(4)} FROM begun`,
};

const find = { name: 'find-erasure', text: `SELECT ${columns} FROM erasures WHERE id = $1` };

const findRunning = {
  name: 'find-running-erasures',
  text: `SELECT id, sealed_number, requested_at FROM erasures WHERE state = 'running' ORDER BY requested_at, id`,
};

const claim = {
  name: 'claim-erasure',
  text: `
    WITH ready AS (
      SELECT NOT EXISTS (
        SELECT FROM spool_nodes
        WHERE seen_at > now() - interval '${String(lostDays)} days'
          AND coalesce(clear_at, '-infinity') <= asked_at + interval '${String(underWay)} seconds'
      ) AS is_last, id FROM erasures WHERE id = $1
    )
    UPDATE erasures e SET worked_until = now() + interval '5 minutes', passes = passes + 1
    FROM ready
    WHERE e.id = ready.id AND e.state = 'running' AND (e.passes = 0 OR ready.is_last)
      AND coalesce(e.worked_until, '-infinity') < now()
    RETURNING ready.is_last`,
};

const report = {
  name: 'report-erasure',
  text: `
    UPDATE erasures SET
      removed = (
        SELECT coalesce(jsonb_object_agg(name, total), '{}') FROM (
          SELECT name, sum(count::bigint) AS total
          FROM (SELECT * FROM jsonb_each_text(removed) UNION ALL SELECT * FROM jsonb_each_text($3::jsonb)) AS each (name, count)
          GROUP BY name
        ) AS totals),
      worked_until = NULL, state = $2,
      sealed_number = CASE WHEN $2 = 'running' THEN sealed_number END,
      done_at = CASE WHEN $2 <> 'running' THEN now() END
    WHERE id = $1 AND state = 'running'`,
};

// An opt-out stays in force under a name that cannot be read back.
const eraseOptOuts = {
  name: 'erase-opt-outs',
  text: `
    WITH theirs AS (
      DELETE FROM opt_outs WHERE msisdn ~ $1 RETURNING *
    ), kept AS (
      INSERT INTO opt_outs (provider, account, msisdn, address, opted_out, reason, at, heard_at)
      SELECT provider, account, $2, address, true, regexp_replace(reason, $1, '${blank}', 'g'), at, heard_at
      FROM theirs WHERE opted_out
      ON CONFLICT DO NOTHING
    ), others AS (
      UPDATE opt_outs SET reason = regexp_replace(reason, $1, '${blank}', 'g') WHERE reason ~ $1 AND NOT msisdn ~ $1
    )
    SELECT count(*)::int AS count FROM theirs`,
};

const readAnswers = {
  name: 'idempotent-answers',
  text: 'SELECT admin_key, key, answer FROM idempotent_requests WHERE answer IS NOT NULL',
};
const clearAnswer = {
  name: 'clear-idempotent-answer',
  text: `UPDATE idempotent_requests SET answer = '' WHERE (admin_key, key) = ($1, $2)`,
};

const nodeTime = { name: 'node-time', text: 'SELECT now()::text AS now' };
const seeNode = {
  name: 'see-spool-node',
  text: `
    INSERT INTO spool_nodes AS n (id, clear_at) VALUES ($1, $2)
    ON CONFLICT (id) DO UPDATE SET seen_at = now(), clear_at = coalesce(excluded.clear_at, n.clear_at)`,
};
const leaveNode = { name: 'leave-spool-node', text: 'DELETE FROM spool_nodes WHERE id = $1' };

/** What erasing needs beside the database. */
export interface ErasureTools {
  /** The name of a number that cannot be read back. */
  readonly erasedAs: (msisdn: string) => string;
  /** Reads an answer that was kept for an Idempotency-Key; undefined where it cannot be read. */
  readonly open: (answer: string) => unknown;
}

/** Erasures in Postgres. */
export class PostgresErasures implements ErasureStore, ErasureWork {
  constructor(
    private readonly database: Database,
    private readonly tools: ErasureTools,
  ) {}

  async begin({ id, sealedNumber, requestedAt }: ErasureOrder, audit: AuditDraft): Promise<Erasure> {
    const values = [id, sealedNumber, requestedAt, ...auditValues(uuid(), audit)];
    const [row] = await this.database.query<ErasureColumns>(begin, values);
    if (row === undefined) throw new Error('an erasure was written and not returned');
    return erasureOf(row);
  }

  async get(id: string): Promise<Erasure | undefined> {
    const [row] = await this.database.query<ErasureColumns>(find, [id]);
    return row === undefined ? undefined : erasureOf(row);
  }

  async running(): Promise<readonly ErasureOrder[]> {
    type Row = { readonly id: string; readonly sealed_number: string; readonly requested_at: Date };
    const rows = await this.database.query<Row>(findRunning, []);
    return rows.map((row) => ({ id: row.id, sealedNumber: row.sealed_number, requestedAt: row.requested_at }));
  }

  async claim(id: string): Promise<'first' | 'last' | 'wait'> {
    const [row] = await this.database.query<{ is_last: boolean }>(claim, [id]);
    if (row === undefined) return 'wait';
    return row.is_last ? 'last' : 'first';
  }

  async report(id: string, state: Erasure['state'], removed: Readonly<Record<string, number>>): Promise<void> {
    await this.database.query(report, [id, state, JSON.stringify(removed)]);
  }

  async erase(msisdn: string): Promise<Readonly<Record<string, number>>> {
    const pattern = numberPattern(msisdn as Msisdn);
    const counts: Record<string, number> = {};
    const add = (table: string, count: number) => {
      if (count > 0) counts[table] = (counts[table] ?? 0) + count;
    };
    // What would make new rows goes first.
    add('outbox', await eraseOrders(this.database, pattern));
    for (const target of await allTargets(this.database)) {
      for (const [table, count] of await eraseRows(this.database, target, pattern)) add(table, count);
    }
    const values = [pattern, this.tools.erasedAs(msisdn)];
    const [optOuts] = await this.database.query<{ count: number }>(eraseOptOuts, values);
    add('opt_outs', optOuts?.count ?? 0);
    add('idempotent_requests', await this.#clearAnswers(new RegExp(pattern)));
    return counts;
  }

  /** Says that this process is there; with whether all it had taken is in the database, by the clock of the database. */
  async reportNode(node: string, isClear: () => Promise<boolean>): Promise<void> {
    const [time] = await this.database.query<{ now: string }>(nodeTime, []);
    const clear = await isClear();
    await this.database.query(seeNode, [node, clear ? time?.now : null]);
  }

  /** This process ends with nothing left on its disk. */
  async leave(node: string): Promise<void> {
    await this.database.query(leaveNode, [node]);
  }

  /** They are encrypted, so each has to be read. Whoever asks again is told that it was carried out. */
  async #clearAnswers(names: RegExp): Promise<number> {
    type Row = { readonly admin_key: string; readonly key: string; readonly answer: string };
    let count = 0;
    for (const { admin_key, key, answer } of await this.database.query<Row>(readAnswers, [])) {
      if (!names.test(JSON.stringify(this.tools.open(answer) ?? ''))) continue;
      await this.database.query(clearAnswer, [admin_key, key]);
      count++;
    }
    return count;
  }
}

function erasureOf({ id, state, removed, requested_at, done_at }: ErasureColumns): Erasure {
  return { id, state, removed, requestedAt: requested_at, ...(done_at === null ? {} : { doneAt: done_at }) };
}
