/** One turn of a conversation as it may be read later: nothing sensitive stands in it. */
export interface TurnEntry {
  /** UUIDv7. */
  readonly id: string;
  /** HMAC of the session's key: how the session is named outside. */
  readonly session: string;
  /** The store's own key; never leaves the database. */
  readonly sessionKey: string;
  readonly channel: string;
  readonly provider: string;
  readonly account: string;
  readonly caller: string;
  readonly dialog: string;
  readonly version: string;
  /** The question that was answered, `dialog/step`; absent on the first turn. */
  readonly asked?: string | undefined;
  /** Where the session waits now, `dialog/step`; absent once it is over. */
  readonly step?: string | undefined;
  /** The answer did not fit. */
  readonly refused: boolean;
  readonly language?: string | undefined;
  /** The turn's number within its session, from 1. */
  readonly turn: number;
  /** Masked where the question was sensitive; absent where nothing was said. */
  readonly input?: string | undefined;
  readonly reply: string;
  readonly outcome: string;
  readonly ended: boolean;
  readonly durationMs: number;
  /** Of the session; epoch milliseconds, so with the others. */
  readonly startedAt: number;
  readonly at: number;
  /** When the session is forgotten if nobody answers. */
  readonly expiresAt: number;
}

/** Writes down turns a moment later, many at once; a crash loses what was not written yet. */
export interface TurnJournal {
  /** Must not throw and must not wait. */
  note(entry: TurnEntry): void;
}
