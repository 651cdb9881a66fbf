import { cleanRecord, word } from '@app/provider-kit';
import type { Account, Fields, NoticesContract } from '@app/provider-kit';

/**
 * Notices that belong to no channel. Whether an airtime send is really ours is asked in JSON by the documentation, in a form by
 * clients, and answered in JSON: https://developers.africastalking.com/docs/airtime/notifications.
 */
export const africasTalkingNotices: NoticesContract = {
  read(topic, { fields }, account) {
    const notice = { topic, raw: cleanRecord(fields) };
    if (!asksForValidation(fields)) return { notice };
    const body = JSON.stringify({ status: isOurs(fields, account) ? 'Validated' : 'Failed' });
    return { notice, reply: { status: 200, contentType: 'application/json', body } };
  },
};

/** By its fields, since the address it comes to is whatever was registered; airtime that went out has a status. */
function asksForValidation(fields: Fields): boolean {
  const names = ['transactionId', 'amount', 'currencyCode'];
  return names.every((name) => word(fields, name) !== undefined) && word(fields, 'status') === undefined;
}

function isOurs(fields: Fields, account: Account): boolean {
  const transaction = word(fields, 'transactionId') ?? '';
  return account.airtimeAllow.some((beginning) => beginning !== '' && transaction.startsWith(beginning));
}
