import type { StoredSession } from '@app/dialog';
import type { OpenSessionStore } from './open-session-store.js';
import { connectRedis, type RedisConnection } from './redis-connection.js';
import type { RedisAddress } from './redis-url.js';
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

  async load(key: string): Promise<StoredSession | undefined> {
    const text = await this.reported(this.redis.commands.get(key));
    if (text === null) return undefined;
    const session = fromStoredText(text);
    if (session === undefined) throw new SessionStoreFailed('refused', 'what is stored there is not a session');
    return session;
  }

  async save(key: string, payload: string, expected: number, ttlMs: number): Promise<'saved' | 'conflict'> {
    const text = toStoredText({ version: expected + 1, payload });
    const mark = expected === 0 ? '' : versionMark(expected);
    const answer = await this.reported(this.runSave(key, text, mark, String(wholeMs(ttlMs))));
    return answer === 1 ? 'saved' : 'conflict';
  }

  async readNote(key: string): Promise<string | undefined> {
    return (await this.reported(this.redis.commands.get(key))) ?? undefined;
  }

  async writeNote(key: string, value: string, ttlMs: number): Promise<void> {
    await this.reported(this.redis.commands.set(key, value, 'PX', wholeMs(ttlMs)));
  }

  async removeNote(key: string): Promise<void> {
    await this.reported(this.redis.commands.del(key));
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

  private async runSave(...args: readonly [key: string, text: string, mark: string, ttlMs: string]): Promise<unknown> {
    try {
      return await this.redis.commands.evalsha(saveScriptSha, 1, ...args);
    } catch (error) {
      // A Redis that was restarted, or a node of a cluster that has not seen the script: EVAL loads it.
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      return this.redis.commands.eval(saveScript, 1, ...args);
    }
  }

  private async reported<Answer>(work: Promise<Answer>): Promise<Answer> {
    try {
      const answer = await work;
      this.health.answered();
      return answer;
    } catch (error) {
      throw this.health.failed(error);
    }
  }
}

/** Redis takes whole milliseconds from 1 up. */
function wholeMs(ttlMs: number): number {
  return Math.max(1, Math.round(ttlMs));
}
