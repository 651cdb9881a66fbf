import type { Caller, ScreenLimit, TurnInput, TurnReply } from '@app/dialog';
import type { SessionReport } from '@app/reporting';
import type { Account } from './account.js';
import type { WebhookReply, WebhookRequest } from './http.js';

/** A USSD turn as the provider told it. */
export interface UssdTurn {
  readonly sessionId: string;
  readonly caller: Caller;
  readonly serviceCode: string;
  readonly input: TurnInput;
  readonly language?: string;
  /** What the reply must repeat, as it came. */
  readonly echo: Readonly<Record<string, string>>;
}

/** The provider says that a session is over, in the place of a turn; the report is kept. */
export interface UssdSessionEnd {
  readonly sessionId: string;
  readonly report: SessionReportDraft;
  readonly echo: Readonly<Record<string, string>>;
}

export type UssdInbound =
  { readonly kind: 'turn'; readonly turn: UssdTurn } | { readonly kind: 'session-end'; readonly end: UssdSessionEnd };

/** A session report before we give it its id and arrival. */
export type SessionReportDraft = Omit<SessionReport, 'id' | 'receivedAt' | 'provider' | 'account'>;

/** What a provider must know to serve USSD. Every function is pure. */
export interface UssdContract {
  /** The provider's own time limit for an answer, less 2 s; 8 000 where none is known. */
  readonly deadlineMs: number;
  /** How much one screen holds on this account and network. */
  screen(account: Account, networkCode: string | undefined): ScreenLimit;
  /** @throws PayloadRejected */
  parse(request: WebhookRequest, account: Account): UssdInbound;
  /** With status 200. */
  render(reply: TurnReply, turn: UssdTurn, account: Account): WebhookReply;
  /** Nothing to show any more: the answer to a notice that the session is over. */
  acknowledgeEnd(end: UssdSessionEnd, account: Account, at: number): WebhookReply;
  /** A closing screen for a request that could not be parsed, with status 400; echoes what can be read of it. */
  reject(text: string, request: WebhookRequest, account: Account): WebhookReply;
  /** Reads an end-of-session report posted to `/events`. @throws PayloadRejected */
  parseEvent?(
    request: WebhookRequest,
    account: Account,
  ): { readonly sessionId: string; readonly report: SessionReportDraft };
}
