import type { Variables, Value } from './values.js';
import type { DialogVersion } from './definition/model.js';

/** A stored session: an opaque packed text and the version that a save must name to replace it. */
export interface StoredSession {
  readonly version: number;
  readonly payload: string;
}

/**
 * Where sessions are kept between turns. Every method may reject with {@link StoreUnavailable}; none hangs longer than
 * the store's own command limit.
 */
export interface SessionStore {
  load(key: string): Promise<StoredSession | undefined>;
  /**
   * Compare-and-set: replaces the session only if it still is at version `expected` (0: only if there is none), and then
   * makes it `expected + 1`. Saving the same payload again after a lost answer is 'saved'.
   */
  save(key: string, payload: string, expected: number, ttlMs: number): Promise<'saved' | 'conflict'>;
  /**
   * Notes are small values that live beside sessions and are written without comparison: the language a caller chose,
   * where a caller may resume, which parts of a history are to be masked.
   */
  readNote(key: string): Promise<string | undefined>;
  writeNote(key: string, value: string, ttlMs: number): Promise<void>;
  removeNote(key: string): Promise<void>;
  /**
   * Notes, before it is saved, that a session holds messages that are not in the outbox yet. `key` is the session's, a line
   * break, and the number of the save; `at` is epoch milliseconds.
   */
  markUnsent(key: string, at: number): Promise<void>;
  /** They are in the outbox. */
  unmarkUnsent(key: string): Promise<void>;
  /** Keys marked before `before`, epoch milliseconds, at most `limit`. */
  unsentBefore(before: number, limit: number): Promise<readonly string[]>;
  /** Never hangs. */
  close(): Promise<void>;
}

/** The store did not answer, or not in time; nothing is known of what it did. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}

/** The result of one `call` or `http`, as the walk goes on with it and as the ledger keeps it. */
export interface EffectResult {
  readonly outcome: string;
  readonly value?: Value;
}

export interface LedgerEntry extends EffectResult {
  /** HMAC over session key, turn identity, step and visit: see `effectKey`. */
  readonly key: string;
  readonly provider: string;
  readonly account: string;
  /** `dialog/step`. */
  readonly step: string;
  /** When it was done, epoch milliseconds. */
  readonly at: number;
}

/** What was already done, so that it is not done again. */
export interface EffectLedger {
  /**
   * What was done longer ago than a session can live counts as not done, since providers use session ids again.
   * @throws StoreUnavailable when it cannot be read.
   */
  find(key: string): Promise<EffectResult | undefined>;
  /** Resolves once the entry is durable: committed, or fsynced to the spool. The first entry of a key stays. */
  record(entry: LedgerEntry): Promise<void>;
}

export interface CallerOfAction {
  readonly id: string;
  readonly msisdn?: string;
  readonly network?: string;
  readonly name?: string;
}

export interface ActionRequest {
  readonly action: string;
  readonly input: Variables;
  readonly caller: CallerOfAction;
  readonly idempotencyKey: string;
  readonly provider: string;
  readonly account: string;
}

export interface HttpRequestOfStep {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: Value;
  readonly idempotencyKey: string;
}

/**
 * Runs what a walk asks for. Both resolve, also on failure (`error`), and give up when the signal aborts; the caller
 * does the timing. Values are plain JSON.
 */
export interface EffectRunner {
  /** @throws ActionMissing when no action of that name is loaded. */
  call(request: ActionRequest, signal: AbortSignal): Promise<EffectResult>;
  /** The outcome is the status as text (`200`), or `error` when there was no usable answer. */
  http(request: HttpRequestOfStep, signal: AbortSignal): Promise<EffectResult>;
}

/** A dialog names an action that is not loaded. */
export class ActionMissing extends Error {
  override readonly name = 'ActionMissing';
  constructor(readonly action: string) {
    super(`no action is named "${action}"`);
  }
}

/** Old definitions, for sessions that began on them. */
export interface DialogArchive {
  /** Keeps every version given; keeping one again only renews it. */
  keep(versions: readonly DialogVersion[]): Promise<void>;
  /** By dialog id and the version's hash or the beginning of it: dialog id → text of its file. */
  find(dialog: string, version: string): Promise<Readonly<Record<string, string>> | undefined>;
}

/** Time as the service sees it; tests pass their own. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
}

export type TurnOutcome =
  'reply' | 'end' | 'repeat' | 'old-hop' | 'rebuilt' | 'goodbye' | 'busy' | 'unavailable' | 'notServed';

/** A message that a turn decided to send. */
export interface TurnMessage {
  /** The same for the same decision, however often the turn is walked: HMAC over session, turn, step and visit. */
  readonly key: string;
  readonly provider: string;
  readonly account: string;
  /** E.164. */
  readonly to: string;
  readonly text: string;
  /** When it was decided, epoch milliseconds. */
  readonly at: number;
}

/** Takes the messages that turns decided on. */
export interface TurnOutbox {
  /** Resolves once they are durable; a key that is known, within 12 hours, is not sent again. */
  put(messages: readonly TurnMessage[]): Promise<void>;
}

/** What a turn was about, with nothing sensitive in it. */
export interface TurnTrace {
  readonly sessionKey: string;
  readonly caller: string;
  readonly dialog: string;
  readonly version: string;
  /** The question that was answered, `dialog/step`. */
  readonly asked: string | undefined;
  /** The question that now waits, `dialog/step`. */
  readonly step: string | undefined;
  /** The answer did not fit. */
  readonly refused: boolean;
  readonly language: string | undefined;
  /** Its number within the session, from 1. */
  readonly turn: number;
  /** `•••` where the question was sensitive. */
  readonly input: string | undefined;
  readonly reply: readonly string[];
  readonly ended: boolean;
  /** Epoch milliseconds; so with the others. */
  readonly startedAt: number;
  readonly expiresAt: number;
}

export interface TurnRecord {
  readonly channel: string;
  readonly provider: string;
  readonly account: string;
  readonly dialog: string | undefined;
  readonly outcome: TurnOutcome;
  readonly durationMs: number;
  readonly error?: unknown;
  /** There for turns that changed their session. */
  readonly trace?: TurnTrace;
}

/** Told what happened; must not throw and must not wait. */
export interface TurnObserver {
  turn(record: TurnRecord): void;
  missingVariable(dialog: string, variable: string): void;
}
