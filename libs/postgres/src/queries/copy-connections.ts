import { once } from 'node:events';
import { PassThrough, pipeline, type Readable } from 'node:stream';
import { Pool, type PoolClient } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import type { Database } from '../database.js';
import type { Bind } from './call-report-filter.js';
import { CsvRecords } from './csv-records.js';

/** What is copied out, and how. */
export interface CopyOrder {
  /** A COPY … TO STDOUT, whose values it puts in by this. */
  readonly statement: (literal: Bind) => string;
  /** What a time without a zone of its own is shown in. */
  readonly zone: string;
  readonly format: 'csv' | 'ndjson';
}

const mostAtOnce = 4;
const connectTimeoutMs = 2_000;
const ignore = (): void => undefined;

/** Connections that copy rows out for as long as their readers take, apart from those that others wait for. */
export class CopyConnections {
  readonly #pool: Pool;

  /** @param database by which a copy is called off */
  constructor(
    url: string,
    private readonly database: Database,
    applicationName = 'ongea',
  ) {
    this.#pool = new Pool({
      connectionString: url,
      max: mostAtOnce,
      connectionTimeoutMillis: connectTimeoutMs,
      application_name: applicationName,
    });
    this.#pool.on('error', ignore);
  }

  /**
   * Resolves with the first bytes at hand; no more are read than the reader takes. Rejects with the database's error, also
   * while four others are read.
   */
  async open({ statement, zone, format }: CopyOrder): Promise<Readable> {
    const client = await this.#pool.connect();
    client.on('error', ignore);
    try {
      await client.query('BEGIN READ ONLY');
      const begun = await client.query<{ pid: number }>(
        // To compile the statement takes longer than it saves, once for every partition.
        "SELECT pg_backend_pid() AS pid, set_config('TimeZone', $1, true), set_config('jit', 'off', true)",
        [zone],
      );
      const copy = client.query(copyTo(statement((value, type) => `${client.escapeLiteral(value)}::${type}`)));
      // It tells of a broken connection also after it was destroyed.
      copy.on('error', ignore);
      await once(copy, 'readable');
      const bytes = format === 'csv' ? new CsvRecords() : new PassThrough();
      pipeline(copy, bytes, (error) => void this.#ended(client, begun.rows[0]?.pid, error ?? undefined));
      return bytes;
    } catch (error) {
      release(client, new Error('a copy failed', { cause: error }));
      throw error;
    }
  }

  /** Resolves once every connection is closed; copies under way are cut. */
  async close(): Promise<void> {
    await this.#pool.end();
  }

  async #ended(client: PoolClient, pid: number | undefined, failure: Error | undefined): Promise<void> {
    try {
      if (failure === undefined) {
        await client.query('COMMIT');
        release(client);
        return;
      }
      // A statement that still sorts would not notice that nobody reads, and one that writes is not cancelled.
      await this.database.query({ text: 'SELECT pg_cancel_backend($1)' }, [pid]);
    } catch {
      // The connection is given up in any case.
    }
    client.connection.stream.destroy();
    release(client, failure ?? new Error('a copy was not ended'));
  }
}

function release(client: PoolClient, failure?: Error): void {
  client.release(failure);
  if (failure === undefined) client.removeListener('error', ignore);
}
