import { cleanRecord, count, PayloadRejected, word } from '@app/provider-kit';
import type { Account, DeliveryEventDraft, WebhookRequest } from '@app/provider-kit';
import type { DeliveryStatus, FailureReason } from '@app/telephony';
import { addressIn } from '../caller.js';
import { withoutAbsent } from '../without-absent.js';

interface Meaning {
  readonly status: DeliveryStatus;
  /** What the status alone says of the reason. */
  readonly reason?: FailureReason;
}

/** By lower-case word. `Buffered` waits at the network for the handset; the last two are final as well, by newer documentation. */
const statuses = new Map<string, Meaning>([
  ['buffered', { status: 'queued' }],
  ['sent', { status: 'sent' }],
  ['submitted', { status: 'sent' }],
  ['success', { status: 'delivered' }],
  ['rejected', { status: 'rejected' }],
  ['failed', { status: 'failed' }],
  ['absentsubscriber', { status: 'failed', reason: 'subscriber-absent' }],
  ['expired', { status: 'expired', reason: 'expired' }],
]);

/** By lower-case word. The documentation spells `NotNetworkSubcriber` with one b, clients with two. */
const reasons = new Map<string, FailureReason>([
  ['insufficientcredit', 'insufficient-credit'],
  ['invalidlinkid', 'link-invalid'],
  ['userisinactive', 'subscriber-inactive'],
  ['userinblacklist', 'opted-out'],
  ['useraccountsuspended', 'subscriber-suspended'],
  ['notnetworksubcriber', 'wrong-network'],
  ['notnetworksubscriber', 'wrong-network'],
  ['usernotsubscribedtoproduct', 'not-subscribed'],
  ['userdoesnotexist', 'subscriber-unknown'],
  ['donotdisturbrejection', 'do-not-disturb'],
  ['usermemorycapacityexceeded', 'memory-full'],
  ['systemerror', 'provider-error'],
  ['absentsubscriber', 'subscriber-absent'],
  // Their word for whatever has no word of its own.
  ['deliveryfailure', 'unknown'],
]);

/**
 * Reads a delivery report. https://developers.africastalking.com/docs/sms/notifications
 * @throws PayloadRejected `message-id-missing`, `event-unreadable` without a status
 */
export function parseDelivery({ fields }: WebhookRequest, account: Account): DeliveryEventDraft {
  const externalId = word(fields, 'id');
  if (externalId === undefined) throw new PayloadRejected('message-id-missing', 'id');
  const providerStatus = word(fields, 'status');
  if (providerStatus === undefined) throw new PayloadRejected('event-unreadable', 'status');
  const meaning = statuses.get(providerStatus.toLowerCase());
  const providerReason = word(fields, 'failureReason');
  const reason =
    providerReason === undefined ? meaning?.reason : (reasons.get(providerReason.toLowerCase()) ?? 'unknown');
  return {
    ...{ externalId, providerStatus, status: meaning?.status ?? 'unknown' },
    ...withoutAbsent({
      recipient: addressIn(fields, 'phoneNumber', account),
      reason,
      providerReason,
      // Premium messages only.
      retryCount: count(fields, 'retryCount'),
      networkCode: word(fields, 'networkCode'),
    }),
    raw: cleanRecord(fields),
  };
}
