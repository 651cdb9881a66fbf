import { createHash } from 'node:crypto';
import type { InboundMessage, InboundMessageStore } from '@app/reporting';
import type { Database } from '../database.js';
import type { RowWriter } from '../row-writer.js';
import { present } from '../present.js';
import { amountColumn, countColumn, makeRow, nameColumn, timeColumn, type RowKind } from '../row.js';

/** Incoming messages as rows, each written with its key and with the job that answers it, or not at all. */
export const inboundMessageRows: RowKind = {
  name: 'inbound-message',
  insert: `
    WITH incoming AS (
      SELECT * FROM jsonb_to_recordset($1::jsonb) AS r(
        id uuid, received_at timestamptz, provider text, account text, external_id text, sender text, recipient text,
        text text, segments integer, encoding text, link_id text, network_code text, cost_amount numeric,
        cost_currency text, occurred_at timestamptz, raw jsonb, key text, queue text)
    ), fresh AS (
      INSERT INTO report_keys (account, key, record_id, received_at)
      SELECT provider || '/' || account AS holder, decode(key, 'hex') AS hash, id, received_at FROM incoming
      ORDER BY holder, hash
      ON CONFLICT DO NOTHING
      RETURNING record_id
    ), kept AS (
      INSERT INTO messages (
        id, received_at, direction, provider, account, sender, recipient, text, segments, encoding, link_id,
        network_code, external_id, cost_amount, cost_currency, occurred_at, raw)
      SELECT id, received_at, 'mo', provider, account, sender, recipient, text, segments, encoding, link_id,
        network_code, external_id, cost_amount, cost_currency, occurred_at, raw
      FROM incoming JOIN fresh ON fresh.record_id = incoming.id
    ), specs AS (
      SELECT array_agg(ROW(
        'sms-turn', json_build_object('id', id), queue, least(received_at, now()), NULL, NULL, NULL, NULL
      )::graphile_worker.job_spec ORDER BY received_at, id) AS list
      FROM incoming JOIN fresh ON fresh.record_id = incoming.id
      HAVING count(*) > 0
    )
    SELECT count(*) FROM specs, LATERAL graphile_worker.add_jobs(specs.list)`,
};

const findMessage = {
  name: 'find-inbound-message',
  text: `
    SELECT id, received_at, provider, account, external_id, sender, recipient, text, segments, encoding, link_id,
      network_code, cost_amount, cost_currency, occurred_at, raw
    FROM messages WHERE id = $1 AND direction = 'mo'`,
};

/** Keeps incoming messages; one that the account has already, however old, adds neither a row nor a job. */
export class PostgresInboundMessages implements InboundMessageStore {
  constructor(
    private readonly writer: RowWriter,
    private readonly database: Database,
  ) {}

  async keepInbound(message: InboundMessage): Promise<void> {
    await this.writer.write(makeRow(inboundMessageRows, message.id, columnsOf(message)));
  }

  async findInbound(id: string): Promise<InboundMessage | undefined> {
    const [found] = await this.database.query<MessageColumns>(findMessage, [id]);
    return found === undefined ? undefined : messageOf(found);
  }
}

function columnsOf(message: InboundMessage): Record<string, unknown> {
  const { id, provider, account, externalId, from, to, text, segments, encoding, raw } = message;
  return {
    ...{ id, provider, account, text, encoding, raw },
    received_at: message.receivedAt.toISOString(),
    external_id: nameColumn(externalId),
    sender: nameColumn(from),
    recipient: nameColumn(to),
    segments: countColumn(segments),
    link_id: message.linkId,
    network_code: message.networkCode,
    cost_amount: amountColumn(message.cost?.amount),
    cost_currency: message.cost?.currency,
    occurred_at: timeColumn(message.occurredAt),
    key: hashOf('mo', externalId).toString('hex'),
    queue: `sms-turn-${String(hashOf(provider, account, to, from)[0])}`,
  };
}

function hashOf(...parts: readonly string[]): Buffer {
  return createHash('sha256').update(JSON.stringify(parts)).digest();
}

type MessageColumns = {
  readonly id: string;
  readonly received_at: Date;
  readonly provider: string;
  readonly account: string;
  readonly external_id: string;
  readonly sender: string;
  readonly recipient: string;
  readonly text: string;
  readonly segments: number;
  readonly encoding: string;
  readonly link_id: string | null;
  readonly network_code: string | null;
  readonly cost_amount: string | null;
  readonly cost_currency: string | null;
  readonly occurred_at: Date | null;
  readonly raw: Readonly<Record<string, unknown>>;
};

function messageOf(row: MessageColumns): InboundMessage {
  const { id, provider, account, text, segments, raw } = row;
  return {
    ...{ id, provider, account, text, segments, raw },
    externalId: row.external_id,
    from: row.sender,
    to: row.recipient,
    encoding: row.encoding === 'ucs2' ? 'ucs2' : 'gsm7',
    receivedAt: row.received_at,
    ...present({ linkId: row.link_id, networkCode: row.network_code, occurredAt: row.occurred_at }),
    ...(row.cost_amount === null
      ? {}
      : { cost: { amount: row.cost_amount, ...present({ currency: row.cost_currency }) } }),
  };
}
