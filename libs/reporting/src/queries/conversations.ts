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
  /** Somebody or something ended it; without that it is over when it expires. */
  readonly ended: boolean;
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
  /** Turns that ended at it: how often its question was shown. */
  readonly reached: number;
  /** Answers that fitted. */
  readonly answered: number;
  readonly invalid: number;
  /** Sessions that are over and waited for an answer there. */
  readonly left: number;
  /** Mean time from the question to its answer, in milliseconds. */
  readonly meanMs: number | null;
}

export interface SessionQueries {
  /** Newest first. */
  list(filter: SessionFilter, now: Date, page: PageRequest): Promise<Page<KeptSession>>;
  get(key: string): Promise<KeptSession | undefined>;
  /** Newest first, also after the end. */
  turns(key: string, page: PageRequest): Promise<Page<KeptTurn>>;
  /** Notes that somebody ended it. */
  ended(key: string, at: Date, audit: AuditDraft): Promise<void>;
  /**
   * What became of the sessions that began at that time; the step that was reached most comes first.
   * @param version the hash of a version, or the beginning of it; absent: all of them
   */
  funnel(dialog: string, version: string | undefined, began: TimeRange, now: Date): Promise<readonly FunnelStep[]>;
}

export interface SessionFilter {
  /** False: those that are over as well. */
  readonly open: boolean;
  readonly channel?: string;
  readonly provider?: string;
  readonly account?: string;
  readonly dialog?: string;
  readonly caller?: string;
  readonly started?: TimeRange;
}

/** A version of a dialog that was served at some time. */
export interface KeptDialogVersion {
  /** The hash of its content. */
  readonly version: string;
  readonly firstSeen: Date;
  /** When a process last started with it. */
  readonly lastSeen: Date;
}

/** What is known of dialogs beyond those that are served now. */
export interface DialogQueries {
  /** Newest first. */
  versions(dialog: string): Promise<readonly KeptDialogVersion[]>;
  /** Dialog → open sessions, where there are any. */
  openSessions(now: Date): Promise<ReadonlyMap<string, number>>;
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

export type SessionReportStatsBy = 'status' | 'provider' | 'account' | 'networkCode' | 'serviceCode' | 'hour' | 'day';

export interface SessionReportStatsGroup {
  /** Hours as ISO 8601 with the offset of the zone, days as `2026-03-04`. */
  readonly key: string | null;
  readonly count: number;
  readonly completed: number;
  readonly meanDurationMs: number | null;
  readonly meanHops: number | null;
  /** Currency → amount; `XXX` where a provider names no currency. */
  readonly cost: Readonly<Record<string, string>>;
}

export interface SessionReportQueries {
  list(filter: SessionReportFilter, page: PageRequest): Promise<Page<SessionReport>>;
  /** Hours and days are those of `zone`, oldest first; other groups come with the largest first. */
  stats(
    filter: SessionReportFilter,
    by: SessionReportStatsBy,
    zone: string,
  ): Promise<readonly SessionReportStatsGroup[]>;
}

export type InboxState = InboxRecord['state'] | 'replayed';

export type KeptInboxRecord = Omit<InboxRecord, 'state'> & {
  readonly state: InboxState;
  /** Length of the whole body; in lists `body` has the beginning of a longer one. */
  readonly bytes: number;
};

export interface InboxFilter {
  readonly state?: InboxState;
  readonly provider?: string;
  readonly account?: string;
  readonly route?: string;
  readonly received?: TimeRange;
}

export interface InboxQueries {
  /** Newest first. */
  list(filter: InboxFilter, page: PageRequest): Promise<Page<KeptInboxRecord>>;
  /** With the whole body. */
  get(id: string): Promise<KeptInboxRecord | undefined>;
  /** Its replay went through. */
  replayed(id: string, audit: AuditDraft): Promise<void>;
}
