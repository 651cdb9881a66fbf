import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { providers } from '@app/providers';
import { SendingBench, answer, tinyAccount } from '@app/testing';

const africasTalking = providers.find(({ id }) => id === 'africastalking')!;
const account = {
  ...tinyAccount,
  ...{
    provider: 'africastalking',
    country: 'KE',
    credentials: { username: 'sandbox', apiKey: 'atsk_0123456789abcdef' },
  },
};
const people = ['+254700000201', '+254700000202'] as const;

let bench: SendingBench;
beforeEach(async () => {
  bench = await SendingBench.start(africasTalking, account);
});
afterEach(() => bench.stop());

const sentTo = (Message: string, Recipients: readonly object[] = []) =>
  answer(201, { SMSMessageData: { Message, Recipients } });
const accepted = {
  ...{ statusCode: 101, number: people[0], status: 'Success', cost: 'KES 0.8000', messageId: 'ATXid_6c1f' },
};
const blocked = { statusCode: 406, number: people[1], status: 'UserInBlacklist', cost: '0', messageId: 'None' };
const failing = { statusCode: 501, number: people[1], status: 'GatewayError', cost: '0', messageId: 'None' };

describe("a send by Africa's Talking (#27)", () => {
  it('is sent to whom it was accepted for, and refused for whom there is no message id', async () => {
    bench.server.manners = sentTo('Sent to 1/2 Total Cost: KES 0.8000', [accepted, blocked]);
    const order = await bench.putMessage(...people);
    const attempt = await bench.attempt(order);
    expect(attempt).toMatchObject({ state: 'sent', httpStatus: 201 });
    const [first, second] = order.recipients.map(({ messageId }) => messageId);
    expect(attempt.results).toContainEqual({
      ...{ messageId: first, status: 'sent', externalId: 'ATXid_6c1f', providerStatus: 'Success' },
      cost: { amount: '0.8000', currency: 'KES' },
    });
    expect(attempt.results).toContainEqual(
      expect.objectContaining({ messageId: second, status: 'rejected', providerStatus: 'UserInBlacklist' }),
    );
  });

  it('is tried again alone for whom the gateway failed', async () => {
    bench.server.manners = sentTo('Sent to 1/2', [accepted, failing]);
    const order = await bench.putMessage(...people);
    const sender = bench.sender();
    expect(await bench.attempt(order, sender)).toMatchObject({ state: 'retry', error: 'provider-error' });
    bench.server.manners = sentTo('Sent to 1/1', [{ ...accepted, number: people[1] }]);
    await bench.clock.pass(1_000);
    expect(await sender.work(order.id)).toBe('sent');
    expect(bench.server.bodies.map((body) => new URLSearchParams(body).get('to'))).toEqual([
      people.join(','),
      people[1],
    ]);
  });

  it.each([
    ['a good status without recipients', sentTo('InvalidSenderId'), { state: 'dead', error: 'sender-invalid' }],
    [
      'a wrong key in plain text',
      answer(401, 'The supplied authentication is invalid'),
      { state: 'dead', error: 'credentials-refused' },
    ],
    ['a page of HTML', answer(200, '<html></html>'), { state: 'uncertain', error: 'reply-unreadable' }],
    ['500 with HTML', answer(500, '<h1>500</h1>'), { state: 'retry', error: 'provider-error' }],
    ['429', answer(429, '', { 'retry-after': '7' }), { state: 'retry', error: 'rate-limited' }],
  ])('is settled by the table when the answer is %s', async (_what, manners, expected) => {
    bench.server.manners = manners;
    expect(await bench.attempt(await bench.putMessage(people[0]))).toMatchObject({ ...expected, results: [] });
  });

  it('may be a call', async () => {
    const entries = [{ phoneNumber: people[0], status: 'Queued', sessionId: 'ATVId_1' }];
    bench.server.manners = answer(200, { entries, errorMessage: 'None' });
    const order = await bench.putCall(people[0]);
    expect(await bench.attempt(order)).toMatchObject({
      ...{ state: 'sent', results: [{ messageId: order.id, status: 'queued', externalId: 'ATVId_1' }] },
    });
  });
});
