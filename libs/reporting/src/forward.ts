import type { ForwardEvent } from './forward-event.js';
import type { KeptCallReport } from './queries/call-reports.js';
import type { KeptDeliveryEvent } from './queries/messages.js';
import type { SessionReport } from './session-report.js';

/** A record that is to be sent on, as it stands now. */
export type ForwardedRecord = (
  | { readonly event: 'call-report'; readonly record: KeptCallReport }
  | { readonly event: 'delivery-event'; readonly record: KeptDeliveryEvent }
  | { readonly event: 'session-end'; readonly record: SessionReport }
) & {
  /** Raised by every report that is merged into it, from 1. */
  readonly revision: number;
};

/** Reads what is to be sent on. Rejects with the database's error. */
export interface ForwardedRecords {
  find(event: ForwardEvent, id: string): Promise<ForwardedRecord | undefined>;
}

/** Which forwards are disabled, and how their sends go. Methods reject with the database's error. */
export interface ForwardBook {
  disabled(): Promise<ReadonlySet<string>>;
  succeeded(id: string, at: Date): Promise<void>;
  /**
   * Notes a failed attempt; a forward that has failed since `limitMs` before, without a success, is disabled, with an entry in the
   * audit log. A limit of 0 disables at once.
   */
  failed(id: string, at: Date, reason: string, limitMs: number): Promise<'enabled' | 'disabled'>;
}
