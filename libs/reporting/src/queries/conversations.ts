import type { InboxRecord } from '../inbox.js';
import type { SessionReport } from '../session-report.js';
import type { AuditDraft } from './access.js';
import type { Page, PageRequest, TimeRange } from './page.js';

/** A conversation, open or over, as its turns tell it. */
export interface KeptSession {
  /** HMAC of the session's key. */
  readonly key: string;
  /** The store's own key; never shown. */
  readonly sessionKey: string;
  readonly channel: string;
  readonly provider: string;
  readonly account: string;
  readonly caller: string;
  readonly dialog: string;
  readonly version: string;
  readonly step?: string;
  readonly language?: string;
  readonly turns: number;
  readonly startedAt: Date;
  readonly lastTurnAt: Date;
  readonly expiresAt: Date;
}

export interface KeptTurn {
  readonly id: string;
  readonly at: Date;
  readonly input?: string;
  readonly reply: string;
  readonly step?: string;
  readonly durationMs: number;
  readonly outcome: string;
}

export interface FunnelStep {
  /** `dialog/step`. */
  readonly step: string;
  /** Turns that ended at it. */
  readonly reached: number;
  /** Answers that fitted. */
  readonly answered: number;
  readonly invalid: number;
  /** Sessions that ended or lapsed there. */
  readonly left: number;
  /** Mean time from the question to its answer, in milliseconds. */
  readonly meanMs: number | null;
}

export interface SessionQueries {
  /** Open ones, unless `open` is false. */
  list(
    filter: {
      readonly open: boolean;
      readonly channel?: string;
      readonly provider?: string;
      readonly account?: string;
      readonly dialog?: string;
      readonly caller?: string;
      readonly started?: TimeRange;
    },
    now: Date,
    page: PageRequest,
  ): Promise<Page<KeptSession>>;
  get(key: string): Promise<KeptSession | undefined>;
  turns(key: string, page: PageRequest): Promise<Page<KeptTurn>>;
  /** Notes that somebody ended it. */
  ended(key: string, at: Date, audit: AuditDraft): Promise<void>;
  funnel(dialog: string, version: string | undefined, at: TimeRange): Promise<readonly FunnelStep[]>;
}

export interface SessionReportFilter {
  readonly provider?: string;
  readonly account?: string;
  readonly status?: string;
  readonly sessionId?: string;
  readonly serviceCode?: string;
  readonly networkCode?: string;
  readonly caller?: string;
  readonly received?: TimeRange;
}

export interface SessionReportStatsGroup {
  readonly key: string | null;
  readonly count: number;
  readonly completed: number;
  readonly meanDurationMs: number | null;
  readonly meanHops: number | null;
  readonly cost: Readonly<Record<string, string>>;
}

export interface SessionReportQueries {
  list(filter: SessionReportFilter, page: PageRequest): Promise<Page<SessionReport>>;
  stats(
    filter: SessionReportFilter,
    by: 'status' | 'provider' | 'account' | 'networkCode' | 'serviceCode' | 'hour' | 'day',
    zone: string,
  ): Promise<readonly SessionReportStatsGroup[]>;
}

export type KeptInboxRecord = Omit<InboxRecord, 'state'> & { readonly state: InboxRecord['state'] | 'replayed' };

export interface InboxQueries {
  list(
    filter: {
      readonly state?: KeptInboxRecord['state'];
      readonly provider?: string;
      readonly account?: string;
      readonly route?: string;
      readonly received?: TimeRange;
    },
    page: PageRequest,
  ): Promise<Page<KeptInboxRecord>>;
  get(id: string): Promise<KeptInboxRecord | undefined>;
  /** Its replay went through. */
  replayed(id: string, audit: AuditDraft): Promise<void>;
}
