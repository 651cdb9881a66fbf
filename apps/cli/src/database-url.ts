import { findRunningPostgres } from '../../server/src/embedded/index.js';
import { WrongUse } from './failures.js';
import { readInstallation } from './installation.js';
import type { Io } from './io.js';

/**
 * The database of the installation: that of DATABASE_URL, else the private one of the server that runs on the data folder.
 * @throws WrongUse where there is neither
 */
export async function databaseUrlOf(io: Io): Promise<string> {
  const { databaseUrl, dataDir } = readInstallation(io.env).environment;
  const url = databaseUrl ?? (await findRunningPostgres(dataDir));
  if (url !== undefined) return url;
  throw new WrongUse(
    `There is no database: DATABASE_URL is not set, and no server runs its private one in ${dataDir}. ` +
      'Set DATABASE_URL, or start the server first; ONGEA_DATA_DIR names its folder.',
  );
}
