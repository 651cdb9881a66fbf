import type { OutboxOrder } from '@app/reporting';
import type { Database } from '../database.js';
import { orderOf } from '../stores/outbox.js';
import { blank } from './erase-rows.js';

interface Found {
  readonly id: string;
  readonly content: object | null;
}

const pageRows = 500;

/** $1 pattern, $2 behind which id; the last row of a page comes whether it is matched or not. */
const findOrders = {
  name: 'find-orders-to-erase',
  text: `
    WITH page AS MATERIALIZED (
      SELECT id, content, concat_ws(E'\\n', content::text, detail, last_error) ~ $1 AS theirs
      FROM outbox WHERE id > $2 ORDER BY id LIMIT ${String(pageRows)}
    )
    SELECT id, CASE WHEN theirs THEN content END AS content FROM page
    WHERE theirs OR id = (SELECT id FROM page ORDER BY id DESC LIMIT 1) ORDER BY id`,
};

const removeOrder = {
  name: 'erase-order',
  text: `
    WITH gone AS (DELETE FROM outbox WHERE id = $1 RETURNING id),
      lines AS (DELETE FROM outbox_recipients WHERE outbox_id = $1),
      attempts AS (DELETE FROM send_attempts WHERE outbox_id = $1)
    SELECT id FROM gone`,
};

/** $1 order, $2 its content, $3 the messages that left it, $4 pattern. One that has nobody left to go to is over. */
const clearOrder = {
  name: 'clear-order',
  text: `
    WITH lines AS (DELETE FROM outbox_recipients WHERE outbox_id = $1 AND message_id = ANY ($3::uuid[]))
    UPDATE outbox SET
      content = $2, detail = regexp_replace(detail, $4, '${blank}', 'g'),
      last_error = regexp_replace(last_error, $4, '${blank}', 'g'),
      unsettled = ARRAY(SELECT unnest(unsettled) EXCEPT SELECT unnest($3::uuid[])),
      state = CASE WHEN state IN ('waiting', 'retry') AND kind = 'message' AND NOT EXISTS (
        SELECT FROM outbox_recipients r WHERE r.outbox_id = $1 AND r.message_id <> ALL ($3::uuid[])
      ) THEN 'sent' ELSE state END
    WHERE id = $1`,
};

/**
 * Takes a person out of what is to be sent: an order to nobody else goes whole, one to several people goes on without
 * them. Returns how many orders were removed or changed.
 */
export async function eraseOrders(database: Database, pattern: string): Promise<number> {
  const names = new RegExp(pattern);
  let count = 0;
  for (let after = '00000000-0000-0000-0000-000000000000'; ;) {
    const found = await database.query<Found>(findOrders, [pattern, after]);
    for (const { id, content } of found) {
      if (content === null) continue;
      await eraseOrder(database, id, orderOf(content), names);
      count++;
    }
    const last = found.at(-1);
    if (last === undefined) return count;
    after = last.id;
  }
}

async function eraseOrder(database: Database, id: string, order: OutboxOrder, names: RegExp): Promise<void> {
  const left = order.kind === 'message' ? order.recipients.filter(({ to }) => !names.test(to)) : [];
  if (order.kind !== 'message' || left.length === 0) {
    await database.query(removeOrder, [id]);
    return;
  }
  const gone = order.recipients.filter((recipient) => !left.includes(recipient)).map(({ messageId }) => messageId);
  const every = new RegExp(names.source, 'g');
  const content = JSON.stringify({ ...order, recipients: left, text: order.text.replace(every, blank) });
  await database.query(clearOrder, [id, content.replace(every, blank), gone, names.source]);
}
