import type { CallDirection, CallStatus } from '@app/telephony';
import type { Money } from './session-report.js';

/** One provider notice about a call, kept raw and normalised. */
export interface CallReport {
  /** UUIDv7, given before the first write. */
  readonly id: string;
  readonly provider: string;
  readonly account: string;
  /** What kind of report, in the provider's words: `OBD`, `C2C`. */
  readonly source?: string;
  readonly externalId?: string;
  readonly direction?: CallDirection;
  /** E.164 where it could be read, else as it came; so with `to` and `bridge`. */
  readonly from?: string;
  readonly to?: string;
  readonly bridge?: string;
  readonly status: CallStatus;
  readonly providerStatus?: string;
  readonly hangupCause?: string;
  readonly startedAt?: Date;
  readonly endedAt?: Date;
  readonly durationSeconds?: number;
  readonly billableSeconds?: number;
  readonly cost?: Money;
  readonly campaignId?: string;
  readonly flowId?: string;
  readonly recordingUrl?: string;
  /** The call is over. */
  readonly final: boolean;
  /** We placed the call, or spoke in it. */
  readonly matched: boolean;
  readonly receivedAt: Date;
  /** The payload as received. */
  readonly raw: Readonly<Record<string, unknown>>;
  /**
   * What makes it a report of the same call within its account; absent: it is never merged, though a payload that is the same in
   * every byte still counts as a repeat.
   */
  readonly identity?: string;
}

/** Keeps call reports; resolves once durable. */
export interface CallReportStore {
  /**
   * A repeat changes nothing, however late. A later report of the same call is merged: final beats active, then the later
   * received; an absent field never erases one; what it replaces goes to the history; all payloads stay.
   */
  keepCallReport(report: CallReport): Promise<void>;
}
