import type { TurnOutcome } from './ports.js';
import type { Channel } from './values.js';

/** What we told the provider to give back with the next hop, so that a lost session can be rebuilt exactly. */
export interface HopMark {
  /** First 8 characters of the dialog's version. */
  readonly version: string;
  /** Length of each input so far, in UTF-16 units; absent when they did not fit. */
  readonly inputs?: readonly number[];
  /** The session was resumed, or the question whether to resume was asked. */
  readonly resumed: boolean;
}

/**
 * What came in with a turn. `history`: everything since the dial, joined by `*`. `latest`: only the last input;
 * `dialled` when the provider shows that this is a fresh dial.
 */
export type TurnInput =
  | { readonly kind: 'history'; readonly text: string; readonly hop?: HopMark }
  | {
      readonly kind: 'latest';
      /** Absent: nothing was said (a bot node called without a message); the same screen is shown again. */
      readonly text?: string;
      /** The first hit of a session. */
      readonly dialled: boolean;
      /** Inputs dialled together with the code (`*887*21*2#`), for the first hit. */
      readonly shortcut: readonly string[];
      /** What makes a repeat the same: the input, the whole body's digest for bots, the hop's own id where hops have one. */
      readonly fingerprint: string;
      /**
       * There where hops have an identity: then the same fingerprint is a repeat at any time. `answers` is the number of the
       * turn whose reply this answers, on the first hop of a call 0; an answer to another turn than the last one comes late, and
       * gets what was said last. Messages leave it away: each is new.
       */
      readonly numbered?: { readonly answers?: number };
      /** The person was asked and said nothing: counts as an answer that does not fit. `text` is absent then. */
      readonly silent?: boolean;
    };

export interface Caller {
  /** The msisdn, or whatever the provider names a person with. */
  readonly id: string;
  /** E.164 with `+`. */
  readonly msisdn?: string;
  /** Network code (MCC and MNC) as the provider gave it. */
  readonly network?: string;
  readonly name?: string;
}

/** How much one screen holds. Septets: a screen that needs UCS-2 holds ⌊max·7/16⌋ units. */
export type ScreenLimit =
  | { readonly kind: 'septets'; readonly max: number }
  | { readonly kind: 'characters'; readonly max: number }
  | { readonly kind: 'unlimited' };

/** One thing that a person did, in no provider's format. */
export interface Turn {
  readonly channel: Channel;
  readonly provider: string;
  readonly account: string;
  /** The provider's session id, or the caller where the provider has none; opaque. */
  readonly sessionId: string;
  /** True where `sessionId` is the provider's own: ended sessions then answer late hops with goodbye. */
  readonly sessionIsProviders: boolean;
  readonly caller: Caller;
  /** Service code, short code, number or node. */
  readonly to: string;
  /** The dialog that this address starts; undefined: none. */
  readonly dialog: string | undefined;
  /** The account's `default` dialog: where a caller lands whose session was lost and cannot be rebuilt. */
  readonly defaultDialog: string | undefined;
  readonly input: TurnInput;
  /**
   * A keyword that the text begins with: starts its dialog, with the rest as first input, where no session is open; in an
   * open one only at a menu that does not take the text, or, with `always`, anywhere.
   */
  readonly keyword?: { readonly dialog: string; readonly rest: string; readonly always?: boolean };
  /** As the provider sent it. */
  readonly language?: string | undefined;
  /** The account's. */
  readonly accountLanguage?: string | undefined;
  /** IANA name, for `now`. */
  readonly timezone: string;
  /** ISO 3166 alpha-2, for numbers written without a country code. */
  readonly country?: string | undefined;
  readonly entities?: Readonly<Record<string, string>>;
  readonly allEntities?: Readonly<Record<string, readonly string[]>>;
  readonly screen: ScreenLimit;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
  /** By then the reply has left. */
  readonly deadlineMs: number;
  readonly repeatWindowMs: number;
}

/** What goes back. A repeat of a turn gets an equal one, `at` included, so that it renders to the same bytes. */
export interface TurnReply {
  /** USSD: exactly one. Bots: one a message, at least one. */
  readonly texts: readonly string[];
  readonly end: boolean;
  /** True only for our own failure. */
  readonly failed: boolean;
  /** When the reply was first made, epoch milliseconds. */
  readonly at: number;
  /** What was offered, for providers that show choices of their own; `value` is what to send back. */
  readonly choices?: readonly { readonly label: string; readonly value: string }[];
  readonly hop?: HopMark;
  /** Number of the turn within its session, from 1; absent where there is no session. */
  readonly turn?: number;
  /** On voice only. */
  readonly voice?: VoiceReply;
  readonly outcome: TurnOutcome;
}

/** One thing to be heard. */
export type SpokenPart =
  { readonly kind: 'say'; readonly text: string } | { readonly kind: 'play'; readonly url: string };

/** What a call waits for behind what was said. */
export type VoicePrompt =
  /** Keys: exactly `digits` of them, or, without it, any number up to the finish key `#`. */
  | { readonly kind: 'digits'; readonly digits?: number }
  | { readonly kind: 'recording'; readonly maxSeconds?: number }
  /** Over once picked up; silence stands for a transfer that nobody took. */
  | { readonly kind: 'transfer'; readonly number: string; readonly record: boolean };

/** A reply as a call takes it; without a prompt the call is over when all was said. */
export interface VoiceReply {
  readonly spoken: readonly SpokenPart[];
  readonly prompt?: VoicePrompt;
  readonly language: string;
}
