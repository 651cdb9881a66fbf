import { createHash } from 'node:crypto';
import { wholeOfPart, type DeliveryEvent, type DeliveryEventStore } from '@app/reporting';
import { deliveryRank, isFinalDelivery } from '@app/telephony';
import type { RowWriter } from '../row-writer.js';
import { countColumn, makeRow, nameColumn, timeColumn, type Row, type RowKind } from '../row.js';

const wins = `(excluded.rank > state.rank OR excluded.rank = state.rank AND excluded.decided_by < state.decided_by)`;
const unseen = 'new_sightings(array_prepend(event.id, event.sightings), excluded.sightings)';
const words = ['decided_by', 'provider_status', 'reason', 'provider_reason', 'final_at'];

/** The statement in two: what can stand before a part of somebody else's, and what it ends with. */
export const deliveryEventInsert = {
  before: `
    WITH incoming AS MATERIALIZED (
      SELECT provider || '/' || account AS holder, decode(key, 'hex') AS hash, r.*
      FROM jsonb_to_recordset($1::jsonb) AS r(
        id uuid, received_at timestamptz, provider text, account text, external_id text, recipient text, part integer,
        status text, rank smallint, part_rank smallint, provider_status text, reason text,
        provider_reason text, retry_count integer, network_code text, occurred_at timestamptz, final_at timestamptz, raw jsonb, key text)
    ), firsts AS MATERIALIZED (
      SELECT DISTINCT ON (holder, hash) * FROM incoming ORDER BY holder, hash, id
    ), keyed AS MATERIALIZED (
      INSERT INTO report_keys AS known (account, key, record_id, received_at)
      SELECT holder, hash, id, received_at FROM firsts ORDER BY holder, hash
      ON CONFLICT (account, key) DO UPDATE SET record_id = known.record_id
      RETURNING account AS holder, key AS hash, record_id, received_at AS first_received_at
    ), arrivals AS (
      SELECT holder, hash, array_agg(id ORDER BY id) AS ids FROM incoming GROUP BY holder, hash
    ), kept AS (
      INSERT INTO delivery_events AS event (
        id, received_at, provider, account, external_id, recipient, part, status, provider_status, reason,
        provider_reason, retry_count, network_code, occurred_at, raw, seen, sightings)
      SELECT record_id, first_received_at, provider, account, external_id, recipient, part, status, provider_status,
        reason, provider_reason, retry_count, network_code, occurred_at, raw, cardinality(ids), last_sightings(ids)
      FROM firsts JOIN keyed USING (holder, hash) JOIN arrivals USING (holder, hash)
      ON CONFLICT (received_at, id) DO UPDATE SET
        seen = event.seen + cardinality(${unseen}),
        sightings = last_sightings(event.sightings || ${unseen})
      WHERE cardinality(${unseen}) > 0
    ), tops AS (
      SELECT DISTINCT ON (holder, external_id, to_whom) holder, external_id, coalesce(recipient, '') AS to_whom, id, rank,
        provider_status, reason, provider_reason, final_at
      FROM firsts ORDER BY holder, external_id, to_whom, rank DESC, id
    ), parts AS (
      SELECT holder, external_id, to_whom, jsonb_object_agg(part, part_rank) AS parts
      FROM (
        SELECT holder, external_id, coalesce(recipient, '') AS to_whom, part, max(part_rank) AS part_rank
        FROM firsts WHERE part IS NOT NULL GROUP BY 1, 2, 3, 4
      ) AS each_part GROUP BY 1, 2, 3
    )`,
  last: `
    INSERT INTO delivery_states AS state (
      account, external_id, recipient, rank, decided_by, provider_status, reason, provider_reason, final_at, parts)
    SELECT holder, external_id, to_whom, rank, id, provider_status, reason, provider_reason, final_at, parts
    FROM tops LEFT JOIN parts USING (holder, external_id, to_whom)
    ORDER BY holder, external_id, to_whom
    ON CONFLICT (account, external_id, recipient) DO UPDATE SET
      rank = greatest(state.rank, excluded.rank),
      ${words.map((name) => `${name} = CASE WHEN ${wins} THEN excluded.${name} ELSE state.${name} END`).join(', ')},
      parts = merge_parts(state.parts, excluded.parts),
      updated_at = now()
    WHERE ${wins} OR merge_parts(state.parts, excluded.parts) IS DISTINCT FROM state.parts`,
} as const;

/**
 * Delivery events as rows. The first of an identity is kept, and the others are counted on its row, which may be one that
 * another connection wrote a moment ago. `recipient` is empty in states where a provider names none.
 */
export const deliveryEventRows: RowKind = {
  name: 'delivery-event',
  insert: deliveryEventInsert.before + deliveryEventInsert.last,
};

/** Keeps delivery events and the states that follow from them, by way of the spool while Postgres is away. */
export class PostgresDeliveryEvents implements DeliveryEventStore {
  constructor(private readonly writer: RowWriter) {}

  async keepDeliveryEvent(event: DeliveryEvent): Promise<void> {
    await this.writer.write(deliveryEventRow(event));
  }
}

/** An event as a row. */
export function deliveryEventRow(event: DeliveryEvent): Row {
  return makeRow(deliveryEventRows, event.id, columnsOf(event));
}

function columnsOf(event: DeliveryEvent): Record<string, unknown> {
  const part = countColumn(event.part);
  const told = part === undefined ? event.status : wholeOfPart(event.status);
  return {
    id: event.id,
    received_at: event.receivedAt.toISOString(),
    provider: event.provider,
    account: event.account,
    external_id: nameColumn(event.externalId),
    recipient: nameColumn(event.recipient),
    part,
    status: event.status,
    rank: deliveryRank(told),
    part_rank: deliveryRank(event.status),
    provider_status: event.providerStatus,
    reason: event.reason,
    provider_reason: event.providerReason,
    retry_count: countColumn(event.retryCount),
    network_code: event.networkCode,
    occurred_at: timeColumn(event.occurredAt),
    final_at: isFinalDelivery(told) ? event.receivedAt.toISOString() : undefined,
    raw: event.raw,
    key: identityOf(event),
  };
}

/** A retry count makes another event: a provider that tries again tells of each try. */
function identityOf(event: DeliveryEvent): string {
  const { externalId, recipient = null, part = null, providerStatus, providerReason = null, retryCount = null } = event;
  const identity = ['delivery', externalId, recipient, part, providerStatus, providerReason, retryCount];
  return createHash('sha256').update(JSON.stringify(identity)).digest('hex');
}
