import type { DeliveryEvent, InboundMessage, Notice } from '@app/reporting';
import type { Account } from './account.js';
import type { WebhookReply, WebhookRequest } from './http.js';

/** An incoming message before we give it its id, arrival and segments. */
export type InboundMessageDraft = Omit<
  InboundMessage,
  'id' | 'receivedAt' | 'provider' | 'account' | 'segments' | 'encoding'
>;

/** A delivery event before we give it its id and arrival. */
export type DeliveryEventDraft = Omit<DeliveryEvent, 'id' | 'receivedAt' | 'provider' | 'account'>;

/** A person told the provider that an address may no longer, or may again, write to them. */
export interface OptOutDraft {
  readonly address: string | undefined;
  /** E.164. */
  readonly msisdn: string;
  readonly change: 'out' | 'in';
}

/** A notice before we give it its id and arrival. */
export type NoticeDraft = Pick<Notice, 'topic' | 'occurredAt' | 'raw'>;

/** What a provider must know to serve SMS. Every function is pure. */
export interface SmsContract {
  /** How long a reply may take to be made; nobody waits on the line. In milliseconds. */
  readonly deadlineMs: number;
  /** @throws PayloadRejected where from, to or id is missing; a missing text is empty */
  parse(request: WebhookRequest, account: Account): readonly InboundMessageDraft[];
  /** `kept`: read and durable. `bad`: kept in the inbox only. Both with a status that is not sent again. */
  acknowledge(outcome: 'kept' | 'bad'): WebhookReply;
  /** @throws PayloadRejected where no message is named */
  parseDelivery?(request: WebhookRequest, account: Account): readonly DeliveryEventDraft[];
  /** @throws PayloadRejected */
  parseOptOut?(request: WebhookRequest, account: Account): readonly OptOutDraft[];
  /** @throws PayloadRejected */
  parseSubscription?(request: WebhookRequest, account: Account): NoticeDraft;
}
