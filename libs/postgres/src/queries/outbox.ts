import { v7 as uuid } from 'uuid';
import type { AuditDraft, KeptOrder, OrderFilter, OutboxQueries, OutboxState, Page, PageRequest } from '@app/reporting';
import type { Database } from '../database.js';
import { present } from '../present.js';
import { auditValues } from '../stores/audit-call.js';
import { orderOf, placesOf } from '../stores/outbox.js';
import { redriveAudited } from '../stores/outbox-statements.js';
import { Conditions } from './conditions.js';
import { keyset, pageOf } from './keyset.js';

interface OrderColumns {
  readonly id: string;
  readonly kind: string;
  readonly provider: string;
  readonly account: string;
  readonly state: OutboxState;
  readonly attempts: number;
  readonly next_at: Date;
  readonly last_error: string | null;
  readonly created_at: Date;
}

const columns = 'id, kind, provider, account, state, attempts, next_at, last_error, created_at';

const findOrder = { name: 'read-kept-order', text: `SELECT ${columns}, content FROM outbox WHERE id = $1` };

/** The outbox as operators see it. */
export class PostgresOutboxQueries implements OutboxQueries {
  constructor(private readonly database: Database) {}

  async list(filter: OrderFilter, page: PageRequest): Promise<Page<KeptOrder>> {
    const { kind, state, provider, account, created } = filter;
    const wanted = new Conditions().equal({ kind, state, provider, account }).within('created_at', created);
    const key = keyset(page, {
      ...{ column: 'created_at', type: 'timestamptz', id: 'id', descending: true, after: wanted.count },
    });
    const text = `
      SELECT ${columns} FROM outbox
      WHERE ${wanted.text} AND ${key.where} ORDER BY ${key.orderBy} LIMIT ${String(key.limit)}`;
    const rows = await this.database.query<OrderColumns>({ text }, [...wanted.values, ...key.values]);
    return pageOf(rows, page, ({ created_at, id }) => ({ value: created_at.toISOString(), id }), keptOrderOf);
  }

  async redrive(id: string, audit: AuditDraft): Promise<KeptOrder | 'unknown' | 'not-stuck'> {
    const [found] = await this.database.query<OrderColumns & { content: object }>(findOrder, [id]);
    if (found === undefined) return 'unknown';
    const places = JSON.stringify(placesOf(orderOf(found.content)));
    const values = [id, places, ...auditValues(uuid(), audit)];
    const [answer] = await this.database.query<{ woken: number }>(redriveAudited, values);
    if (answer?.woken !== 1) return 'not-stuck';
    const [now = found] = await this.database.query<OrderColumns>(findOrder, [id]);
    return keptOrderOf(now);
  }
}

function keptOrderOf(row: OrderColumns): KeptOrder {
  const { id, kind, provider, account, state, attempts } = row;
  const waits = state === 'waiting' || state === 'retry';
  return {
    ...{ id, kind, provider, account, state, attempts, createdAt: row.created_at },
    ...present({ nextAt: waits ? row.next_at : null, lastError: row.last_error }),
  };
}
