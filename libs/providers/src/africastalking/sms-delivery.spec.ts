import { describe, expect, it } from '@jest/globals';
import type { Account, WebhookRequest } from '@app/provider-kit';
import { parseDelivery } from './sms-delivery.js';

const account = { country: 'KE' } as Account;
const read = (fields: Record<string, string>) =>
  parseDelivery({ fields: { id: 'ATXid_1', ...fields } } as unknown as WebhookRequest, account);

describe('a delivery report', () => {
  it.each([
    ['Buffered', 'queued'],
    ['Sent', 'sent'],
    ['Submitted', 'sent'],
    ['Success', 'delivered'],
    ['Rejected', 'rejected'],
    ['Failed', 'failed'],
    ['AbsentSubscriber', 'failed'],
    ['Expired', 'expired'],
    ['Delivered', 'unknown'],
    ['constructor', 'unknown'],
  ])('%s is %s, letter case aside', (status, expected) => {
    for (const word of [status, status.toUpperCase(), ` ${status.toLowerCase()} `]) {
      expect(read({ status: word })).toMatchObject({ status: expected, providerStatus: word.trim() });
    }
  });

  it.each([
    ['InsufficientCredit', 'insufficient-credit'],
    ['InvalidLinkId', 'link-invalid'],
    ['UserIsInactive', 'subscriber-inactive'],
    ['UserInBlackList', 'opted-out'],
    ['UserAccountSuspended', 'subscriber-suspended'],
    ['NotNetworkSubcriber', 'wrong-network'],
    ['NotNetworkSubscriber', 'wrong-network'],
    ['UserNotSubscribedToProduct', 'not-subscribed'],
    ['UserDoesNotExist', 'subscriber-unknown'],
    ['DeliveryFailure', 'unknown'],
    ['DoNotDisturbRejection', 'do-not-disturb'],
    ['UserMemoryCapacityExceeded', 'memory-full'],
    ['SystemError', 'provider-error'],
    ['AbsentSubscriber', 'subscriber-absent'],
    ['__proto__', 'unknown'],
  ])('that failed for %s has the reason %s', (failureReason, reason) => {
    for (const word of [failureReason, failureReason.toLowerCase()]) {
      expect(read({ status: 'Failed', failureReason: word })).toMatchObject({ reason, providerReason: word });
    }
  });

  it('has the reason that its status implies, unless it names one', () => {
    expect(read({ status: 'Expired' })).toMatchObject({ reason: 'expired' });
    expect(read({ status: 'AbsentSubscriber' })).toMatchObject({ reason: 'subscriber-absent' });
    expect(read({ status: 'Expired', failureReason: 'UserIsInactive' })).toMatchObject({
      reason: 'subscriber-inactive',
    });
    expect(read({ status: 'Success' })).not.toHaveProperty('reason');
  });
});
