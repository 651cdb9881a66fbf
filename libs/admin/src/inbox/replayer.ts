import type {
  CallReport,
  DeliveryEvent,
  InboundMessage,
  KeptInboxRecord,
  Notice,
  OptOut,
  SessionReport,
} from '@app/reporting';

/** What a webhook became that could be read at last. */
export type Became =
  | { readonly kind: 'message'; readonly record: InboundMessage }
  | { readonly kind: 'delivery-event'; readonly record: DeliveryEvent }
  | { readonly kind: 'call-report'; readonly record: CallReport }
  | { readonly kind: 'session-report'; readonly record: SessionReport }
  | { readonly kind: 'notice'; readonly record: Notice }
  | { readonly kind: 'opt-out' | 'opt-in'; readonly record: OptOut };

export type ReplayOutcome =
  /** Everything of it is durable. */
  | { readonly kind: 'read'; readonly became: readonly Became[] }
  /** It still cannot be read; nothing was kept. */
  | { readonly kind: 'unread'; readonly reason: string }
  /** A turn of a conversation: nobody waits for its answer any more. */
  | { readonly kind: 'turn' }
  /** Provider, account or route are no longer there. */
  | { readonly kind: 'unserved' }
  /** It can be read, and could not be kept. */
  | { readonly kind: 'not-kept' };

/** Has a webhook handled once more, as if it came now, but for its arrival. */
export interface Replayer {
  replay(record: KeptInboxRecord): Promise<ReplayOutcome>;
}
