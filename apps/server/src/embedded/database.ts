import pg from 'pg';
import { codeOf } from './fault.js';

// 57P03: starting up or shutting down; 57P01: shut down under us.
const notYet = new Set(['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE', '57P03', '57P01']);
const existsAlready = new Set(['42P04', '23505']);

/** The user that owns the cluster, and the database that Ongea uses in it. */
export const ongea = 'ongea';

/** The address of a database of the private Postgres. */
export function databaseUrl(of: {
  readonly password: string;
  readonly port: number;
  readonly database: string;
}): string {
  return `postgres://${ongea}:${of.password}@127.0.0.1:${of.port}/${of.database}?sslmode=disable`;
}

/** Makes Ongea's database where it is missing; false while Postgres accepts no queries yet. */
export async function ensureDatabase(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  // Without a listener a connection that breaks while idle would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [ongea]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${pg.escapeIdentifier(ongea)}`);
    return true;
  } catch (error) {
    const code = codeOf(error);
    if (code !== undefined && existsAlready.has(code)) return true;
    if (code !== undefined && notYet.has(code)) return false;
    // pg gives no code where a connection breaks while it is made.
    if (code === undefined && /terminated|timeout/i.test(String(error))) return false;
    throw error;
  } finally {
    await client.end().catch(() => undefined);
  }
}
