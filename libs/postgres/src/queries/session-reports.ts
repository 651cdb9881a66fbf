import type {
  Page,
  PageRequest,
  SessionEndStatus,
  SessionReport,
  SessionReportFilter,
  SessionReportQueries,
  SessionReportStatsBy,
  SessionReportStatsGroup,
} from '@app/reporting';
import type { Database } from '../database.js';
import { present } from '../present.js';
import { Conditions } from './conditions.js';
import { keyset, pageOf } from './keyset.js';
import { costOf } from './money.js';
import { knownZone, shownTime } from './zone.js';

/** A row of `session_reports`. */
export interface ReportColumns {
  readonly id: string;
  readonly received_at: Date;
  readonly provider: string;
  readonly account: string;
  readonly session_id: string;
  readonly caller: string | null;
  readonly service_code: string | null;
  readonly network_code: string | null;
  readonly status: string;
  readonly provider_status: string | null;
  readonly cost_amount: string | null;
  readonly cost_currency: string | null;
  readonly duration_ms: string | null;
  readonly hops: string | null;
  readonly input: string | null;
  readonly last_reply: string | null;
  readonly error_message: string | null;
  readonly occurred_at: Date | null;
  readonly raw: Record<string, unknown>;
}

interface GroupColumns {
  readonly key: string | null;
  readonly count: number;
  readonly completed: number;
  readonly mean_duration_ms: number | null;
  readonly mean_hops: number | null;
  readonly cost: Record<string, string> | null;
}

const columnOf: Readonly<Record<Exclude<SessionReportStatsBy, 'hour' | 'day'>, string>> = {
  status: 'status',
  provider: 'provider',
  account: 'account',
  networkCode: 'network_code',
  serviceCode: 'service_code',
};

/** End-of-session reports as the admin API reads them. */
export class PostgresSessionReportQueries implements SessionReportQueries {
  constructor(private readonly database: Database) {}

  async list(filter: SessionReportFilter, page: PageRequest): Promise<Page<SessionReport>> {
    const wanted = conditionsOf(filter);
    const key = keyset(page, {
      ...{ column: 'received_at', type: 'timestamptz', id: 'id', descending: true, after: wanted.count },
    });
    const text = `
      SELECT * FROM session_reports
      WHERE ${wanted.text} AND ${key.where} ORDER BY ${key.orderBy} LIMIT ${String(key.limit)}`;
    const rows = await this.database.query<ReportColumns>({ text }, [...wanted.values, ...key.values]);
    return pageOf(rows, page, ({ received_at, id }) => ({ value: received_at.toISOString(), id }), sessionReportOf);
  }

  async stats(
    filter: SessionReportFilter,
    by: SessionReportStatsBy,
    zone: string,
  ): Promise<readonly SessionReportStatsGroup[]> {
    const wanted = conditionsOf(filter);
    const isTime = by === 'hour' || by === 'day';
    const place = `$${String(wanted.count + 1)}::text`;
    const key = isTime ? `date_trunc('${by}', received_at, ${place})` : columnOf[by];
    const text = `
      WITH each AS MATERIALIZED (
        SELECT ${key} AS key, status, duration_ms, hops, cost_amount, coalesce(cost_currency, 'XXX') AS currency
        FROM session_reports WHERE ${wanted.text}
      ), costs AS (
        SELECT key, jsonb_object_agg(currency, amount::text) AS cost FROM (
          SELECT key, currency, sum(cost_amount) AS amount FROM each WHERE cost_amount IS NOT NULL GROUP BY key, currency
        ) AS sums GROUP BY key
      ), groups AS (
        SELECT key, count(*)::int AS count, count(*) FILTER (WHERE status = 'completed')::int AS completed,
          round(avg(duration_ms))::float8 AS mean_duration_ms, round(avg(hops), 2)::float8 AS mean_hops
        FROM each GROUP BY key
      )
      SELECT ${isTime ? shownTime(by, 'g.key', place) : 'g.key'} AS key, g.count, g.completed, g.mean_duration_ms, g.mean_hops,
        costs.cost
      FROM groups AS g LEFT JOIN costs ON costs.key IS NOT DISTINCT FROM g.key
      ORDER BY ${isTime ? 'g.key' : 'g.count DESC, g.key'}`;
    const values = [...wanted.values, ...(isTime ? [zone] : [])];
    const rows = await knownZone(this.database.query<GroupColumns>({ text }, values));
    return rows.map(({ key, count, completed, mean_duration_ms, mean_hops, cost }) => ({
      ...{ key, count, completed, meanDurationMs: mean_duration_ms, meanHops: mean_hops, cost: cost ?? {} },
    }));
  }
}

function conditionsOf(filter: SessionReportFilter): Conditions {
  const { provider, account, status, sessionId, serviceCode, networkCode, caller, received } = filter;
  return new Conditions()
    .equal({ provider, account, status, session_id: sessionId })
    .equal({ service_code: serviceCode, network_code: networkCode, caller })
    .within('received_at', received);
}

/** The record of a row. */
export function sessionReportOf(row: ReportColumns): SessionReport {
  const { id, provider, account, raw } = row;
  return {
    ...{ id, provider, account, raw },
    sessionId: row.session_id,
    receivedAt: row.received_at,
    status: statusOf(row.status),
    ...present({
      caller: row.caller,
      serviceCode: row.service_code,
      networkCode: row.network_code,
      providerStatus: row.provider_status,
      cost: costOf(row),
      durationMs: wholeOf(row.duration_ms),
      hops: wholeOf(row.hops),
      input: row.input,
      lastReply: row.last_reply,
      errorMessage: row.error_message,
      occurredAt: row.occurred_at,
    }),
  };
}

/** `bigint` comes as text. */
function wholeOf(text: string | null): number | undefined {
  return text === null ? undefined : Number(text);
}

function statusOf(text: string): SessionEndStatus {
  return text === 'completed' || text === 'incomplete' || text === 'failed' ? text : 'unknown';
}
