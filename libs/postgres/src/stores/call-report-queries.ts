import type { DataSource } from 'typeorm';
import type { CallReportDetail, KeptCallReport, Money, ReviewState } from '@app/reporting';
import { callStatuses, type CallDirection } from '@app/telephony';
import { arrivalOf } from '../arrival.js';
import { present } from '../present.js';

/** A row of `call_reports`. */
export interface CallReportColumns {
  readonly id: string;
  readonly received_at: Date;
  readonly provider: string;
  readonly account: string;
  readonly source: string | null;
  readonly external_id: string | null;
  readonly direction: string | null;
  readonly from_number: string | null;
  readonly to_number: string | null;
  readonly bridge: string | null;
  readonly status: string;
  readonly provider_status: string | null;
  readonly hangup_cause: string | null;
  readonly started_at: Date | null;
  readonly ended_at: Date | null;
  readonly duration_seconds: number | null;
  readonly billable_seconds: number | null;
  readonly cost_amount: string | null;
  readonly cost_currency: string | null;
  readonly campaign_id: string | null;
  readonly flow_id: string | null;
  readonly recording_url: string | null;
  readonly final: boolean;
  readonly matched: boolean;
  readonly raw: Record<string, unknown>;
  readonly review_state: string;
  readonly review_note: string | null;
  readonly review_tags: string[];
  readonly review_by: string | null;
  readonly review_at: Date | null;
  readonly review_version: number;
}

/** The record of a row. */
export function callReportOf(row: CallReportColumns): KeptCallReport {
  const { id, provider, account, final, matched, raw } = row;
  return {
    ...{ id, provider, account, final, matched, raw },
    status: callStatuses.find((status) => status === row.status) ?? 'unknown',
    receivedAt: row.received_at,
    ...present({
      source: row.source,
      externalId: row.external_id,
      direction: directionOf(row.direction),
      from: row.from_number,
      to: row.to_number,
      bridge: row.bridge,
      providerStatus: row.provider_status,
      hangupCause: row.hangup_cause,
      startedAt: row.started_at,
      endedAt: row.ended_at,
      durationSeconds: row.duration_seconds,
      billableSeconds: row.billable_seconds,
      cost: costOf(row),
      campaignId: row.campaign_id,
      flowId: row.flow_id,
      recordingUrl: row.recording_url,
    }),
    review: {
      state: reviewStateOf(row.review_state),
      tags: row.review_tags,
      version: row.review_version,
      ...present({ note: row.review_note, by: row.review_by, at: row.review_at }),
    },
  };
}

/** The records of an account, newest arrival first; at most `limit`. */
export async function findCallReports(
  dataSource: DataSource,
  { provider, account, limit = 50 }: { readonly provider: string; readonly account: string; readonly limit?: number },
): Promise<KeptCallReport[]> {
  const rows: CallReportColumns[] = await dataSource.query(
    `SELECT * FROM call_reports WHERE provider = $1 AND account = $2 ORDER BY received_at DESC, id DESC LIMIT $3`,
    [provider, account, limit],
  );
  return rows.map(callReportOf);
}

/** A record with everything that it was merged from. */
export async function findCallReport(dataSource: DataSource, id: string): Promise<CallReportDetail | undefined> {
  const arrival = arrivalOf(id);
  if (arrival === undefined) return undefined;
  const [row]: CallReportColumns[] = await dataSource.query(
    `SELECT * FROM call_reports WHERE received_at >= $2 AND received_at < $3 AND id = $1`,
    [id, arrival.from, arrival.to],
  );
  if (row === undefined) return undefined;
  const payloads: { received_at: Date; raw: Record<string, unknown> }[] = await dataSource.query(
    `SELECT received_at, raw FROM call_report_payloads WHERE report_id = $1 ORDER BY received_at, id`,
    [id],
  );
  const history: { received_at: Date; replaced: Record<string, unknown> }[] = await dataSource.query(
    `SELECT received_at, replaced FROM call_report_history WHERE report_id = $1 ORDER BY received_at, id`,
    [id],
  );
  const raws = payloads.length === 0 ? [row] : payloads;
  return {
    ...callReportOf(row),
    raws: raws.map(({ received_at, raw }) => ({ receivedAt: received_at, raw })),
    history: history.map(({ received_at, replaced }) => ({ replacedAt: received_at, fields: replaced })),
  };
}

function costOf({ cost_amount, cost_currency }: CallReportColumns): Money | undefined {
  if (cost_amount === null) return undefined;
  return { amount: cost_amount, ...(cost_currency === null ? {} : { currency: cost_currency }) };
}

function directionOf(text: string | null): CallDirection | undefined {
  return text === 'inbound' || text === 'outbound' ? text : undefined;
}

function reviewStateOf(text: string): ReviewState {
  return text === 'reviewed' || text === 'flagged' ? text : 'new';
}
