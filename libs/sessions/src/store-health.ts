import { failureOf, type SessionStoreFailed, type StoreFailure } from './store-failure.js';

/** Whether turns can count on the store at this moment. */
export type StoreState = { readonly kind: 'up' } | { readonly kind: 'down'; readonly reason: string };

/** Told of every command that failed; must not throw and must not wait. */
export interface StoreObserver {
  failed(reason: StoreFailure): void;
}

/** Where the store writes that it went down or came back: one line for each change, however many turns it touches. */
export interface StoreLog {
  info(message: string): void;
  warn(message: string): void;
}

/**
 * A store is down for this long after its last failure. With several nodes some commands fail while others succeed, and
 * without this pause each of them would be a change of state and a line in the log.
 */
const quietMs = 2_000;

/** Keeps the state of a connection from what its client and its commands report. */
export class StoreHealth {
  private connected = false;
  private closing = false;
  private failedAt = Number.NEGATIVE_INFINITY;
  private reason = 'not connected yet';
  private told: StoreState['kind'] | undefined;
  private readonly waiting = new Set<() => void>();

  /** `elapsedMs` reads a monotonic clock. */
  constructor(
    private readonly observer: StoreObserver | undefined,
    private readonly log: StoreLog | undefined,
    private readonly elapsedMs: () => number = () => performance.now(),
  ) {}

  /** The client can send commands again. */
  connectionReady(): void {
    this.connected = true;
    for (const go of this.waiting) go();
    this.waiting.clear();
    this.tell();
  }

  /** The client cannot send commands until {@link connectionReady}. */
  connectionLost(): void {
    if (this.connected) this.reason = 'the connection was lost';
    this.connected = false;
    this.tell();
  }

  /** What the client said of its trouble; the cause of a lost connection comes here. */
  connectionError(error: unknown): void {
    if (!this.connected) this.reason = failureOf(error).message;
  }

  /** A command succeeded. */
  answered(): void {
    if (this.told === 'down') this.tell();
  }

  /** A command failed with this error; returns what the caller is to throw. */
  failed(error: unknown): SessionStoreFailed {
    const failure = failureOf(error);
    this.observer?.failed(failure.reason);
    // A full Redis still serves the sessions that it holds.
    if (failure.reason === 'full') return failure;
    this.failedAt = this.elapsedMs();
    if (this.connected) this.reason = failure.message;
    this.tell();
    return failure;
  }

  state(): StoreState {
    return this.tell();
  }

  /** Resolves with whether the client was connected within `limitMs`. */
  waitUntilConnected(limitMs: number): Promise<boolean> {
    if (this.connected) return Promise.resolve(true);
    return new Promise((resolve) => {
      const go = (): void => {
        clearTimeout(timer);
        resolve(true);
      };
      const timer = setTimeout(() => {
        this.waiting.delete(go);
        resolve(false);
      }, limitMs);
      this.waiting.add(go);
    });
  }

  /** From here on a lost connection is nothing to report. */
  closes(): void {
    this.closing = true;
  }

  private tell(): StoreState {
    const up = this.connected && this.elapsedMs() - this.failedAt >= quietMs;
    const state: StoreState = up ? { kind: 'up' } : { kind: 'down', reason: this.reason };
    const first = this.told === undefined;
    // Before the first connection there is nothing to report but a failure to connect.
    if (this.told === state.kind || this.closing || (first && !up && this.reason === 'not connected yet')) return state;
    this.told = state.kind;
    if (state.kind === 'down') this.log?.warn(`session store down: ${state.reason}`);
    else this.log?.info(first ? 'session store connected' : 'session store up again');
    return state;
  }
}
