import { createHash } from 'node:crypto';
import { cleanJson } from './clean-json.js';

/** A kind of row: its name in the spool, and the one statement that writes any number of rows of it. */
export interface RowKind {
  readonly name: string;
  /**
   * Takes one parameter, a JSON array of rows unless {@link parameter} makes another of them. Writing a row again must change nothing, since a spool is drained again
   * from the start of a segment after a crash.
   */
  readonly insert: string;
  readonly parameter?: (rows: readonly Row[]) => string;
}

/** A row that is ready to be written: serialised once, for Postgres and spool alike. */
export interface Row {
  readonly kind: string;
  /** Unique within the kind; of two rows with the same id the first stays. */
  readonly id: string;
  /** The columns as clean JSON. */
  readonly json: string;
}

/** Serialises a row; `undefined` columns become NULL. */
export function makeRow(kind: RowKind, id: string, columns: Readonly<Record<string, unknown>>): Row {
  return { kind: kind.name, id, json: cleanJson(JSON.stringify(columns)) };
}

/** A time as a column; undefined where Postgres or ISO 8601 in four digits cannot say it. */
export function timeColumn(time: Date | undefined): string | undefined {
  if (time === undefined || Number.isNaN(time.getTime())) return undefined;
  const year = time.getUTCFullYear();
  return year >= 1 && year <= 9999 ? time.toISOString() : undefined;
}

/** A count or a duration as a whole number; undefined where it cannot be one. */
export function wholeColumn(value: number | undefined): number | undefined {
  if (value === undefined) return undefined;
  const whole = Math.round(value);
  return Number.isSafeInteger(whole) ? whole : undefined;
}

/** As {@link wholeColumn}, for a column of four bytes. */
export function countColumn(value: number | undefined): number | undefined {
  const whole = wholeColumn(value);
  return whole !== undefined && Math.abs(whole) < 2 ** 31 ? whole : undefined;
}

// An entry of an index may have 2 704 bytes, a character up to four; several of these stand in one.
const maxNameLength = 256;

/** A number or an id as an index takes it: of a longer one the beginning and a digest, so that two stay two. */
export function nameColumn(value: string): string;
export function nameColumn(value: string | undefined): string | undefined;
export function nameColumn(value: string | undefined): string | undefined {
  if (value === undefined || value.length <= maxNameLength) return value;
  const digest = createHash('sha256').update(value).digest('base64url');
  return `${value.slice(0, maxNameLength - digest.length - 1)}#${digest}`;
}

/** A decimal amount; undefined where the text is none. */
export function amountColumn(amount: string | undefined): string | undefined {
  return amount !== undefined && /^-?[0-9]{1,30}(\.[0-9]{1,30})?$/.test(amount) ? amount : undefined;
}
