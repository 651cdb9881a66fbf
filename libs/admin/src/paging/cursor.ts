import { createHash } from 'node:crypto';
import type { Page, PagePosition, PageRequest } from '@app/reporting';
import { badRequest } from '../problems/problem.js';

/** What an answer to a list says. */
export interface ListAnswer<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
  readonly prevCursor: string | null;
}

type Packed = [mark: string, towards: 'n' | 'p', value: string, id: string];

const idForm = /^[0-9A-Za-z:._-]{1,128}$/;

/**
 * Reads a cursor of a list.
 * @param bound everything that it is bound to: filters and sort, as they were asked for
 * @throws Problem 400 for one of another list, or none at all
 */
export function pageRequest(cursor: string | undefined, limit: number, bound: unknown): PageRequest {
  if (cursor === undefined) return { limit };
  const packed = unpack(cursor);
  if (packed === undefined) throw badRequest({ field: 'cursor', message: 'it cannot be read' });
  const [mark, towards, value, id] = packed;
  if (mark !== markOf(bound)) throw badRequest({ field: 'cursor', message: 'it belongs to another filter or sort' });
  return { limit, from: { position: { value, id }, towards: towards === 'n' ? 'next' : 'previous' } };
}

/** A page as it is answered. */
export function listAnswer<R, T>(page: Page<R>, bound: unknown, show: (record: R) => T): ListAnswer<T> {
  const mark = markOf(bound);
  return {
    items: page.items.map(show),
    nextCursor: page.next === undefined ? null : pack(mark, 'n', page.next),
    prevCursor: page.previous === undefined ? null : pack(mark, 'p', page.previous),
  };
}

function pack(mark: string, towards: 'n' | 'p', { value, id }: PagePosition): string {
  const packed: Packed = [mark, towards, value, id];
  return Buffer.from(JSON.stringify(packed)).toString('base64url');
}

function unpack(cursor: string): Packed | undefined {
  try {
    const list: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (!Array.isArray(list) || list.length !== 4 || list.some((part) => typeof part !== 'string')) return undefined;
    const [mark, towards, value, id] = list as [string, string, string, string];
    if ((towards !== 'n' && towards !== 'p') || !idForm.test(id) || value.length > 64) return undefined;
    // A time or a number, so that a database never meets anything else.
    if (!/^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/.test(value) && Number.isNaN(Date.parse(value))) return undefined;
    return [mark, towards, value, id];
  } catch {
    return undefined;
  }
}

function markOf(bound: unknown): string {
  return createHash('sha256').update(JSON.stringify(bound)).digest('base64url').slice(0, 16);
}
