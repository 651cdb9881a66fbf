import { createHash } from 'node:crypto';
import { cleanRecord, isRecord, PayloadRejected, record, text, word, zonedTime } from '@app/provider-kit';
import type { Account, DeliveryEventDraft, Fields, InboundMessageDraft, SmsContract } from '@app/provider-kit';
import type { DeliveryStatus } from '@app/telephony';
import { addressIn } from '../caller.js';
import { withoutAbsent } from '../without-absent.js';
import { contentOf } from './envelope.js';

/** `DELIVRD` is documented; the others are the words of SMPP receipts (SMPP 3.4, 5.2.28) and of the newer events. */
const statuses = new Map<string, DeliveryStatus>([
  ['DELIVRD', 'delivered'],
  ['DELIVERED', 'delivered'],
  ['EXPIRED', 'expired'],
  ['REJECTD', 'rejected'],
  ['REJECTED', 'rejected'],
  ['UNDELIV', 'failed'],
  ['DELETED', 'failed'],
  ['FAILED', 'failed'],
  ['ACCEPTD', 'sent'],
  ['ENROUTE', 'sent'],
  ['SENT', 'sent'],
  ['SUBMITTED', 'queued'],
]);

/**
 * Incoming messages and delivery reports of MOBtexting; delivery reports come up to three times, every 30 minutes.
 * https://github.com/mobtexting/docs, v2/vmn/webhook.md and v2/sms/webhook.md
 */
export const mobtextingSms: SmsContract = {
  deadlineMs: 30_000,
  parse: ({ fields }, account) => [parseMessage(fields, account)],
  acknowledge: (outcome) => ({
    status: 200,
    contentType: 'text/plain; charset=utf-8',
    body: outcome === 'kept' ? 'GOOD' : 'BAD',
  }),
  parseDelivery: ({ fields }, account) => [parseDelivery(fields, account)],
};

function parseMessage(fields: Fields, account: Account): InboundMessageDraft {
  const content = contentOf(fields);
  const from = addressIn(record(content, 'recipient') ?? content, 'from', account);
  if (from === undefined) throw new PayloadRejected('sender-missing', 'from');
  const to = addressIn(channelOf(content) ?? content, 'to', account);
  if (to === undefined) throw new PayloadRejected('recipient-missing', 'to');
  const said = textOf(content);
  const timestamp = word(content, 'timestamp');
  const externalId = word(content, 'id') ?? (timestamp && composedId([from, to, timestamp, said]));
  if (externalId === undefined) throw new PayloadRejected('message-id-missing', 'id');
  const occurredAt = zonedTime(timestamp ?? '', account.timezone);
  return { externalId, from, to, text: said, ...withoutAbsent({ occurredAt }), raw: cleanRecord(fields) };
}

/** The first of `channels`; composed messages have `to` itself. */
function channelOf(content: Fields): Fields | undefined {
  const { channels } = content;
  const list: unknown =
    typeof channels === 'string' ? record({ channels: `{"list":${channels}}` }, 'channels')?.list : channels;
  return Array.isArray(list) ? list.find(isRecord) : undefined;
}

function textOf(content: Fields): string {
  const message = record(content, 'message');
  const inner = message && record(message, 'payload');
  return text(inner ?? message ?? content, 'text') ?? '';
}

/** Composed messages have no id: what was said by whom at which second is the same message. */
function composedId(parts: readonly string[]): string {
  return `composed-${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)}`;
}

function parseDelivery(fields: Fields, account: Account): DeliveryEventDraft {
  const content = contentOf(fields);
  const externalId = word(content, 'id');
  if (externalId === undefined) throw new PayloadRejected('message-id-missing', 'id');
  const providerStatus = word(content, 'status');
  if (providerStatus === undefined) throw new PayloadRejected('event-unreadable', 'status');
  const status = statuses.get(providerStatus.toUpperCase()) ?? 'unknown';
  const time = word(content, 'deliv_at', 'delivered_at') ?? word(content, 'deliv_time', 'timestamp') ?? '';
  return {
    ...{ externalId, providerStatus, status },
    ...withoutAbsent({
      recipient: addressIn(content, 'mobile', account) ?? addressIn(content, 'to', account),
      reason: status === 'expired' ? ('expired' as const) : undefined,
      occurredAt: zonedTime(time, account.timezone),
    }),
    raw: cleanRecord(fields),
  };
}
