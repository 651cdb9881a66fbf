import type { Readable } from 'node:stream';
import type { CallReport } from '../call-report.js';
import type { AuditDraft } from './access.js';
import type { Page, PageRequest, TimeRange } from './page.js';

export type ReviewState = 'new' | 'reviewed' | 'flagged';

/** What a person said of a report. */
export interface Review {
  readonly state: ReviewState;
  readonly note?: string;
  readonly tags: readonly string[];
  /** Name of the key. */
  readonly by?: string;
  readonly at?: Date;
  /** Raised by every change. */
  readonly version: number;
}

/** What a person says of a report now; an absent note or list of tags stays as it is. */
export interface ReviewChange {
  readonly state: ReviewState;
  /** Null takes it away. */
  readonly note?: string | null;
  readonly tags?: readonly string[];
  /** Name of the key. */
  readonly by: string;
  readonly at: Date;
}

/** A report as it is kept: merged from all that came of the call. */
export type KeptCallReport = Omit<CallReport, 'identity'> & { readonly review: Review };

export interface CallReportDetail extends KeptCallReport {
  /** Another one after every review and every further report of the call: letters, digits and dashes. */
  readonly revision: string;
  /** All payloads, oldest first. */
  readonly raws: readonly { readonly receivedAt: Date; readonly raw: Readonly<Record<string, unknown>> }[];
  /** What later reports replaced, by field of the record, oldest first; times as ISO 8601 in UTC. */
  readonly history: readonly { readonly replacedAt: Date; readonly fields: Readonly<Record<string, unknown>> }[];
  /** All that people said of it, oldest first, what holds now included. */
  readonly reviews: readonly Omit<Review, 'version'>[];
}

/** Which reports; all parts must match. */
export interface CallReportFilter {
  readonly provider?: string;
  readonly account?: string;
  readonly source?: string;
  readonly direction?: string;
  readonly status?: readonly string[];
  readonly from?: string;
  readonly to?: string;
  /** Either end, or the bridge. */
  readonly number?: string;
  readonly started?: TimeRange;
  readonly received?: TimeRange;
  readonly minDuration?: number;
  readonly maxDuration?: number;
  readonly campaignId?: string;
  readonly flowId?: string;
  readonly review?: ReviewState;
  readonly tag?: string;
  /** A text in any payload. */
  readonly q?: string;
}

export interface CallReportOrder {
  readonly by: 'startedAt' | 'receivedAt' | 'durationSeconds';
  readonly descending: boolean;
}

export type StatsBy = 'status' | 'provider' | 'account' | 'hour' | 'day' | 'hangupCause' | 'campaignId';

export interface StatsGroup {
  /** Hours as ISO 8601 with the offset of the zone, days as `2026-03-04`. */
  readonly key: string | null;
  readonly count: number;
  /** Answered or completed. */
  readonly answered: number;
  /** Of the calls whose duration is known. */
  readonly meanDurationSeconds: number | null;
  readonly totalDurationSeconds: number;
  /** Currency → amount; `XXX` where a provider names no currency. */
  readonly cost: Readonly<Record<string, string>>;
}

/** Reads and reviews call reports. Methods reject with the database's error. */
export interface CallReportQueries {
  /** Calls without a duration count as shorter than all others; ids decide between equals. */
  list(filter: CallReportFilter, order: CallReportOrder, page: PageRequest): Promise<Page<KeptCallReport>>;
  get(id: string): Promise<CallReportDetail | undefined>;
  /** @param ifRevision only while the report is at one of these */
  review(
    id: string,
    change: ReviewChange,
    ifRevision: readonly string[] | undefined,
    audit: AuditDraft,
  ): Promise<CallReportDetail | 'unknown' | 'stale'>;
  /**
   * Hours and days are those of `zone`, oldest first; other groups come with the largest first.
   * @throws RangeError for a zone that the database does not know; so does {@link exported}
   */
  stats(filter: CallReportFilter, by: StatsBy, zone: string): Promise<readonly StatsGroup[]>;
  /**
   * Bytes of a CSV (with a header) or NDJSON file, in constant memory; ends early with an error when the database does.
   * Destroying the stream ends the query.
   */
  exported(
    filter: CallReportFilter,
    order: CallReportOrder,
    how: {
      readonly format: 'csv' | 'ndjson';
      readonly zone: string;
      readonly digits: boolean;
      /** Secret: each number is replaced by a name made with it, and what else may name a person is left empty. */
      readonly pseudonymKey?: string;
    },
  ): Promise<Readable>;
}
