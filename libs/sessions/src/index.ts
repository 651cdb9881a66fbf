export { createSessionStore, type SessionStoreOptions } from './create-session-store.js';
export { MemorySessionStore } from './memory-session-store.js';
export type { OpenSessionStore } from './open-session-store.js';
export { openPlainRedis, type PlainRedis } from './redis-connection.js';
export { RedisSessionStore, type RedisSessionStoreOptions } from './redis-session-store.js';
export { parseRedisUrl, RedisUrlInvalid, type RedisAddress, type RedisNodeAddress } from './redis-url.js';
export { SessionStoreFailed, type StoreFailure } from './store-failure.js';
export type { StoreLog, StoreObserver, StoreState } from './store-health.js';
