import type { Clock } from '@app/dialog';
import { MemorySessionStore } from './memory-session-store.js';
import type { OpenSessionStore } from './open-session-store.js';
import { RedisSessionStore, type RedisSessionStoreOptions } from './redis-session-store.js';
import { parseRedisUrl } from './redis-url.js';

export interface SessionStoreOptions extends RedisSessionStoreOptions {
  /** For the store in memory. */
  readonly clock?: Clock;
}

/**
 * The store for a `REDIS_URL`: one Redis, a cluster where the URL names several nodes, the memory of this process where
 * there is no URL. A Redis that is away does not stop this: the store connects when it can.
 * @throws RedisUrlInvalid
 */
export function createSessionStore(redisUrl: string | undefined, options: SessionStoreOptions = {}): OpenSessionStore {
  if (redisUrl === undefined) return new MemorySessionStore(options.clock);
  return new RedisSessionStore(parseRedisUrl(redisUrl), options);
}
