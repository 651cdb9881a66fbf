import { v7 as uuid } from 'uuid';
import type {
  AuditDraft,
  InboxFilter,
  InboxQueries,
  InboxState,
  KeptInboxRecord,
  Page,
  PageRequest,
} from '@app/reporting';
import { arrivalOf } from '../arrival.js';
import type { Database } from '../database.js';
import { present } from '../present.js';
import { auditCall, auditValues } from '../stores/audit-call.js';
import { Conditions } from './conditions.js';
import { keyset, pageOf } from './keyset.js';

interface InboxColumns {
  readonly id: string;
  readonly received_at: Date;
  readonly route: string;
  readonly provider: string;
  readonly account: string;
  readonly state: InboxState;
  readonly reason: string;
  readonly content_type: string | null;
  readonly body: Buffer;
  readonly bytes: number;
}

const columns = 'id, received_at, route, provider, account, state, reason, content_type, octet_length(body) AS bytes';

/** A page of whole bodies could be as large as our memory. */
const shownBytes = 16_384;

const byId = 'received_at >= $2 AND received_at < $3 AND id = $1';

const findRecord = { name: 'read-inbox-record', text: `SELECT ${columns}, body FROM inbox WHERE ${byId}` };

const markReplayed = {
  name: 'mark-inbox-replayed',
  text: `
    WITH marked AS (
      UPDATE inbox SET state = 'replayed' WHERE ${byId} RETURNING id
    )
    SELECT ${auditCall(4)} FROM marked`,
};

/** Webhooks that could not be handled, as operators see them. */
export class PostgresInboxQueries implements InboxQueries {
  constructor(private readonly database: Database) {}

  async list(filter: InboxFilter, page: PageRequest): Promise<Page<KeptInboxRecord>> {
    const { state, provider, account, route, received } = filter;
    const wanted = new Conditions().equal({ state, provider, account, route }).within('received_at', received);
    const key = keyset(page, {
      ...{ column: 'received_at', type: 'timestamptz', id: 'id', descending: true, after: wanted.count },
    });
    const text = `
      SELECT ${columns}, substring(body FOR ${String(shownBytes)}) AS body FROM inbox
      WHERE ${wanted.text} AND ${key.where} ORDER BY ${key.orderBy} LIMIT ${String(key.limit)}`;
    const rows = await this.database.query<InboxColumns>({ text }, [...wanted.values, ...key.values]);
    return pageOf(rows, page, ({ received_at, id }) => ({ value: received_at.toISOString(), id }), recordOf);
  }

  async get(id: string): Promise<KeptInboxRecord | undefined> {
    const arrival = arrivalOf(id);
    if (arrival === undefined) return undefined;
    const [row] = await this.database.query<InboxColumns>(findRecord, [id, arrival.from, arrival.to]);
    return row === undefined ? undefined : recordOf(row);
  }

  async replayed(id: string, audit: AuditDraft): Promise<void> {
    const arrival = arrivalOf(id);
    if (arrival === undefined) return;
    await this.database.query(markReplayed, [id, arrival.from, arrival.to, ...auditValues(uuid(), audit)]);
  }
}

function recordOf(row: InboxColumns): KeptInboxRecord {
  const { id, route, provider, account, state, reason, body, bytes } = row;
  return {
    ...{ id, route, provider, account, state, reason, body, bytes, receivedAt: row.received_at },
    ...present({ contentType: row.content_type }),
  };
}
