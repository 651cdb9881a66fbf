import type { Outbox, OutboxOrder, Recipient } from '@app/reporting';
import type { RowWriter } from '../row-writer.js';
import { makeRow, type Row, type RowKind } from '../row.js';

/** Orders as rows, each written with its messages, its place in line and the job that sends it, or not at all. */
export const outboxRows: RowKind = {
  name: 'outbox-order',
  insert: `
    WITH incoming AS MATERIALIZED (
      SELECT * FROM jsonb_to_recordset($1::jsonb) AS r(
        id uuid, kind text, provider text, account text, lane text, created_at timestamptz, once_key text,
        position bigint, lines jsonb, content jsonb)
    ), firsts AS MATERIALIZED (
      SELECT DISTINCT ON (once_key) 'once:' || once_key AS key, id, provider, account, created_at
      FROM incoming WHERE once_key IS NOT NULL
      ORDER BY once_key, position, id
    ), keyed AS (
      INSERT INTO effect_ledger AS known (key, outcome, step, provider, account, at)
      SELECT key, 'queued', 'outbox', provider, account, created_at FROM firsts
      ORDER BY key
      ON CONFLICT (key) DO UPDATE
        SET (outcome, value, step, provider, account, at) =
            (excluded.outcome, excluded.value, excluded.step, excluded.provider, excluded.account, excluded.at)
        WHERE known.at < excluded.at - interval '12 hours'
      RETURNING key
    ), fresh AS (
      INSERT INTO outbox (id, kind, provider, account, lane, state, next_at, once_key, content, created_at)
      SELECT id, kind, provider, account, lane, 'waiting', now(), once_key, content, created_at FROM incoming
      WHERE once_key IS NULL OR id IN (SELECT firsts.id FROM firsts JOIN keyed ON keyed.key = firsts.key)
      ORDER BY id
      ON CONFLICT DO NOTHING
      RETURNING id
    ), told AS (
      INSERT INTO messages (
        id, received_at, direction, provider, account, sender, recipient, text, segments, encoding, link_id, rank,
        outbox_id, batch_id)
      SELECT r."messageId", o.created_at, 'mt', o.provider, o.account, o.content ->> 'from', r."to",
        o.content ->> 'text', (o.content ->> 'segments')::integer, o.content ->> 'encoding', o.content ->> 'linkId',
        1, o.id, o.content ->> 'batchId'
      FROM incoming o JOIN fresh ON fresh.id = o.id,
        LATERAL jsonb_to_recordset(o.content -> 'recipients') AS r("messageId" uuid, "to" text)
    ), lined AS (
      INSERT INTO outbox_recipients (line, position, outbox_id, message_id)
      SELECT l.line, o.position, o.id, l.message_id
      FROM incoming o JOIN fresh ON fresh.id = o.id,
        LATERAL jsonb_to_recordset(o.lines) AS l(line text, message_id uuid)
    ), specs AS (
      SELECT array_agg(ROW(
        'send', json_build_object('id', o.id), NULL, NULL, NULL, o.id, CASE o.lane WHEN 'bulk' THEN 10 ELSE 0 END, NULL
      )::graphile_worker.job_spec ORDER BY o.position) AS list
      FROM incoming o JOIN fresh ON fresh.id = o.id
      HAVING count(*) > 0
    )
    SELECT count(*) FROM specs, LATERAL graphile_worker.add_jobs(specs.list)`,
};

/** One recipient's place in line. */
export interface Place {
  readonly line: string;
  readonly message_id: string;
}

/** Takes orders into Postgres, by way of the spool while that is away. */
export class PostgresOutbox implements Outbox {
  constructor(private readonly writer: RowWriter) {}

  async put(orders: readonly OutboxOrder[]): Promise<void> {
    await Promise.all(orders.map((order, place) => this.writer.write(orderRow(order, place))));
  }
}

/** Serialises an order that stands at `place` in what is put together. */
export function orderRow(order: OutboxOrder, place: number): Row {
  const { id, kind, provider, account, createdAt, onceKey } = order;
  return makeRow(outboxRows, id, {
    ...{ id, kind, provider, account, lane: laneOf(order) },
    created_at: createdAt.toISOString(),
    once_key: onceKey,
    // Ids of one millisecond are in no order.
    position: createdAt.getTime() * 1_000 + Math.min(place, 999),
    lines: placesOf(order),
    content: order,
  });
}

/** Where the recipients of an order stand: orders of the same line go out one after another. */
export function placesOf(order: OutboxOrder): Place[] {
  const { provider, account, from = null } = order;
  return recipientsOf(order).map(({ messageId, to }) => ({
    line: JSON.stringify([provider, account, from, laneOf(order), to]),
    message_id: messageId,
  }));
}

/** Whom an order goes to; a call is its own message, and a forward goes to nobody who could wait in line. */
function recipientsOf(order: OutboxOrder): readonly Recipient[] {
  if (order.kind === 'forward') return [];
  return order.kind === 'message' ? order.recipients : [{ messageId: order.id, to: order.to }];
}

/** Reads an order as {@link outboxRows} keeps it. */
export function orderOf(content: object): OutboxOrder {
  const stored = content as Omit<OutboxOrder, 'createdAt'> & { readonly createdAt: string };
  return { ...stored, createdAt: new Date(stored.createdAt) } as OutboxOrder;
}

function laneOf(order: OutboxOrder): string {
  if (order.kind === 'message') return order.lane;
  return order.kind === 'call' ? 'call' : 'bulk';
}
