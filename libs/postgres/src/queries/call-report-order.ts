import type { CallReportOrder, PagePosition, PageRequest } from '@app/reporting';
import type { CallReportColumns } from './call-report-row.js';
import { keyset, type Keyset } from './keyset.js';

interface SortKey {
  /** As the index has it. */
  readonly column: string;
  readonly type: string;
  readonly valueOf: (row: CallReportColumns) => string;
}

const keys: Readonly<Record<CallReportOrder['by'], SortKey>> = {
  startedAt: { column: 'c.sort_at', type: 'timestamptz', valueOf: ({ sort_at }) => sort_at.toISOString() },
  receivedAt: { column: 'c.received_at', type: 'timestamptz', valueOf: ({ received_at }) => received_at.toISOString() },
  durationSeconds: {
    column: 'coalesce(c.duration_seconds, -1)',
    type: 'double precision',
    valueOf: ({ duration_seconds }) => String(duration_seconds ?? -1),
  },
};

/** The whole order, ids deciding between equals. */
export function orderBy({ by, descending }: CallReportOrder): string {
  const direction = descending ? 'DESC' : 'ASC';
  return `${keys[by].column} ${direction}, c.id ${direction}`;
}

/** The page of that order. @param after parameters that the statement has already */
export function keysetOf(page: PageRequest, { by, descending }: CallReportOrder, after: number): Keyset {
  const { column, type } = keys[by];
  const key = keyset(page, { column, type, id: 'c.id', descending, after });
  if (by !== 'receivedAt' || page.from === undefined) return key;
  // Partitions are left out by comparisons of one column only.
  const isDownwards = descending === (page.from.towards === 'next');
  const prune = `c.received_at ${isDownwards ? '<=' : '>='} $${String(after + 1)}::timestamptz`;
  return { ...key, where: `${prune} AND ${key.where}` };
}

/** Where a row stands in that order. */
export function positionOf(row: CallReportColumns, { by }: CallReportOrder): PagePosition {
  return { value: keys[by].valueOf(row), id: row.id };
}
