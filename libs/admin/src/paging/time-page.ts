import type { PageRequest } from '@app/reporting';
import { badRequest } from '../problems/problem.js';
import { pageRequest } from './cursor.js';

export const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Reads a cursor of a list that is sorted by a time; a position that was made up could be of any list.
 * @param ids what the ids of its records look like
 * @throws Problem 400
 */
export function timePage(cursor: string | undefined, limit: number, bound: unknown, ids: RegExp = uuid): PageRequest {
  const request = pageRequest(cursor, limit, bound);
  if (request.from === undefined) return request;
  const { value, id } = request.from.position;
  if (!/^(?!0000)\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) || !ids.test(id)) {
    throw badRequest({ field: 'cursor', message: 'it cannot be read' });
  }
  return request;
}
