import { PayloadRejected, type RejectionCode } from '@app/provider-kit';
import type { InboxRecord } from '@app/reporting';
import type { WebhookCall } from './webhook-call.js';

/** What a provider made of a report, or why it goes to the inbox instead. */
export type ReportReading<Read> =
  | { readonly kind: 'read'; readonly read: Read }
  | { readonly kind: 'unread'; readonly state: InboxRecord['state']; readonly reason: RejectionCode };

/** Reads a report that nobody waits for: what cannot be read is kept, and a fault of the reader costs no payload. */
export function readReport<Read>(call: WebhookCall, read: () => Read): ReportReading<Read> {
  if (call.malformed !== undefined) return { kind: 'unread', state: 'rejected', reason: call.malformed.code };
  try {
    return { kind: 'read', read: read() };
  } catch (error) {
    if (error instanceof PayloadRejected) return { kind: 'unread', state: 'kept', reason: error.code };
    call.log.error({ err: error }, 'a report could not be read');
    return { kind: 'unread', state: 'failed', reason: 'event-unreadable' };
  }
}
