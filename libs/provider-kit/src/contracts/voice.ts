import type { Caller, TurnReply } from '@app/dialog';
import type { CallReport } from '@app/reporting';
import type { CallDirection } from '@app/telephony';
import type { Account } from './account.js';
import type { WebhookReply, WebhookRequest } from './http.js';
import type { NoticeDraft } from './sms.js';

/** What the person did since our last document. */
export type VoiceInput =
  | { readonly kind: 'start' }
  /** Without the key that ended them. */
  | { readonly kind: 'digits'; readonly digits: string }
  | { readonly kind: 'recording'; readonly url: string }
  /** Nothing came, or the transfer was not picked up. */
  | { readonly kind: 'silence' };

/** The provider wants to know what to say next. */
export interface VoiceTurn {
  readonly sessionId: string;
  /** The person, whoever placed the call. */
  readonly caller: Caller;
  /** Our number. */
  readonly to: string;
  readonly direction: CallDirection;
  readonly input: VoiceInput;
  /** Number of the turn whose document this answers, from our callback URL; absent on the first one. */
  readonly answers?: number;
  /** What we gave the call when we placed it. */
  readonly clientRequestId?: string;
}

/** A call report before we give it its id and arrival. */
export type CallReportDraft = Omit<CallReport, 'id' | 'receivedAt' | 'provider' | 'account' | 'matched'>;

export type VoiceInbound =
  | { readonly kind: 'turn'; readonly turn: VoiceTurn }
  /** A transfer was picked up: there is nothing more to say. */
  | { readonly kind: 'picked-up'; readonly sessionId: string }
  | VoiceFinal;

/** The call is over. */
export interface VoiceFinal {
  readonly kind: 'final';
  readonly sessionId: string;
  readonly report: CallReportDraft;
  /** A transfer was picked up, with which the dialog came to its end; absent: as far as is told, none was. */
  readonly transferred?: boolean;
}

/** Addresses for what a document has posted back: the webhook with its key, and the number of the turn. */
export interface VoiceCallbacks {
  /** Where an answer to turn `turn` goes. */
  answer(turn: number): string;
  /** Where it goes that no answer came to turn `turn`. */
  noInput(turn: number): string;
}

/** What a provider must know to serve voice. Every function is pure. */
export interface VoiceContract {
  /** The provider's own time limit for a document, less 2 s; 8 000 where none is known. */
  readonly deadlineMs: number;
  /** @throws PayloadRejected */
  parse(request: WebhookRequest, account: Account): VoiceInbound;
  /** With status 200. */
  render(reply: TurnReply, callbacks: VoiceCallbacks, account: Account): WebhookReply;
  /** Refuses the call: for numbers without a dialog. */
  refuse(): WebhookReply;
  /** An empty document: nothing is to be done. */
  nothing(): WebhookReply;
  /** Reads what comes to the events URL. @throws PayloadRejected */
  parseEvent(
    request: WebhookRequest,
    account: Account,
  ): VoiceFinal | { readonly kind: 'notice'; readonly notice: NoticeDraft };
}
