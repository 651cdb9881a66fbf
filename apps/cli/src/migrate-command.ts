import { migrate } from '@app/postgres';
import { exitCodes, messageOf, Refused, WrongUse } from './failures.js';
import { readInstallation } from './installation.js';
import { print, type Io } from './io.js';

/**
 * Brings the database of `DATABASE_URL` up to date; several nodes may do so at once.
 * @throws WrongUse when it is not set; Refused when the database cannot be reached or refuses.
 */
export async function migrateDatabase(io: Io): Promise<number> {
  const url = readInstallation(io.env).environment.databaseUrl;
  if (url === undefined) {
    throw new WrongUse(
      'DATABASE_URL is not set: name the database, such as postgres://user:password@host:5432/ongea. ' +
        'The private one of `npm start` is migrated by every start.',
    );
  }
  try {
    await migrate(url, { applicationName: 'ongea migrate' });
  } catch (error) {
    throw new Refused(`The database ${nameOf(url)} could not be migrated: ${messageOf(error)}`, { cause: error });
  }
  print(io, `The database ${nameOf(url)} is up to date.`);
  return exitCodes.well;
}

/** Host and database, without user and password. */
function nameOf(url: string): string {
  if (!URL.canParse(url)) return 'of DATABASE_URL';
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}
