import type { Page, PagePosition, PageRequest } from '@app/reporting';

/** The parts of a statement that reads one page by its position, so that a page costs the same however deep it is. */
export interface Keyset {
  /** A condition, or `true` for the first page. */
  readonly where: string;
  readonly orderBy: string;
  /** One more than asked for: it tells whether there is another page. */
  readonly limit: number;
  /** What `where` refers to. */
  readonly values: readonly unknown[];
}

interface KeysetOptions {
  /** The column that is sorted by, and its type: `received_at`, `timestamptz`. */
  readonly column: string;
  readonly type: string;
  /** The column that decides between equals. */
  readonly id: string;
  readonly idType?: string;
  readonly descending: boolean;
  /** Parameters that the statement has already. */
  readonly after: number;
}

/** How the page is read: rows before a position are read backwards, and {@link pageOf} turns them round. */
export function keyset({ limit, from }: PageRequest, options: KeysetOptions): Keyset {
  const { column, type, id, idType = 'uuid', descending, after } = options;
  const downwards = descending === (from?.towards !== 'previous');
  const direction = downwards ? 'DESC' : 'ASC';
  const orderBy = `${column} ${direction}, ${id} ${direction}`;
  if (from === undefined) return { where: 'true', orderBy, limit: limit + 1, values: [] };
  const [value, last] = [`$${String(after + 1)}::${type}`, `$${String(after + 2)}::${idType}`];
  const { position } = from;
  return {
    where: `(${column}, ${id}) ${downwards ? '<' : '>'} (${value}, ${last})`,
    orderBy,
    limit: limit + 1,
    values: [position.value, position.id],
  };
}

/** The page that the rows of such a statement make. */
export function pageOf<R, T>(
  rows: readonly R[],
  { limit, from }: PageRequest,
  positionOf: (row: R) => PagePosition,
  recordOf: (row: R) => T,
): Page<T> {
  const isBackwards = from?.towards === 'previous';
  const more = rows.length > limit;
  const kept = rows.slice(0, limit);
  if (isBackwards) kept.reverse();
  const [first, last] = [kept[0], kept.at(-1)];
  const hasNext = isBackwards || more;
  const hasPrevious = isBackwards ? more : from !== undefined;
  return {
    items: kept.map(recordOf),
    ...(hasNext && last !== undefined ? { next: positionOf(last) } : {}),
    ...(hasPrevious && first !== undefined ? { previous: positionOf(first) } : {}),
  };
}
