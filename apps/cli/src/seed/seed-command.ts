import { Presets, SingleBar } from 'cli-progress';
import { seedCallReports } from '@app/postgres';
import { databaseUrlOf } from '../database-url.js';
import { exitCodes, messageOf, Refused, WrongUse } from '../failures.js';
import { readInstallation } from '../installation.js';
import { print, type Io } from '../io.js';

export interface SeedWords {
  readonly reports: string;
  readonly days: string;
  readonly json?: boolean;
}

const mostReports = 100_000_000;
const mostDays = 3_650;

/**
 * Fills the database with made-up call reports; on a terminal a bar shows how far it is.
 * @throws WrongUse in production, without a database, and for numbers that are none
 */
export async function seed(io: Io, { reports, days, json = false }: SeedWords): Promise<number> {
  if (readInstallation(io.env).environment.production) {
    throw new WrongUse('NODE_ENV is production: made-up reports do not belong there.');
  }
  const wanted = {
    reports: wholeNumber('--reports', reports, mostReports),
    days: wholeNumber('--days', days, mostDays),
    until: new Date(),
  };
  const url = await databaseUrlOf(io);
  const bar = new SingleBar(
    { stream: io.stderr, format: '{bar} {percentage} % | {value} of {total} | {eta_formatted} left' },
    Presets.shades_classic,
  );
  const began = performance.now();
  bar.start(wanted.reports, 0);
  try {
    await seedCallReports(url, { ...wanted, onProgress: (done) => bar.update(done) });
  } catch (error) {
    throw new Refused(`The database cannot be filled: ${messageOf(error)}`, { cause: error });
  } finally {
    bar.stop();
  }
  const seconds = (performance.now() - began) / 1_000;
  const told = `${wanted.reports} call reports of the account mobtexting/demo in ${seconds.toFixed(1)} s.`;
  print(io, json ? JSON.stringify({ reports: wanted.reports, days: wanted.days, seconds }) : told);
  return exitCodes.well;
}

function wholeNumber(option: string, text: string, most: number): number {
  const number = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (number >= 1 && number <= most) return number;
  throw new WrongUse(`${option} is a whole number from 1 to ${most}, not "${text}".`);
}
