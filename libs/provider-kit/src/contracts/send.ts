import type { CallOrder, MessageOrder, Recipient, SendResult } from '@app/reporting';
import type { SendErrorCode } from '../send-errors.js';
import type { Account } from './account.js';

/** A request to a provider's API. */
export interface SendRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What the provider answered. */
export interface SendReply {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What can be sent: an order and, of a message, the recipients of this request. */
export type Sending =
  | { readonly kind: 'message'; readonly order: MessageOrder; readonly recipients: readonly Recipient[] }
  | { readonly kind: 'call'; readonly order: CallOrder };

/** What came of one recipient: settled for good, or a failure of the closed table. */
export type SendOutcome =
  | { readonly kind: 'settled'; readonly result: SendResult }
  | {
      readonly kind: 'failed';
      readonly messageId: string;
      readonly error: SendErrorCode;
      /** The provider's word. */
      readonly providerStatus?: string;
    };

/** What an answer means. */
export type SendReading =
  | { readonly kind: 'recipients'; readonly outcomes: readonly SendOutcome[] }
  /** The whole request failed. */
  | {
      readonly kind: 'failed';
      readonly error: SendErrorCode;
      readonly detail?: string;
      readonly retryAfterMs?: number;
    };

/** What a provider must know to send. Every function is pure. */
export interface SendContract {
  /** What it can send. */
  readonly kinds: ReadonlySet<Sending['kind']>;
  /** Recipients in one request. */
  readonly maxRecipients: number;
  /** Whether the same request sent twice is carried out once: no send need ever be uncertain then. */
  readonly idempotent: boolean;
  /** @throws SendRefused where the account lacks what it needs, or the order cannot be said to this provider */
  renderSend(sending: Sending, account: Account): SendRequest;
  readSend(reply: SendReply, sending: Sending, account: Account): SendReading;
}
