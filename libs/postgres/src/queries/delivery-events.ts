import type { DeliveryEventFilter, KeptDeliveryEvent, Page, PageRequest } from '@app/reporting';
import { deliveryStatuses, failureReasons } from '@app/telephony';
import type { Database } from '../database.js';
import { present } from '../present.js';
import { Conditions } from './conditions.js';
import { keyset, pageOf } from './keyset.js';

/** A row of `delivery_events` with the message that it is about. */
export interface EventColumns {
  readonly id: string;
  readonly received_at: Date;
  readonly provider: string;
  readonly account: string;
  readonly external_id: string;
  readonly message_id: string | null;
  readonly status: string;
  readonly provider_status: string;
  readonly reason: string | null;
  readonly provider_reason: string | null;
  readonly retry_count: number | null;
  readonly occurred_at: Date | null;
  readonly seen: number;
  readonly raw: Record<string, unknown>;
}

// The message of an event is known by the id that its provider gave it, once the send or another event brought both together;
// an event that names no recipient is one of every recipient.
export const deliveryEventsJoined = `
  FROM delivery_events e LEFT JOIN LATERAL (
    SELECT s.message_id FROM delivery_states s
    WHERE s.account = e.provider || '/' || e.account AND s.external_id = e.external_id AND s.message_id IS NOT NULL
      AND (e.recipient IS NULL OR s.recipient IN ('', e.recipient))
    ORDER BY s.recipient DESC LIMIT 1
  ) AS known ON true`;

/** Names one message as its provider does. */
export interface SentName {
  readonly provider: string;
  readonly account: string;
  readonly externalId: string;
  readonly recipient: string;
}

/** Delivery events, newest first; of one message alone where it is given. */
export async function listDeliveryEvents(
  database: Database,
  filter: Omit<DeliveryEventFilter, 'messageId'>,
  page: PageRequest,
  ofMessage?: SentName,
): Promise<Page<KeptDeliveryEvent>> {
  const { provider, account, externalId, status, unmatched, received } = filter;
  const wanted = new Conditions()
    .equal({ 'e.provider': provider, 'e.account': account, 'e.external_id': externalId, 'e.status': status })
    .within('e.received_at', received);
  if (unmatched !== undefined) wanted.always(`known.message_id IS ${unmatched ? '' : 'NOT '}NULL`);
  if (ofMessage !== undefined) {
    wanted
      .equal({
        'e.provider': ofMessage.provider,
        'e.account': ofMessage.account,
        'e.external_id': ofMessage.externalId,
      })
      .where(`(e.recipient IS NULL OR e.recipient = ?)`, ofMessage.recipient);
  }
  const key = keyset(page, {
    ...{ column: 'e.received_at', type: 'timestamptz', id: 'e.id', descending: true, after: wanted.count },
  });
  const text = `
    SELECT e.id, e.received_at, e.provider, e.account, e.external_id, known.message_id, e.status, e.provider_status,
      e.reason, e.provider_reason, e.retry_count, e.occurred_at, e.seen, e.raw
    ${deliveryEventsJoined}
    WHERE ${wanted.text} AND ${key.where} ORDER BY ${key.orderBy} LIMIT ${String(key.limit)}`;
  const rows = await database.query<EventColumns>({ text }, [...wanted.values, ...key.values]);
  return pageOf(rows, page, ({ received_at, id }) => ({ value: received_at.toISOString(), id }), deliveryEventOf);
}

/** The record of a row. */
export function deliveryEventOf(row: EventColumns): KeptDeliveryEvent {
  const { id, provider, account, seen, raw } = row;
  return {
    ...{ id, provider, account, seen, raw },
    externalId: row.external_id,
    status: deliveryStatuses.find((status) => status === row.status) ?? 'unknown',
    providerStatus: row.provider_status,
    receivedAt: row.received_at,
    ...present({
      messageId: row.message_id,
      reason: failureReasons.find((reason) => reason === row.reason),
      providerReason: row.provider_reason,
      retryCount: row.retry_count,
      occurredAt: row.occurred_at,
    }),
  };
}
