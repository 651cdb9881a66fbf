import { v7 as uuid } from 'uuid';
import type { Database } from './database.js';
import { insertRows } from './insert-rows.js';
import { present } from './present.js';
import { makeRow, type Row, type RowKind } from './row.js';
import { callReportRow, callReportRows } from './stores/call-reports.js';

const perStatement = 500;
/** What was missed for longer, because no worker ran, stays open. */
const lookBackDays = 7;

const named = (id: string) => `sha256(convert_to('["call-report",' || to_json(${id})::text || ']', 'UTF8'))`;
const unheardOf = (table: string, id: string) => `
  NOT EXISTS (
    SELECT FROM report_keys k
    WHERE k.account = ${table}.provider || '/' || ${table}.account AND k.key = ${named(id)})`;

/** $1 when they are given up, $2 behind which id. */
const findOpenReports = {
  name: 'find-open-call-reports',
  text: `
    SELECT c.id::text AS position, c.provider, c.account, c.matched, c.received_at AS since, encode(k.key, 'hex') AS key
    FROM call_reports c JOIN report_keys k ON k.record_id = c.id AND k.account = c.provider || '/' || c.account
    WHERE NOT c.final AND c.received_at < $1 AND c.id::text > $2
      AND NOT EXISTS (SELECT FROM call_report_payloads p WHERE p.report_id = c.id AND p.received_at >= $1)
    ORDER BY c.id::text LIMIT ${String(perStatement)}`,
};

/** $1 when they are given up, $2 behind which id. */
const findPlacedCalls = {
  name: 'find-unreported-calls',
  text: `
    SELECT id::text AS position, provider, account, external_id AS call, updated_at AS since, 'outbound' AS direction,
      content ->> 'from' AS "from", content ->> 'to' AS "to"
    FROM outbox
    WHERE kind = 'call' AND state = 'sent' AND external_id IS NOT NULL AND updated_at < $1
      AND created_at < $1 AND created_at > $1::timestamptz - interval '${String(lookBackDays)} days'
      AND id::text > $2 AND ${unheardOf('outbox', 'external_id')}
    ORDER BY id::text LIMIT ${String(perStatement)}`,
};

// A session's name ends in the provider's id, unless that was too odd to stand in a key.
const sessionId = `substring(session_key FROM '^ongea:\\{voice:[^:]*:[^:]*:([^#}~][^}~]*)\\}')`;

/** $1 when they are given up, $2 behind which session. */
const findAnsweredCalls = {
  name: 'find-unreported-voice-sessions',
  text: `
    SELECT session AS position, provider, account, ${sessionId} AS call, last_turn_at AS since, 'inbound' AS direction,
      caller AS "from", NULL AS "to"
    FROM sessions
    WHERE channel = 'voice' AND last_turn_at < $1
      AND started_at < $1 AND started_at > $1::timestamptz - interval '${String(lookBackDays)} days'
      AND session > $2 AND ${sessionId} IS NOT NULL AND ${unheardOf('sessions', sessionId)}
    ORDER BY session LIMIT ${String(perStatement)}`,
};

interface OpenReport {
  readonly position: string;
  readonly provider: string;
  readonly account: string;
  readonly matched: boolean;
  readonly since: Date;
  /** In hexadecimal. */
  readonly key: string;
}

interface UnreportedCall {
  readonly position: string;
  readonly provider: string;
  readonly account: string;
  readonly call: string;
  readonly since: Date;
  readonly direction: 'inbound' | 'outbound';
  readonly from: string | null;
  readonly to: string | null;
}

/**
 * Closes calls of which nothing was heard since `before`: those with a report but no final one, those that we placed, and those
 * that we spoke in. They become, or stay, a record with the payload `{"reconciled": true}`; a final report that still comes
 * is merged and wins. Rejects with the database's error.
 * @param kind how this process writes call reports
 * @returns how many
 */
export async function reconcileCalls(database: Database, kind: RowKind, before: Date, now: Date): Promise<number> {
  const found = {
    open: (after: string) => database.query<OpenReport>(findOpenReports, [before, after]),
    placed: (after: string) => database.query<UnreportedCall>(findPlacedCalls, [before, after]),
    answered: (after: string) => database.query<UnreportedCall>(findAnsweredCalls, [before, after]),
  };
  const unreported = (call: UnreportedCall): Closing => ({ position: call.position, row: unreportedRow(call, now) });
  // Those that we placed come before those that we spoke in: of these it is known who called whom.
  const steps: readonly ((after: string) => Promise<readonly Closing[]>)[] = [
    async (after) => (await found.open(after)).map((one) => ({ position: one.position, row: closingRow(one, now) })),
    async (after) => (await found.placed(after)).map(unreported),
    async (after) => (await found.answered(after)).map(unreported),
  ];
  let count = 0;
  for (const next of steps) {
    for (let closing = await next(''); closing.length > 0; closing = await next(closing.at(-1)?.position ?? '')) {
      const rows = closing.map(({ row }) => row);
      await insertRows(database, kind, rows);
      count += rows.length;
    }
  }
  return count;
}

/** A row that closes a call, and where its search goes on. */
interface Closing {
  readonly position: string;
  readonly row: Row;
}

// The payload is the same however often it is made, so that of two workers the second changes nothing.
function closingRow({ provider, account, matched, since, key }: OpenReport, now: Date): Row {
  const id = uuid({ msecs: now.getTime() });
  return makeRow(callReportRows, id, {
    ...{ id, received_at: now.toISOString(), provider, account, matched, key, status: 'unknown', final: true },
    raw: { reconciled: true, since: since.toISOString() },
  });
}

function unreportedRow({ provider, account, call, since, direction, from, to }: UnreportedCall, now: Date): Row {
  return callReportRow({
    ...{ id: uuid({ msecs: now.getTime() }), provider, account, direction, receivedAt: now },
    ...{ externalId: call, identity: call, status: 'unknown', final: true, matched: true },
    ...present({ from, to }),
    raw: { reconciled: true, since: since.toISOString() },
  });
}
