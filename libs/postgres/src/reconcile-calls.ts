import { v7 as uuid } from 'uuid';
import type { CallReport } from '@app/reporting';
import type { Database } from './database.js';
import { insertRows } from './insert-rows.js';
import { present } from './present.js';
import { callReportRow, callReportRows } from './stores/call-reports.js';

const perStatement = 500;
/** What was missed for longer, because no worker ran, stays open. */
const lookBackDays = 7;

const named = (id: string) => `sha256(convert_to('["call-report",' || to_json(${id})::text || ']', 'UTF8'))`;
const unheardOf = (table: string, id: string) => `
  NOT EXISTS (
    SELECT FROM report_keys k
    WHERE k.account = ${table}.provider || '/' || ${table}.account AND k.key = ${named(id)})`;

// The payload is the same however often it is made, so that of two workers the second changes nothing.
/** $1 when it is given up, $2 now. */
const closeOpenReports = {
  name: 'close-open-call-reports',
  text: `
    WITH open AS MATERIALIZED (
      SELECT c.id, c.provider, c.account, c.matched, c.received_at, encode(k.key, 'hex') AS key
      FROM call_reports c JOIN report_keys k ON k.record_id = c.id AND k.account = c.provider || '/' || c.account
      WHERE NOT c.final AND c.received_at < $1
        AND NOT EXISTS (
          SELECT FROM call_report_payloads p WHERE p.report_id = c.id AND p.received_at >= $1)
      ORDER BY c.received_at LIMIT ${String(perStatement)}
    )
    SELECT merge_call_report(jsonb_build_object(
      'id', gen_random_uuid(), 'received_at', $2::timestamptz, 'provider', provider, 'account', account,
      'status', 'unknown', 'final', true, 'matched', matched, 'key', key,
      'raw', jsonb_build_object('reconciled', true, 'since', received_at)))
    FROM open`,
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
 * @returns how many
 */
export async function reconcileCalls(database: Database, before: Date, now: Date): Promise<number> {
  let count = 0;
  for (let closed = perStatement; closed === perStatement; count += closed) {
    closed = (await database.query(closeOpenReports, [before, now])).length;
  }
  // Those that we placed come first: of these it is known who called whom.
  for (const statement of [findPlacedCalls, findAnsweredCalls]) {
    for (let after = ''; ;) {
      const found = await database.query<UnreportedCall>(statement, [before, after]);
      await insertRows(
        database,
        callReportRows,
        found.map((call) => callReportRow(reportOf(call, now))),
      );
      count += found.length;
      const last = found.at(-1);
      if (last === undefined) break;
      after = last.position;
    }
  }
  return count;
}

function reportOf({ provider, account, call, since, direction, from, to }: UnreportedCall, now: Date): CallReport {
  return {
    ...{ id: uuid({ msecs: now.getTime() }), provider, account, direction, receivedAt: now },
    ...{ externalId: call, identity: call, status: 'unknown', final: true, matched: true },
    ...present({ from, to }),
    raw: { reconciled: true, since: since.toISOString() },
  };
}
