import { createHash } from 'node:crypto';
import type { CallReport, CallReportStore } from '@app/reporting';
import type { RowWriter } from '../row-writer.js';
import { amountColumn, makeRow, nameColumn, timeColumn, type Row, type RowKind } from '../row.js';

/** Call reports as rows: the first of a call makes the record, the others are merged into it. */
export const callReportRows: RowKind = {
  name: 'call-report',
  insert: 'SELECT keep_call_reports($1::jsonb)',
};

/** Keeps call reports, one record a call, by way of the spool while Postgres is away. */
export class PostgresCallReports implements CallReportStore {
  constructor(private readonly writer: RowWriter) {}

  async keepCallReport(report: CallReport): Promise<void> {
    await this.writer.write(callReportRow(report));
  }
}

/** A report as a row. */
export function callReportRow(report: CallReport): Row {
  return makeRow(callReportRows, report.id, columnsOf(report));
}

function columnsOf(report: CallReport): Record<string, unknown> {
  return {
    id: report.id,
    received_at: report.receivedAt.toISOString(),
    provider: report.provider,
    account: report.account,
    source: report.source,
    external_id: report.externalId,
    direction: report.direction,
    from_number: nameColumn(report.from),
    to_number: nameColumn(report.to),
    bridge: nameColumn(report.bridge),
    status: report.status,
    provider_status: report.providerStatus,
    hangup_cause: report.hangupCause,
    started_at: timeColumn(report.startedAt),
    ended_at: timeColumn(report.endedAt),
    duration_seconds: report.durationSeconds,
    billable_seconds: report.billableSeconds,
    cost_amount: amountColumn(report.cost?.amount),
    cost_currency: report.cost?.currency,
    campaign_id: nameColumn(report.campaignId),
    flow_id: nameColumn(report.flowId),
    recording_url: report.recordingUrl,
    final: report.final,
    matched: report.matched,
    raw: report.raw,
    key: identityOf(report),
  };
}

/** A report of no known call is the same only as one with the same payload. */
function identityOf({ identity, raw }: CallReport): string {
  const what = identity === undefined ? ['call-report-payload', sorted(raw)] : ['call-report', identity];
  return createHash('sha256').update(JSON.stringify(what)).digest('hex');
}

/** The same value with the keys of every object in one order, so that equal payloads have equal text. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, held]) => [key, sorted(held)]));
}
