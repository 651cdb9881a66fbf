/** Where a Redis is and how to enter it. */
export interface RedisAddress {
  /** `cluster` when the URL names several nodes. */
  readonly kind: 'single' | 'cluster';
  readonly nodes: readonly RedisNodeAddress[];
  readonly tls: boolean;
  readonly db: number;
  readonly username?: string;
  readonly password?: string;
}

export interface RedisNodeAddress {
  readonly host: string;
  readonly port: number;
}

/** The URL of the Redis cannot be used; the message never repeats it, since it may hold a password. */
export class RedisUrlInvalid extends Error {
  override readonly name = 'RedisUrlInvalid';
}

const defaultPort = 6379;

/**
 * Reads `redis://[user:password@]host[:port][/db]`, `rediss://…` for TLS, and several nodes of a cluster with commas
 * between them (`redis://a:6379,b:6379`, a scheme before each is allowed); a comma within a password is written `%2C`.
 * @throws RedisUrlInvalid
 */
export function parseRedisUrl(text: string): RedisAddress {
  const scheme = /^(rediss?):\/\//i.exec(text.trim())?.[1]?.toLowerCase();
  if (scheme === undefined) throw new RedisUrlInvalid('a Redis URL begins with redis:// or rediss://');
  const parts = text
    .split(',')
    .map((part) => part.trim().replace(/^rediss?:\/\//i, ''))
    .filter((part) => part !== '');
  const urls = parts.map(toUrl);
  const kind = text.includes(',') ? 'cluster' : 'single';
  const db = databaseOf(urls[0]?.pathname ?? '');
  if (urls.length === 0) throw new RedisUrlInvalid('a Redis URL names a host');
  if (kind === 'cluster' && db !== 0) throw new RedisUrlInvalid('a Redis Cluster has the database 0 alone');
  const username = urls.map((url) => url.username).find((name) => name !== '');
  const password = urls.map((url) => url.password).find((secret) => secret !== '');
  return {
    kind,
    nodes: urls.map((url) => ({
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port === '' ? defaultPort : Number(url.port),
    })),
    tls: scheme === 'rediss',
    db,
    ...(username === undefined ? {} : { username: decoded(username) }),
    ...(password === undefined ? {} : { password: decoded(password) }),
  };
}

function toUrl(part: string): URL {
  const url = URL.canParse(`redis://${part}`) ? new URL(`redis://${part}`) : undefined;
  if (url === undefined || url.hostname === '') {
    throw new RedisUrlInvalid('a Redis URL is written redis://[user:password@]host[:port][/db]');
  }
  return url;
}

function databaseOf(path: string): number {
  const digits = path.replace(/^\/|\/$/g, '');
  if (!/^\d{0,5}$/.test(digits)) throw new RedisUrlInvalid('the database of a Redis URL is a number');
  return Number(digits);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new RedisUrlInvalid('the user or password of a Redis URL has a % that begins no escape');
  }
}
