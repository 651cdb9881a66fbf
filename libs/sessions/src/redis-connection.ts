import { Cluster, Redis } from 'ioredis';
import { batchWrites } from './batched-writes.js';
import type { RedisAddress } from './redis-url.js';
import type { StoreHealth } from './store-health.js';

/** The commands that the store needs, as a single Redis and a cluster both take them. */
export interface RedisCommands {
  get(key: string): Promise<string | null>;
  set(key: string, value: string, unit: 'PX', ttlMs: number): Promise<unknown>;
  del(key: string): Promise<unknown>;
  evalsha(sha: string, keys: number, ...args: string[]): Promise<unknown>;
  eval(lua: string, keys: number, ...args: string[]): Promise<unknown>;
  zadd(key: string, score: number, member: string): Promise<unknown>;
  zrem(key: string, member: string): Promise<unknown>;
  zrange(
    key: string,
    from: string,
    to: string,
    by: 'BYSCORE',
    limit: 'LIMIT',
    offset: number,
    count: number,
  ): Promise<string[]>;
}

/** A connection for the hot path: it fails within its command limit and always tries to come back. */
export interface RedisConnection {
  readonly commands: RedisCommands;
  /** Those that hold keys of their own: each has to be asked for them. */
  masters(): readonly Redis[];
  close(): Promise<void>;
}

const closeLimitMs = 500;
const longestPauseMs = 500;

/** Opens without waiting; `health` is told when the connection stands and when it is gone. */
export function connectRedis(address: RedisAddress, health: StoreHealth, commandLimitMs: number): RedisConnection {
  const client = clientOf(address, commandLimitMs);
  batchWrites(client);
  client.on('ready', () => {
    health.connectionReady();
  });
  client.on('close', () => {
    health.connectionLost();
  });
  const onError = (error: unknown): void => {
    health.connectionError(error);
  };
  client.on('error', onError);
  client.on('node error', onError);
  return {
    commands: client,
    masters: () => (client instanceof Redis ? [client] : client.nodes('master')),
    close: async () => {
      health.closes();
      await closed(client);
    },
  };
}

/** A client for other things than sessions, which fails as fast and comes back as surely. */
export interface PlainRedis {
  readonly client: Redis | Cluster;
  close(): Promise<void>;
}

/** Opens without waiting; whoever uses it must do without while the Redis is away. */
export function openPlainRedis(address: RedisAddress, commandLimitMs: number): PlainRedis {
  const client = clientOf(address, commandLimitMs);
  // Without a listener an error would end the process; the store of sessions reports the same outage.
  const ignore = (): void => undefined;
  client.on('error', ignore);
  client.on('node error', ignore);
  return { client, close: () => closed(client) };
}

function clientOf(address: RedisAddress, commandLimitMs: number): Redis | Cluster {
  return address.kind === 'single' ? single(address, commandLimitMs) : cluster(address, commandLimitMs);
}

async function closed(client: Redis | Cluster): Promise<void> {
  await settledWithin(client.quit(), closeLimitMs);
  client.disconnect();
}

function common(address: RedisAddress, commandLimitMs: number) {
  return {
    ...(address.username === undefined ? {} : { username: address.username }),
    ...(address.password === undefined ? {} : { password: address.password }),
    connectTimeout: commandLimitMs,
    commandTimeout: commandLimitMs,
    // A connection that has been silent for so long, with commands waiting, is dead: drop it and make a new one.
    socketTimeout: 2 * commandLimitMs,
    // A peer that does not answer does not close its half either.
    disconnectTimeout: 200,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    maxLoadingRetryTime: longestPauseMs,
  };
}

function single(address: RedisAddress, commandLimitMs: number): Redis {
  return new Redis({
    ...address.nodes[0],
    ...common(address, commandLimitMs),
    ...(address.tls ? { tls: {} } : {}),
    db: address.db,
    enableOfflineQueue: false,
    retryStrategy: pauseBeforeAttempt,
    // After a fail-over behind one name, the old connection still leads to the server that is a replica now.
    reconnectOnError: (error) => /^(READONLY|MASTERDOWN)\b/.test(error.message),
  });
}

function cluster(address: RedisAddress, commandLimitMs: number): Cluster {
  return new Cluster([...address.nodes], {
    enableOfflineQueue: false,
    clusterRetryStrategy: pauseBeforeAttempt,
    slotsRefreshTimeout: commandLimitMs,
    // A certificate names hosts: without this, ioredis turns them into addresses before it connects.
    ...(address.tls
      ? {
          dnsLookup: (host, done) => {
            done(null, host);
          },
        }
      : {}),
    redisOptions: { ...common(address, commandLimitMs), ...(address.tls ? { tls: {} } : {}) },
  });
}

/** Doubles from 50 ms up to half a second, less up to half of it, so that many clients do not come back as one. */
function pauseBeforeAttempt(attempt: number): number {
  const longest = Math.min(longestPauseMs, 25 * 2 ** Math.min(attempt, 10));
  return Math.round(longest * (0.5 + Math.random() / 2));
}

async function settledWithin(work: Promise<unknown>, limitMs: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(done, limitMs);
    work.then(done, done);
  });
}
