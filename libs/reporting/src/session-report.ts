/** A provider's end-of-session notice: what a USSD session cost, how long it was and how it ended. */
export interface SessionReport {
  /** UUIDv7, given before the first write. */
  readonly id: string;
  readonly provider: string;
  readonly account: string;
  readonly sessionId: string;
  /** E.164 where it could be read, else as it came. */
  readonly caller?: string;
  readonly serviceCode?: string;
  readonly networkCode?: string;
  /** `completed`: reached its end. `incomplete`: left, cancelled or timed out while we waited. `failed`: our side failed. */
  readonly status: SessionEndStatus;
  /** The provider's own word. */
  readonly providerStatus?: string;
  readonly cost?: Money;
  readonly durationMs?: number;
  readonly hops?: number;
  /** The whole user input, sensitive parts masked. */
  readonly input?: string;
  readonly lastReply?: string;
  readonly errorMessage?: string;
  /** When the provider says it happened. */
  readonly occurredAt?: Date;
  readonly receivedAt: Date;
  /** The payload as received, sensitive parts masked. */
  readonly raw: Readonly<Record<string, unknown>>;
}

export type SessionEndStatus = 'completed' | 'incomplete' | 'failed' | 'unknown';

/** A decimal amount as text, never a float. `currency` is absent where the provider names none. */
export interface Money {
  readonly amount: string;
  readonly currency?: string;
}

/** Keeps session reports; resolves once the report is durable (committed, or fsynced to the spool). */
export interface SessionReportStore {
  /** A report that says the same as one already kept (same account, session, status) adds nothing. */
  keepSessionReport(report: SessionReport): Promise<void>;
}
