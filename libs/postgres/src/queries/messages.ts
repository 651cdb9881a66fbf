import {
  failureReasonOf,
  type DeliveryEventFilter,
  type KeptDeliveryEvent,
  type KeptMessage,
  type MessageFilter,
  type MessageQueries,
  type Page,
  type PageRequest,
} from '@app/reporting';
import {
  deliveryRank,
  deliveryStatuses,
  failureReasons,
  isFinalDelivery,
  writtenForms,
  type DeliveryStatus,
  type FailureReason,
} from '@app/telephony';
import type { Database } from '../database.js';
import { present } from '../present.js';
import { Conditions } from './conditions.js';
import { listDeliveryEvents, type SentName } from './delivery-events.js';
import { keyset, pageOf } from './keyset.js';
import { costOf } from './money.js';

interface MessageColumns {
  readonly id: string;
  readonly received_at: Date;
  readonly direction: 'mo' | 'mt';
  readonly provider: string;
  readonly account: string;
  readonly sender: string | null;
  readonly recipient: string;
  readonly text: string;
  readonly segments: number;
  readonly encoding: string;
  readonly external_id: string | null;
  readonly cost_amount: string | null;
  readonly cost_currency: string | null;
  readonly known_rank: number;
  readonly known_reason: string | null;
  readonly known_final_at: Date | null;
  readonly parts: Record<string, number> | null;
  /** Why the whole order was given up with this message in it. */
  readonly order_error: string | null;
}

const [delivered, failed] = [deliveryRank('delivered'), deliveryRank('failed')];

/**
 * Messages as they stand: what the send came to or what events tell, whichever is more. Those that an order left open when
 * it was given up may still be sent again; until then they failed.
 */
const messages = `
  SELECT m.id, m.received_at, m.direction, m.provider, m.account, m.sender, m.recipient, m.text, m.segments, m.encoding,
    m.external_id, m.cost_amount, m.cost_currency, m.batch_id, told.parts, given_up.last_error AS order_error,
    CASE WHEN m.direction = 'mo' THEN ${String(delivered)} ELSE
      greatest(m.rank, told.rank, CASE WHEN given_up.id IS NOT NULL THEN ${String(failed)} END)
    END AS known_rank,
    CASE WHEN told.rank >= m.rank THEN told.reason ELSE m.reason END AS known_reason,
    CASE WHEN m.direction = 'mo' THEN m.received_at ELSE
      coalesce(CASE WHEN told.rank >= m.rank THEN told.final_at END, m.final_at, given_up.updated_at)
    END AS known_final_at
  FROM messages m
  LEFT JOIN LATERAL (
    SELECT whole_delivery_rank(s.rank, s.parts, m.segments) AS rank, s.reason, s.final_at, s.parts
    FROM delivery_states s
    WHERE m.direction = 'mt' AND s.account = m.provider || '/' || m.account AND s.external_id = m.external_id
      AND s.recipient IN ('', m.recipient)
    ORDER BY 1 DESC, s.decided_by LIMIT 1
  ) AS told ON true
  LEFT JOIN outbox AS given_up
    ON given_up.id = m.outbox_id AND given_up.state = 'dead' AND m.id = ANY (given_up.unsettled)`;

/** Messages and delivery events as the admin API reads them. */
export class PostgresMessageQueries implements MessageQueries {
  constructor(private readonly database: Database) {}

  async list(filter: MessageFilter, page: PageRequest): Promise<Page<KeptMessage>> {
    const { provider, account, direction, status, from, to, number, externalId, batchId, created } = filter;
    const wanted = new Conditions()
      .equal({ provider, account, direction, recipient: to })
      .equal({ external_id: externalId, batch_id: batchId })
      .where('sender = ANY (?)', from && writtenForms(from))
      .where('(recipient = (?::text[])[1] OR sender = ANY (?))', number && writtenForms(number))
      .where('known_rank = ?', status === undefined ? undefined : deliveryRank(status))
      .within('received_at', created);
    const key = keyset(page, {
      ...{ column: 'received_at', type: 'timestamptz', id: 'id', descending: true, after: wanted.count },
    });
    const text = `
      SELECT * FROM (${messages}) AS message
      WHERE ${wanted.text} AND ${key.where} ORDER BY ${key.orderBy} LIMIT ${String(key.limit)}`;
    const rows = await this.database.query<MessageColumns>({ text }, [...wanted.values, ...key.values]);
    return pageOf(rows, page, ({ received_at, id }) => ({ value: received_at.toISOString(), id }), messageOf);
  }

  async get(id: string): Promise<(KeptMessage & { readonly events: readonly KeptDeliveryEvent[] }) | undefined> {
    const row = await this.find(id);
    if (row === undefined) return undefined;
    const message = messageOf(row);
    const name = nameOf(row);
    if (name === undefined) return { ...message, events: [] };
    const { items } = await listDeliveryEvents(this.database, {}, { limit: mostEvents }, name);
    return { ...message, events: items.toReversed() };
  }

  async events({ messageId, ...filter }: DeliveryEventFilter, page: PageRequest): Promise<Page<KeptDeliveryEvent>> {
    if (messageId === undefined) return listDeliveryEvents(this.database, filter, page);
    const row = await this.find(messageId);
    const name = row && nameOf(row);
    return name === undefined ? { items: [] } : listDeliveryEvents(this.database, filter, page, name);
  }

  private async find(id: string): Promise<MessageColumns | undefined> {
    const statement = { name: 'read-message', text: `${messages} WHERE m.id = $1` };
    const [row] = await this.database.query<MessageColumns>(statement, [id]);
    return row;
  }
}

/** A provider that repeats itself in ever new words is not told of for ever. */
const mostEvents = 500;

function nameOf({ direction, provider, account, external_id, recipient }: MessageColumns): SentName | undefined {
  if (direction === 'mo' || external_id === null) return undefined;
  return { provider, account, externalId: external_id, recipient };
}

function messageOf(row: MessageColumns): KeptMessage {
  const { id, direction, provider, account, text, segments } = row;
  const status = statusOf(row.known_rank);
  const parts = row.parts && Object.entries(row.parts).map(([part, rank]) => [part, statusOf(rank)] as const);
  return {
    ...{ id, direction, provider, account, text, segments, status },
    to: row.recipient,
    encoding: row.encoding === 'ucs2' ? 'ucs2' : 'gsm7',
    createdAt: row.received_at,
    ...present({
      from: row.sender,
      parts: parts && Object.fromEntries(parts),
      cost: costOf(row),
      externalId: row.external_id,
      failureReason: reasonOf(row),
      finalAt: isFinalDelivery(status) ? row.known_final_at : null,
    }),
  };
}

function statusOf(rank: number): DeliveryStatus {
  return deliveryStatuses[rank] ?? 'unknown';
}

function reasonOf({ known_rank, known_reason, order_error }: MessageColumns): FailureReason | undefined {
  if (known_rank === delivered) return undefined;
  const known = failureReasons.find((reason) => reason === known_reason);
  if (known !== undefined || order_error === null) return known;
  return failureReasonOf(order_error);
}
