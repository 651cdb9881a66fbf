import type { Notice, NoticeStore } from '@app/reporting';
import type { RowWriter } from '../row-writer.js';
import { makeRow, timeColumn, type RowKind } from '../row.js';

/** Notices as rows. */
export const noticeRows: RowKind = {
  name: 'notice',
  insert: `
    INSERT INTO notices (id, received_at, provider, account, topic, occurred_at, raw)
    SELECT id, received_at, provider, account, topic, occurred_at, raw
    FROM jsonb_to_recordset($1::jsonb) AS r(
      id uuid, received_at timestamptz, provider text, account text, topic text, occurred_at timestamptz, raw jsonb)
    ON CONFLICT DO NOTHING`,
};

/** Keeps notices in Postgres, by way of the spool while that is away. */
export class PostgresNotices implements NoticeStore {
  constructor(private readonly writer: RowWriter) {}

  async keepNotice(notice: Notice): Promise<void> {
    const { id, provider, account, topic, raw } = notice;
    const times = { received_at: notice.receivedAt.toISOString(), occurred_at: timeColumn(notice.occurredAt) };
    await this.writer.write(makeRow(noticeRows, id, { id, provider, account, topic, raw, ...times }));
  }
}
