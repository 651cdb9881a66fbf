import { describe, expect, it } from '@jest/globals';
import { readSendFixture, type Account, type SendOutcome } from '@app/provider-kit';
import { readSend } from './send-reply.js';

const account: Account = {
  ...{
    provider: 'africastalking',
    account: 'demo',
    timezone: 'UTC',
    country: 'KE',
    credentials: {},
    resendUncertain: false,
  },
  ...{
    airtimeAllow: [],
    endpoints: {},
    webhookKeys: [],
    allowFrom: [],
    open: true,
    secrets: [],
    repeatWindowMs: 1_500,
  },
  options: {},
};

const { sending: message } = readSendFixture(
  'message',
  JSON.stringify({
    ...{ meaning: 'a', source: 'b', sure: 'inferred', expect: { refused: 'not-supported' } },
    sends: { kind: 'message', lane: 'reply', text: 'x', to: ['+254700000202'] },
  }),
);

/** What becomes of one person of whom the provider says this. */
function outcomeOf(recipient: Readonly<Record<string, unknown>>): SendOutcome {
  const body = JSON.stringify({
    SMSMessageData: { Message: '', Recipients: [{ number: '+254700000202', ...recipient }] },
  });
  const reading = readSend({ status: 201, headers: {}, body }, message, account);
  if (reading.kind !== 'recipients') throw new Error('nobody is answered for');
  return reading.outcomes[0]!;
}

describe('the status code of a recipient', () => {
  it.each([
    [100, 'queued'],
    [101, 'sent'],
    [102, 'queued'],
  ])('%i with an id is %s', (statusCode, status) => {
    const taken = outcomeOf({ statusCode, status: 'Success', cost: 'KES 0.8000', messageId: 'ATXid_1' });
    expect(taken).toMatchObject({ kind: 'settled', result: { status, externalId: 'ATXid_1' } });
  });

  it.each([
    [401, 'RiskHold', 'risk-hold'],
    [402, 'InvalidSenderId', 'sender-invalid'],
    [403, 'InvalidPhoneNumber', 'recipient-invalid'],
    [404, 'UnsupportedNumberType', 'recipient-unsupported'],
    [405, 'InsufficientBalance', 'insufficient-balance'],
    [406, 'UserInBlacklist', 'opted-out'],
    [407, 'CouldNotRoute', 'no-route'],
    [409, 'DoNotDisturbRejection', 'do-not-disturb'],
    [500, 'InternalServerError', 'provider-error'],
    [501, 'GatewayError', 'provider-error'],
    [502, 'RejectedByGateway', 'provider-rejected'],
  ])('%i or %s is %s', (statusCode, status, error) => {
    const failed = { kind: 'failed', messageId: 'm1', error };
    expect(outcomeOf({ statusCode, status, messageId: 'None' })).toEqual({ ...failed, providerStatus: status });
    expect(outcomeOf({ statusCode: String(statusCode), messageId: 'None' })).toEqual(failed);
    expect(outcomeOf({ status, messageId: 'None' })).toEqual({ ...failed, providerStatus: status });
    // The word may say Success all the same.
    expect(outcomeOf({ statusCode, status: 'Success', messageId: 'None' })).toMatchObject(failed);
  });

  it.each([
    ['no id beside a good code', { statusCode: 101, status: 'Success', messageId: 'None' }, 'provider-rejected'],
    ['a code that nobody knows, without an id', { statusCode: 499, messageId: 'None' }, 'provider-rejected'],
    ['neither code nor id', { status: 'Success' }, 'reply-unreadable'],
  ])('%s is no success', (_what, recipient, error) => {
    expect(outcomeOf(recipient)).toMatchObject({ kind: 'failed', error });
  });

  it('that nobody knows, with an id, was taken', () => {
    const taken = outcomeOf({ statusCode: 103, status: 'Later', messageId: 'ATXid_1' });
    expect(taken).toMatchObject({
      kind: 'settled',
      result: { status: 'unknown', externalId: 'ATXid_1', providerStatus: 'Later' },
    });
  });
});

describe('an answer without recipients', () => {
  it.each([
    ['InvalidSenderId', 'sender-invalid'],
    ['Invalid Sender Id', 'sender-invalid'],
    ['InsufficientBalance', 'insufficient-balance'],
    ['InternalServerError', 'provider-error'],
    ['Sent to 0/1 Total Cost: 0', 'request-refused'],
    ['', 'request-refused'],
  ])('with the message %j is %s', (Message, error) => {
    const body = JSON.stringify({ SMSMessageData: { Message, Recipients: [] } });
    expect(readSend({ status: 201, headers: {}, body }, message, account)).toEqual({
      kind: 'failed',
      error,
      detail: Message,
    });
  });
});
