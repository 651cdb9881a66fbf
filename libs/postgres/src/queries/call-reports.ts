import type { Readable } from 'node:stream';
import { v7 as uuid } from 'uuid';
import type {
  AuditDraft,
  CallReportDetail,
  CallReportFilter,
  CallReportOrder,
  CallReportQueries,
  KeptCallReport,
  Page,
  PageRequest,
  Review,
  ReviewChange,
  StatsBy,
  StatsGroup,
} from '@app/reporting';
import { arrivalOf } from '../arrival.js';
import type { Database } from '../database.js';
import { present } from '../present.js';
import { auditCall, auditValues } from '../stores/audit-call.js';
import { exportStatement, type ExportForm } from './call-report-columns.js';
import { conditionsOf, parameters } from './call-report-filter.js';
import { keysetOf, positionOf } from './call-report-order.js';
import { callReportOf, replacedFields, reviewStateOf, type CallReportColumns } from './call-report-row.js';
import { statsOf, statsStatement, type StatsRow } from './call-report-stats.js';
import { knownZone } from './zone.js';
import type { CopyConnections } from './copy-connections.js';
import { pageOf } from './keyset.js';

interface Arrived {
  readonly received_at: Date;
}

const find = {
  name: 'find-call-report',
  text: `SELECT c.*, call_report_revision(c) AS revision FROM call_reports AS c
         WHERE c.received_at >= $2 AND c.received_at < $3 AND c.id = $1`,
};
const findPayloads = {
  name: 'find-call-report-payloads',
  text: 'SELECT received_at, raw FROM call_report_payloads WHERE report_id = $1 ORDER BY received_at, id',
};
const findHistory = {
  name: 'find-call-report-history',
  text: 'SELECT received_at, replaced FROM call_report_history WHERE report_id = $1 ORDER BY received_at, id',
};
const review = {
  name: 'review-call-report',
  text: `WITH reviewed AS MATERIALIZED (SELECT review_call_report($1, $2, $3, $4, $5::jsonb, $6) AS outcome),
           audited AS (SELECT ${auditCall(7)} FROM reviewed WHERE outcome = 'reviewed')
         SELECT outcome, (SELECT count(*) FROM audited) AS entries FROM reviewed`,
};

/** Call reports as people look for them, review them and take them away. */
export class PostgresCallReportQueries implements CallReportQueries {
  constructor(
    private readonly database: Database,
    private readonly copies: CopyConnections,
  ) {}

  async list(filter: CallReportFilter, order: CallReportOrder, page: PageRequest): Promise<Page<KeptCallReport>> {
    const { text, values } = listStatement(filter, order, page);
    const rows = await this.database.query<CallReportColumns>({ text }, values);
    return pageOf(rows, page, (row) => positionOf(row, order), callReportOf);
  }

  async get(id: string): Promise<CallReportDetail | undefined> {
    const arrival = arrivalOf(id);
    if (arrival === undefined) return undefined;
    const [row] = await this.database.query<CallReportColumns & { readonly revision: string }>(find, [
      id,
      arrival.from,
      arrival.to,
    ]);
    if (row === undefined) return undefined;
    const payloads = await this.database.query<Arrived & { raw: Record<string, unknown> }>(findPayloads, [id]);
    const replaced = await this.database.query<Arrived & { replaced: Record<string, unknown> }>(findHistory, [id]);
    const report = callReportOf(row);
    return {
      ...report,
      revision: row.revision,
      raws: (payloads.length === 0 ? [row] : payloads).map(({ received_at, raw }) => ({
        receivedAt: received_at,
        raw,
      })),
      history: replaced
        .filter(({ replaced: columns }) => !('review_state' in columns))
        .map(({ received_at, replaced: columns }) => ({ replacedAt: received_at, fields: replacedFields(columns) })),
      reviews: reviewsOf(report.review, replaced),
    };
  }

  async review(
    id: string,
    { state, note, tags, by, at }: ReviewChange,
    ifRevision: readonly string[] | undefined,
    audit: AuditDraft,
  ): Promise<CallReportDetail | 'unknown' | 'stale'> {
    const arrival = arrivalOf(id);
    if (arrival === undefined) return 'unknown';
    const change = JSON.stringify({ state, note, tags, by, at });
    const [outcome] = await this.database.query<{ outcome: string }>(review, [
      ...[id, arrival.from, arrival.to, ifRevision ?? null, change, uuid()],
      ...auditValues(uuid(), audit),
    ]);
    if (outcome?.outcome === 'stale') return 'stale';
    return outcome?.outcome === 'reviewed' ? ((await this.get(id)) ?? 'unknown') : 'unknown';
  }

  async stats(filter: CallReportFilter, by: StatsBy, zone: string): Promise<readonly StatsGroup[]> {
    const { text, values } = statsStatement(filter, by, zone);
    return statsOf(await knownZone(this.database.query<StatsRow>({ text }, values)), by);
  }

  async exported(filter: CallReportFilter, order: CallReportOrder, form: ExportForm): Promise<Readable> {
    const { zone, format } = form;
    const statement = (literal: (value: string, type: string) => string): string =>
      exportStatement(filter, order, form, literal);
    return knownZone(this.copies.open({ statement, zone, format }));
  }
}

/** The statement that reads a page: what its cost is does not depend on how deep the page is. */
export function listStatement(
  filter: CallReportFilter,
  order: CallReportOrder,
  page: PageRequest,
): { readonly text: string; readonly values: readonly unknown[] } {
  const { values, bind } = parameters();
  const conditions = conditionsOf(filter, bind);
  const key = keysetOf(page, order, values.length);
  const text = `
    SELECT c.* FROM call_reports AS c WHERE ${conditions} AND ${key.where}
    ORDER BY ${key.orderBy} LIMIT ${String(key.limit)}`;
  return { text, values: [...values, ...key.values] };
}

/** What was said before stands in the history. */
function reviewsOf(
  now: Review,
  rows: readonly { readonly replaced: Record<string, unknown> }[],
): Omit<Review, 'version'>[] {
  const before = rows.filter(({ replaced }) => 'review_state' in replaced).map(({ replaced }) => reviewOf(replaced));
  const { state, tags, note, by, at } = now;
  return at === undefined ? before : [...before, { state, tags, at, ...present({ note, by }) }];
}

function reviewOf(columns: Readonly<Record<string, unknown>>): Omit<Review, 'version'> {
  const { review_state, review_note, review_tags, review_by, review_at } = columns;
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
  const at = text(review_at);
  return {
    state: reviewStateOf(review_state),
    tags: Array.isArray(review_tags) ? review_tags.map(String) : [],
    ...present({ note: text(review_note), by: text(review_by), at: at === undefined ? undefined : new Date(at) }),
  };
}
