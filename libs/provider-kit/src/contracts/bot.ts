import type { Caller, TurnReply } from '@app/dialog';
import type { Notice } from '@app/reporting';
import type { Account } from './account.js';
import type { WebhookReply, WebhookRequest } from './http.js';

/** A bot's call for the next messages. */
export interface BotTurn {
  /** The person, and the conversation where the provider numbers conversations. */
  readonly conversation: string;
  readonly caller: Caller;
  /** What picks the dialog. */
  readonly node: string;
  /** What the person wrote; absent: nothing new. */
  readonly text?: string;
  readonly language?: string;
  /** The first value of each entity as text. */
  readonly entities: Readonly<Record<string, string>>;
  /** All values of each entity. */
  readonly allEntities: Readonly<Record<string, readonly string[]>>;
}

export type BotInbound =
  | { readonly kind: 'turn'; readonly turn: BotTurn }
  | { readonly kind: 'notice'; readonly notice: Pick<Notice, 'topic' | 'occurredAt' | 'raw'> };

/** What a provider must know to serve bot webhooks. Every function is pure. */
export interface BotContract {
  /** The provider's own time limit for an answer, less 2 s. */
  readonly deadlineMs: number;
  /** @throws PayloadRejected */
  parse(request: WebhookRequest, account: Account): BotInbound;
  /** With status 200. */
  render(reply: TurnReply, account: Account): WebhookReply;
  /** A closing message for a request that could not be parsed, with status 400. */
  reject(text: string, account: Account): WebhookReply;
  acknowledgeNotice(): WebhookReply;
  /** Answers the `GET` with which the address is looked at. */
  page(account: Account): WebhookReply;
}
