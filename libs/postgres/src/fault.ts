import { isNativeError } from 'node:util/types';

/**
 * What a failed statement means for the rows in it. `again`: the same statement may well succeed at once. `poison`: a
 * row can never be written. `away`: Postgres cannot take rows now; the rows are kept until it can.
 */
export type Fault = 'again' | 'poison' | 'away';

const faults: readonly (readonly [prefix: string, fault: Fault])[] = [
  ['40001', 'again'], // serialization_failure
  ['40P01', 'again'], // deadlock_detected
  ['22', 'poison'], // data exceptions
  ['23', 'poison'], // integrity constraints
  ['54', 'poison'], // program limits: a value too long for an index, JSON too deep
  ['P0001', 'poison'], // raise_exception
];

/**
 * Sorts an error by its SQLSTATE. Everything that is not known to be a row's own fault is `away`: connections (08),
 * resources (53), shutdown (57P01 to 57P03), time limits (57014), read-only (25006), but also our own mistakes, so that
 * no fact is thrown away for them.
 */
export function faultOf(error: unknown): Fault {
  const state = sqlStateOf(error);
  if (state === undefined) return 'away';
  return faults.find(([prefix]) => state.startsWith(prefix))?.[1] ?? 'away';
}

/** Whether an error says that the connection is gone, and not only that this statement failed. */
export function isConnectionLost(error: unknown): boolean {
  const state = sqlStateOf(error);
  return state === undefined || state.startsWith('08') || state.startsWith('57P') || state === '53300';
}

/** The five characters that Postgres gave with an error; undefined for errors of the connection itself. */
export function sqlStateOf(error: unknown): string | undefined {
  if (!isNativeError(error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  // No class begins with E, but EPIPE and its like have five letters too.
  return /^(?!E)[0-9A-Z]{5}$/.test(error.code) ? error.code : undefined;
}

/** An error as one short line for health answers and logs. */
export function reasonOf(error: unknown): string {
  // A connection that every address refused: the message is empty, the causes are listed.
  if (isNativeError(error) && error.message === '' && 'errors' in error && Array.isArray(error.errors)) {
    return reasonOf(error.errors[0]);
  }
  const text = isNativeError(error) ? error.message || error.name : String(error);
  const state = sqlStateOf(error);
  return state === undefined ? text : `${text} (${state})`;
}
