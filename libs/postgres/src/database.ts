import { Pool, type PoolClient, type QueryResultRow } from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import { isNativeError } from 'node:util/types';
import { Backoff } from './backoff.js';
import { faultOf } from './fault.js';

/** Limits of the connections that serve webhooks. */
export interface DatabaseOptions {
  /** Default 12. */
  readonly connections?: number;
  /** How long to wait for a connection, default 1 000. */
  readonly connectTimeoutMs?: number;
  /** Default 2 000; the client gives up half a second later where the server does not. */
  readonly statementTimeoutMs?: number;
  readonly applicationName?: string;
  readonly random?: () => number;
}

/** A statement with a name is prepared once per connection; one that is put together anew each time has none. */
export interface Statement {
  readonly name?: string;
  readonly text: string;
}

const retries = 3;

/** The connections of the hot path: prepared statements, short limits, and no wait for a server that is away. */
export class Database {
  readonly #pool: Pool;
  readonly #random: () => number;

  constructor(url: string, options: DatabaseOptions = {}) {
    const statementTimeoutMs = options.statementTimeoutMs ?? 2_000;
    this.#random = options.random ?? Math.random;
    this.#pool = new Pool({
      connectionString: url,
      max: options.connections ?? 12,
      connectionTimeoutMillis: options.connectTimeoutMs ?? 1_000,
      statement_timeout: statementTimeoutMs,
      query_timeout: statementTimeoutMs + 500,
      application_name: options.applicationName ?? 'ongea',
      options: '-c TimeZone=UTC',
    });
    // An idle connection that breaks would otherwise end the process; the next statement finds out by itself.
    this.#pool.on('error', () => undefined);
  }

  /** Runs one statement; deadlocks and serialization failures are tried again, at most three times. */
  async query<R extends QueryResultRow>(statement: Statement, values: readonly unknown[]): Promise<R[]> {
    const backoff = new Backoff(5, 40, this.#random);
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#once<R>(statement, values);
      } catch (error) {
        if (attempt >= retries || faultOf(error) !== 'again') throw error;
        await sleep(backoff.next());
      }
    }
  }

  async #once<R extends QueryResultRow>(statement: Statement, values: readonly unknown[]): Promise<R[]> {
    const client = await this.#pool.connect();
    const ignore = () => undefined;
    client.on('error', ignore);
    let broken: Error | undefined;
    try {
      const result = await client.query<R>({ ...statement, values: [...values] });
      return result.rows;
    } catch (error) {
      if (faultOf(error) === 'away') broken = isNativeError(error) ? error : new Error(String(error));
      throw error;
    } finally {
      release(client, ignore, broken);
    }
  }

  /** Resolves once every connection is closed; running statements end by their own limits. */
  async close(): Promise<void> {
    await this.#pool.end();
  }
}

function release(client: PoolClient, listener: () => void, broken: Error | undefined): void {
  client.release(broken);
  client.removeListener('error', listener);
}
