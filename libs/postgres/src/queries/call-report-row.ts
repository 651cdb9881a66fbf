import type { KeptCallReport, Money, ReviewState } from '@app/reporting';
import { callStatuses, type CallDirection } from '@app/telephony';
import { present } from '../present.js';

/** A row of `call_reports`. */
export interface CallReportColumns {
  readonly id: string;
  readonly received_at: Date;
  /** `started_at`, else `received_at`. */
  readonly sort_at: Date;
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

/** What a row of the history says was there before, by field of the record. */
export function replacedFields(columns: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const named = Object.entries(columns).flatMap(([column, value]) => {
    const field = fieldNames.get(column);
    return field === undefined ? [] : [[field, isTime(field) ? isoTime(value) : value] as const];
  });
  return Object.fromEntries(named);
}

/** Column of `call_reports` to field of the record, as far as reports replace them. */
const fieldNames: ReadonlyMap<string, string> = new Map([
  ['source', 'source'],
  ['external_id', 'externalId'],
  ['direction', 'direction'],
  ['from_number', 'from'],
  ['to_number', 'to'],
  ['bridge', 'bridge'],
  ['status', 'status'],
  ['provider_status', 'providerStatus'],
  ['hangup_cause', 'hangupCause'],
  ['started_at', 'startedAt'],
  ['ended_at', 'endedAt'],
  ['duration_seconds', 'durationSeconds'],
  ['billable_seconds', 'billableSeconds'],
  ['cost_amount', 'cost.amount'],
  ['cost_currency', 'cost.currency'],
  ['campaign_id', 'campaignId'],
  ['flow_id', 'flowId'],
  ['recording_url', 'recordingUrl'],
  ['final', 'final'],
]);

function isTime(field: string): boolean {
  return field === 'startedAt' || field === 'endedAt';
}

function isoTime(value: unknown): unknown {
  return typeof value === 'string' ? new Date(value).toISOString() : value;
}

function costOf({ cost_amount, cost_currency }: CallReportColumns): Money | undefined {
  if (cost_amount === null) return undefined;
  return { amount: cost_amount, ...(cost_currency === null ? {} : { currency: cost_currency }) };
}

function directionOf(text: string | null): CallDirection | undefined {
  return text === 'inbound' || text === 'outbound' ? text : undefined;
}

/** `new` for whatever is no state. */
export function reviewStateOf(text: unknown): ReviewState {
  return text === 'reviewed' || text === 'flagged' ? text : 'new';
}
