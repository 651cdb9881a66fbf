import type { Account } from '@app/provider-kit';

/** What we say to a message. */
export interface SmsReply {
  readonly account: Account;
  /** The address that the message was sent to. */
  readonly from: string;
  /** E.164. */
  readonly to: string;
  readonly text: string;
  /** Of an on-demand message: quoted by its reply. */
  readonly linkId?: string;
  /** The keyword of an on-demand message, as the configuration writes it. */
  readonly keyword?: string;
  /** A reply under the key of an earlier one is the same reply, and is not sent again. */
  readonly onceKey: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** Sends replies to messages, ahead of everything else of their account. */
export interface SmsReplies {
  /** Resolves once the reply is durable; rejects where it is not. */
  send(reply: SmsReply): Promise<void>;
}
