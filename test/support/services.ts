import { Client } from 'pg';
import { PrivatePostgres, startPrivateRedis, type PrivateRedis, type PrivateRedisOptions } from '@app/testing';
import type { Cleanup } from './cleanup.js';

/** A private Postgres with one database and a private Redis, for one file of tests. */
export interface Services {
  readonly postgres: PrivatePostgres;
  readonly databaseUrl: string;
  readonly redis: PrivateRedis;
  /** For the environment of a server. */
  readonly settings: { readonly DATABASE_URL: string; readonly REDIS_URL: string };
  query(text: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>;
}

export async function startServices(cleanup: Cleanup, options: PrivateRedisOptions = {}): Promise<Services> {
  const postgres = await PrivatePostgres.start();
  cleanup.add(() => postgres.close());
  const redis = await startPrivateRedis(options);
  cleanup.add(() => redis.remove());
  const databaseUrl = await postgres.createDatabase();
  return {
    postgres,
    databaseUrl,
    redis,
    settings: { DATABASE_URL: databaseUrl, REDIS_URL: redis.url },
    query: (text, values) => query(databaseUrl, text, values),
  };
}

/** One statement on a connection of its own. */
export async function query(
  url: string,
  text: string,
  values: readonly unknown[] = [],
): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(text, [...values]);
    return rows;
  } finally {
    await client.end();
  }
}
