import { cleanRecord, PayloadRejected, text, word, zonedTime } from '@app/provider-kit';
import type {
  Account,
  InboundMessageDraft,
  NoticeDraft,
  OptOutDraft,
  SmsContract,
  WebhookRequest,
} from '@app/provider-kit';
import { parseMsisdn } from '@app/telephony';
import { addressIn } from '../caller.js';
import { readMoney } from '../money.js';
import { withoutAbsent } from '../without-absent.js';
import { parseDelivery } from './sms-delivery.js';

/**
 * SMS of Africa's Talking: form posts, repeated for up to twelve hours until they get status 200.
 * https://developers.africastalking.com/docs/sms/notifications
 */
export const africasTalkingSms: SmsContract = {
  deadlineMs: 30_000,
  parse: (request, account) => [parseMessage(request, account)],
  acknowledge: (outcome) => ({
    status: 200,
    contentType: 'text/plain; charset=utf-8',
    body: outcome === 'kept' ? 'GOOD' : 'BAD',
  }),
  parseDelivery: (request, account) => [parseDelivery(request, account)],
  parseOptOut: (request, account) => [parseOptOut(request, account)],
  parseSubscription,
};

function parseMessage({ fields }: WebhookRequest, account: Account): InboundMessageDraft {
  const from = addressIn(fields, 'from', account);
  if (from === undefined) throw new PayloadRejected('sender-missing', 'from');
  const to = addressIn(fields, 'to', account);
  if (to === undefined) throw new PayloadRejected('recipient-missing', 'to');
  const externalId = word(fields, 'id');
  if (externalId === undefined) throw new PayloadRejected('message-id-missing', 'id');
  return {
    ...{ externalId, from, to, text: text(fields, 'text') ?? '' },
    ...withoutAbsent({
      // Sent empty as well as left out where the message is not on demand.
      linkId: word(fields, 'linkId'),
      networkCode: word(fields, 'networkCode'),
      cost: readMoney(word(fields, 'cost')),
      occurredAt: zonedTime(word(fields, 'date') ?? '', account.timezone),
    }),
    raw: cleanRecord(fields),
  };
}

function parseOptOut({ fields }: WebhookRequest, account: Account): OptOutDraft {
  const msisdn = parseMsisdn(text(fields, 'phoneNumber') ?? '', account.country);
  if (msisdn === undefined) throw new PayloadRejected('msisdn-missing', 'phoneNumber');
  return { address: addressIn(fields, 'senderId', account), msisdn, change: 'out' };
}

/** What happened by the documentation's word; clients know it with a capital too. */
const subscriptionTopics = new Map([
  ['addition', 'subscription-added'],
  ['deletion', 'subscription-deleted'],
]);

function parseSubscription({ fields }: WebhookRequest): NoticeDraft {
  const update = word(fields, 'updateType');
  if (update === undefined) throw new PayloadRejected('event-unreadable', 'updateType');
  const topic = subscriptionTopics.get(update.toLowerCase()) ?? 'subscription-changed';
  return { topic, raw: cleanRecord(fields) };
}
