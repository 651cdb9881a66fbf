import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { readPassword } from './cluster.js';
import { databaseUrl, ongea } from './database.js';
import { findPostmaster } from './postmaster.js';

/**
 * The address of the private Postgres that a server of this machine runs on the folder right now, undefined where none
 * does. It is used without being kept: it ends with its server.
 * @throws EmbeddedPostgresFault when its password cannot be read
 */
export async function findRunningPostgres(dataDir: string): Promise<string | undefined> {
  const data = await realpath(path.join(path.resolve(dataDir), 'postgres')).catch(() => undefined);
  if (data === undefined) return undefined;
  const found = await findPostmaster(data);
  if (found?.port === undefined) return undefined;
  return databaseUrl({ password: await readPassword(data), port: found.port, database: ongea });
}
