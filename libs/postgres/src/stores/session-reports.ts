import { createHash } from 'node:crypto';
import type { DataSource } from 'typeorm';
import type { SessionEndStatus, SessionReport, SessionReportStore } from '@app/reporting';
import { SessionReportEntity } from '../entities/session-report.entity.js';
import { present } from '../present.js';
import type { RowWriter } from '../row-writer.js';
import { makeRow, nameColumn, timeColumn, wholeColumn, type RowKind } from '../row.js';

/** The statement in two: what can stand before a part of somebody else's, and what it ends with. */
export const sessionReportInsert = {
  before: `
    WITH incoming AS (
      SELECT * FROM jsonb_to_recordset($1::jsonb) AS r(
        id uuid, received_at timestamptz, provider text, account text, session_id text, caller text, service_code text,
        network_code text, status text, provider_status text, cost_amount text, cost_currency text, duration_ms bigint,
        hops bigint, input text, last_reply text, error_message text, occurred_at timestamptz, raw jsonb, key text)
    ), fresh AS (
      INSERT INTO report_keys (account, key, record_id, received_at)
      SELECT provider || '/' || account AS holder, decode(key, 'hex') AS hash, id, received_at FROM incoming
      ORDER BY holder, hash
      ON CONFLICT DO NOTHING
      RETURNING record_id
    )`,
  last: `
    INSERT INTO session_reports (
      id, received_at, provider, account, session_id, caller, service_code, network_code, status, provider_status,
      cost_amount, cost_currency, duration_ms, hops, input, last_reply, error_message, occurred_at, raw)
    SELECT id, received_at, provider, account, session_id, caller, service_code, network_code, status, provider_status,
      CASE WHEN cost_amount ~ '^-?[0-9]{1,30}([.][0-9]{1,30})?$' THEN cost_amount::numeric END, cost_currency,
      duration_ms, hops, input, last_reply, error_message, occurred_at, raw
    FROM incoming JOIN fresh ON fresh.record_id = incoming.id`,
} as const;

/** Session reports as rows, each written with its key or not at all. */
export const sessionReportRows: RowKind = {
  name: 'session-report',
  insert: sessionReportInsert.before + sessionReportInsert.last,
};

/** Keeps session reports; one that says the same as an earlier one, however old, adds nothing. */
export class PostgresSessionReports implements SessionReportStore {
  constructor(private readonly writer: RowWriter) {}

  async keepSessionReport(report: SessionReport): Promise<void> {
    await this.writer.write(makeRow(sessionReportRows, report.id, columnsOf(report)));
  }
}

/** Which session reports to read; all fields must match. */
export interface SessionReportFilter {
  readonly provider: string;
  readonly account: string;
  readonly sessionId?: string;
  /** Default 50. */
  readonly limit?: number;
}

/** Reads session reports back, newest first. */
export async function findSessionReports(
  dataSource: DataSource,
  filter: SessionReportFilter,
): Promise<SessionReport[]> {
  const { provider, account, sessionId } = filter;
  const found = await dataSource.getRepository(SessionReportEntity).find({
    where: { provider, account, ...(sessionId === undefined ? {} : { sessionId }) },
    order: { receivedAt: 'DESC', id: 'DESC' },
    take: filter.limit ?? 50,
  });
  return found.map(reportOf);
}

function columnsOf(report: SessionReport): Record<string, unknown> {
  return {
    id: report.id,
    received_at: report.receivedAt.toISOString(),
    provider: report.provider,
    account: report.account,
    session_id: nameColumn(report.sessionId),
    caller: nameColumn(report.caller),
    service_code: report.serviceCode,
    network_code: report.networkCode,
    status: report.status,
    provider_status: report.providerStatus,
    cost_amount: report.cost?.amount,
    cost_currency: report.cost?.currency,
    duration_ms: wholeColumn(report.durationMs),
    hops: wholeColumn(report.hops),
    input: report.input,
    last_reply: report.lastReply,
    error_message: report.errorMessage,
    occurred_at: timeColumn(report.occurredAt),
    raw: report.raw,
    key: identityOf(report),
  };
}

/**
 * The caller is part of it, since session ids may come again for somebody else; times are not, since a provider that
 * repeats a report may stamp it anew.
 */
function identityOf(report: SessionReport): string {
  const { sessionId, status, providerStatus = null, caller = null } = report;
  const identity = JSON.stringify(['session-report', sessionId, status, providerStatus, caller]);
  return createHash('sha256').update(identity).digest('hex');
}

function reportOf(row: SessionReportEntity): SessionReport {
  const { id, provider, account, sessionId, receivedAt, raw } = row;
  const cost =
    row.costAmount === null
      ? undefined
      : { amount: row.costAmount, ...(row.costCurrency === null ? {} : { currency: row.costCurrency }) };
  return {
    ...{ id, provider, account, sessionId, receivedAt, raw },
    status: statusOf(row.status),
    ...present({
      caller: row.caller,
      serviceCode: row.serviceCode,
      networkCode: row.networkCode,
      providerStatus: row.providerStatus,
      durationMs: row.durationMs,
      hops: row.hops,
      input: row.input,
      lastReply: row.lastReply,
      errorMessage: row.errorMessage,
      occurredAt: row.occurredAt,
    }),
    ...(cost === undefined ? {} : { cost }),
  };
}

function statusOf(text: string): SessionEndStatus {
  return text === 'completed' || text === 'incomplete' || text === 'failed' ? text : 'unknown';
}
