import type { DataSource } from 'typeorm';
import type { DeliveryState, KeptDeliveryEvent } from '@app/reporting';
import { deliveryStatuses, failureReasons, type DeliveryStatus, type FailureReason } from '@app/telephony';
import { present } from '../present.js';

/** Names one message as its provider does. */
export interface DeliveryName {
  readonly provider: string;
  readonly account: string;
  readonly externalId: string;
  /** Absent: every recipient. */
  readonly recipient?: string;
}

interface EventColumns {
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

interface StateColumns {
  readonly rank: number;
  readonly provider_status: string | null;
  readonly reason: string | null;
  readonly provider_reason: string | null;
  readonly final_at: Date | null;
  readonly parts: Record<string, number> | null;
}

/** All events of a message, oldest first. */
export async function findDeliveryEvents(dataSource: DataSource, name: DeliveryName): Promise<KeptDeliveryEvent[]> {
  const rows: EventColumns[] = await dataSource.query(
    `SELECT e.*, s.message_id FROM delivery_events e
     LEFT JOIN delivery_states s ON s.account = e.provider || '/' || e.account
       AND s.external_id = e.external_id AND s.recipient = coalesce(e.recipient, '')
     WHERE e.provider = $1 AND e.account = $2 AND e.external_id = $3 
       AND ($4::text IS NULL OR coalesce(e.recipient, '') IN ('', $4))
     ORDER BY e.received_at, e.id`,
    [name.provider, name.account, name.externalId, name.recipient ?? null],
  );
  return rows.map(eventOf);
}

/**
 * What became of a message; undefined where neither its sending nor an event told. Events that name no recipient count
 * for every recipient.
 * @param segments how many parts the message has, where that is known
 */
export async function findDeliveryState(
  dataSource: DataSource,
  name: DeliveryName,
  segments?: number,
): Promise<DeliveryState | undefined> {
  const [row]: StateColumns[] = await dataSource.query(
    `SELECT whole_delivery_rank(rank, parts, $4::integer) AS rank, provider_status, reason, provider_reason, final_at, parts
     FROM delivery_states WHERE account = $1 AND external_id = $2 AND recipient IN ('', $3)
     ORDER BY 1 DESC, decided_by LIMIT 1`,
    [`${name.provider}/${name.account}`, name.externalId, name.recipient ?? '', segments ?? null],
  );
  return row === undefined ? undefined : stateOf(row);
}

function eventOf(row: EventColumns): KeptDeliveryEvent {
  const { id, provider, account, seen, raw } = row;
  const reason = reasonOf(row.reason);
  return {
    ...{ id, provider, account, seen, raw },
    externalId: row.external_id,
    status: deliveryStatuses.find((status) => status === row.status) ?? 'unknown',
    providerStatus: row.provider_status,
    receivedAt: row.received_at,
    ...present({
      messageId: row.message_id,
      reason,
      providerReason: row.provider_reason,
      retryCount: row.retry_count,
      occurredAt: row.occurred_at,
    }),
  };
}

function stateOf(row: StateColumns): DeliveryState {
  const parts =
    row.parts && Object.fromEntries(Object.entries(row.parts).map(([part, rank]) => [part, statusOf(rank)]));
  return {
    status: statusOf(row.rank),
    ...present({
      providerStatus: row.provider_status,
      reason: reasonOf(row.reason),
      providerReason: row.provider_reason,
      finalAt: row.final_at,
      parts,
    }),
  };
}

function statusOf(rank: number): DeliveryStatus {
  return deliveryStatuses[rank] ?? 'unknown';
}

function reasonOf(text: string | null): FailureReason | undefined {
  return failureReasons.find((reason) => reason === text);
}
