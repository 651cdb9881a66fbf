import type { InboxRecord, InboxStore } from '@app/reporting';
import type { RowWriter } from '../row-writer.js';
import { makeRow, type RowKind } from '../row.js';

/** Inbox records as rows; the body keeps every byte. */
export const inboxRows: RowKind = {
  name: 'inbox',
  insert: `
    INSERT INTO inbox (id, received_at, route, provider, account, state, reason, content_type, body)
    SELECT id, received_at, route, provider, account, state, reason, content_type, decode(body, 'base64')
    FROM jsonb_to_recordset($1::jsonb) AS r(
      id uuid, received_at timestamptz, route text, provider text, account text, state text, reason text,
      content_type text, body text)
    ON CONFLICT DO NOTHING`,
};

/** Keeps the inbox in Postgres, by way of the spool while that is away. */
export class PostgresInbox implements InboxStore {
  constructor(private readonly writer: RowWriter) {}

  async keepInbox(record: InboxRecord): Promise<void> {
    const { id, route, provider, account, state, reason } = record;
    const row = {
      ...{ id, route, provider, account, state, reason },
      received_at: record.receivedAt.toISOString(),
      content_type: record.contentType,
      body: Buffer.from(record.body).toString('base64'),
    };
    await this.writer.write(makeRow(inboxRows, id, row));
  }
}
