import { sqlStateOf } from '../fault.js';

/**
 * Runs a statement of whose parameters only the zone could be none.
 * @throws RangeError for a zone that the database does not know
 */
export async function knownZone<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    // invalid_parameter_value
    if (sqlStateOf(error) === '22023') throw new RangeError('the database knows no such zone', { cause: error });
    throw error;
  }
}

/**
 * Hours as ISO 8601 with the offset of the zone, days as `2026-03-04`.
 * @param key a `timestamptz`
 * @param zone a parameter
 */
export function shownTime(by: 'hour' | 'day', key: string, zone: string): string {
  const local = `(${key} AT TIME ZONE ${zone})`;
  if (by === 'day') return `to_char(${local}, 'YYYY-MM-DD')`;
  const offset = `(${local} - (${key} AT TIME ZONE 'UTC'))`;
  const sign = `CASE WHEN ${offset} < '0' THEN '-' ELSE '+' END`;
  return `to_char(${local}, 'YYYY-MM-DD"T"HH24:MI:SS') || ${sign} || to_char(greatest(${offset}, -${offset}), 'HH24:MI')`;
}
