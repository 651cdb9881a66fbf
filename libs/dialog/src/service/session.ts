import type { WalkState } from '../engine/walk-state.js';
import type { TurnMessage } from '../ports.js';
import type { VoiceReply } from '../turn.js';
import { dialled, type History } from './history.js';

/** The last reply, kept so that a repeated turn gets the same one. */
export interface LastReply {
  readonly texts: readonly string[];
  readonly failed: boolean;
  readonly choices?: readonly { readonly label: string; readonly value: string }[] | undefined;
  readonly voice?: VoiceReply | undefined;
  /** When it was made, epoch milliseconds. */
  readonly at: number;
  /** How long the turn took, in milliseconds. */
  readonly tookMs: number;
  /** Digest of the turn's fingerprint, where turns have no identity of their own. */
  readonly fingerprint?: string | undefined;
  /** The connection broke before the reply had left. */
  readonly broken: boolean;
}

/** A turn is being worked on, so no other one is. */
export interface Claim {
  /** Unique. */
  readonly by: string;
  /** Epoch milliseconds. */
  readonly until: number;
}

/** What is kept of one conversation between its turns. The service changes it in place, then saves it. */
export interface Session {
  readonly dialog: string;
  /** The beginning of the version's hash. */
  readonly version: string;
  readonly caller: string;
  readonly startedAt: number;
  /** Tells this use of the session id from an earlier one. */
  readonly epoch: number;
  /** The address that was dialled, where later turns do not tell it. */
  readonly to: string | undefined;
  /**
   * The language that it began in, where it was not the dialog's first, since what the caller prefers may have changed
   * when its history is walked again; once it has ended, the one that it ended in.
   */
  language: string | undefined;
  turns: number;
  /** Absent while the first turn is in work, and after the end. */
  state: WalkState | undefined;
  history: History;
  last: LastReply | undefined;
  claim: Claim | undefined;
  /** The state that it was resumed from, for walking its history again. */
  base: WalkState | undefined;
  ended: boolean;
  /** Messages that may not be in the outbox yet. */
  unsent: readonly TurnMessage[];
  /** The language that was chosen in this turn; not kept in the session, which has it in its state. */
  chosenLanguage?: string;
}

export function newSession(
  fields: Pick<Session, 'dialog' | 'version' | 'caller' | 'startedAt' | 'epoch'> &
    Partial<Pick<Session, 'to' | 'language'>>,
): Session {
  return {
    to: undefined,
    language: undefined,
    ...fields,
    turns: 0,
    state: undefined,
    history: dialled,
    last: undefined,
    claim: undefined,
    base: undefined,
    ended: false,
    unsent: [],
  };
}
