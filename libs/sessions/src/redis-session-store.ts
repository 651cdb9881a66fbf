import type { StoredSession } from '@app/dialog';
import type { OpenSessionStore } from './open-session-store.js';
import { connectRedis, type RedisConnection } from './redis-connection.js';
import type { RedisAddress } from './redis-url.js';
import { removeMatching } from './remove-matching.js';
import { saveScript, saveScriptSha } from './save-script.js';
import { SessionStoreFailed } from './store-failure.js';
import { StoreHealth, type StoreLog, type StoreObserver, type StoreState } from './store-health.js';
import { fromStoredText, toStoredText, versionMark } from './stored-text.js';

export interface RedisSessionStoreOptions {
  readonly observer?: StoreObserver;
  readonly log?: StoreLog;
  /** How long one command may take; 500 ms unless told. */
  readonly commandLimitMs?: number;
}

/**
 * Sessions in Redis, one string each; a load is one GET, a save one EVALSHA. Payloads must be well-formed text: half a
 * surrogate pair has no UTF-8 and would come back as U+FFFD.
 */
export class RedisSessionStore implements OpenSessionStore {
  private readonly health: StoreHealth;
  private readonly redis: RedisConnection;

  /** Connects in the background: see {@link waitUntilUp}. */
  constructor(address: RedisAddress, options: RedisSessionStoreOptions = {}) {
    this.health = new StoreHealth(options.observer, options.log);
    this.redis = connectRedis(address, this.health, options.commandLimitMs ?? 500);
  }

  load(key: string): Promise<StoredSession | undefined> {
    return this.reported(this.redis.commands.get(key), (text) => {
      if (text === null) return undefined;
      const session = fromStoredText(text);
      if (session === undefined) throw new SessionStoreFailed('refused', 'what is stored there is not a session');
      return session;
    });
  }

  save(key: string, payload: string, expected: number, ttlMs: number): Promise<'saved' | 'conflict'> {
    const text = toStoredText({ version: expected + 1, payload });
    const mark = expected === 0 ? '' : versionMark(expected);
    const values = [key, text, mark, String(wholeMs(ttlMs))];
    const read = (saved: unknown) => (saved === 1 ? 'saved' : 'conflict');
    return this.reported(this.redis.commands.evalsha(saveScriptSha, 1, ...values), read, (error) => {
      // A Redis that was restarted, or a node of a cluster that has not seen the script: EVAL loads it.
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) return undefined;
      return this.reported(this.redis.commands.eval(saveScript, 1, ...values), read);
    });
  }

  readNote(key: string): Promise<string | undefined> {
    return this.reported(this.redis.commands.get(key), (value) => value ?? undefined);
  }

  writeNote(key: string, value: string, ttlMs: number): Promise<void> {
    return this.reported(this.redis.commands.set(key, value, 'PX', wholeMs(ttlMs)), nothing);
  }

  removeNote(key: string): Promise<void> {
    return this.reported(this.redis.commands.del(key), nothing);
  }

  markUnsent(key: string, at: number): Promise<void> {
    return this.reported(this.redis.commands.zadd(unsentMarks, at, key), nothing);
  }

  unmarkUnsent(key: string): Promise<void> {
    return this.reported(this.redis.commands.zrem(unsentMarks, key), nothing);
  }

  unsentBefore(before: number, limit: number): Promise<readonly string[]> {
    const marked = this.redis.commands.zrange(unsentMarks, '-inf', `(${before}`, 'BYSCORE', 'LIMIT', 0, limit);
    return this.reported(marked, (keys) => keys);
  }

  removeMatching(matches: (text: string) => boolean): Promise<number> {
    return this.reported(removeMatching(this.redis, unsentMarks, matches), (count) => count);
  }

  state(): StoreState {
    return this.health.state();
  }

  waitUntilUp(limitMs: number): Promise<boolean> {
    return this.health.waitUntilConnected(limitMs);
  }

  close(): Promise<void> {
    return this.redis.close();
  }

  /**
   * Tells the health how a command went; `read` makes of its answer what the caller is given, `instead` may try another
   * way where it failed.
   */
  private reported<Answer, Result>(
    work: Promise<Answer>,
    read: (answer: Answer) => Result,
    instead?: (error: unknown) => Promise<Result> | undefined,
  ): Promise<Result> {
    return work.then(
      (answer) => {
        this.health.answered();
        return read(answer);
      },
      (error: unknown) => {
        const other = instead?.(error);
        if (other !== undefined) return other;
        throw this.health.failed(error);
      },
    );
  }
}

/** A sorted set by time of marking; one for all, since few turns send messages and a mark is gone a moment later. */
const unsentMarks = 'ongea:{unsent}';

const nothing = (): void => undefined;

/** Redis takes whole milliseconds from 1 up. */
function wholeMs(ttlMs: number): number {
  return Math.max(1, Math.round(ttlMs));
}
