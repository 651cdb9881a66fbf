import { describe, expect, it } from '@jest/globals';
import { AccountBook, ProviderRegistry } from '@app/provider-kit';
import type { Account, Provider } from '@app/provider-kit';
import { MemoryOutbox } from '@app/testing';
import { MessageComposer, type NewMessage } from './compose-message.js';
import { TurnMessages } from './turn-messages.js';

const account: Account = {
  ...{ provider: 'tiny', account: 'demo', timezone: 'UTC', credentials: {}, webhookKeys: [], allowFrom: [] },
  ...{ open: true, secrets: [], repeatWindowMs: 1_500, resendUncertain: false, airtimeAllow: [], endpoints: {} },
  ...{ options: {}, replyFrom: '44170' },
};
const provider: Provider = {
  ...{ id: 'tiny', name: 'Tiny', accountOptions: {} },
  send: {
    ...{ kinds: new Set(['message'] as const), maxRecipients: 2, idempotent: false },
    renderSend: () => ({ method: 'POST', url: '', headers: {}, body: '' }),
    readSend: () => ({ kind: 'recipients', outcomes: [] }),
  },
};
const composer = new MessageComposer(new AccountBook([account]), new ProviderRegistry([provider]));
const createdAt = new Date('2026-03-04T09:00:00.123Z');

function compose(fields: Partial<NewMessage> = {}) {
  const message = { provider: 'tiny', account: 'demo', to: ['+254700000201'], text: 'Hello', lane: 'bulk' } as const;
  return composer.compose({ ...message, createdAt, ...fields });
}

describe('a composed message', () => {
  it('goes out from the address of the account, unless another is given', () => {
    expect(compose()).toMatchObject([{ kind: 'message', from: '44170', text: 'Hello', segments: 1, encoding: 'gsm7' }]);
    expect(compose({ from: 'SHAMBA' })[0]?.from).toBe('SHAMBA');
  });

  it('goes to as many people a request as the provider takes, and once to each', () => {
    const to = ['+254700000201', '+254700000202', '+254700000201', '+254700000203'];
    const orders = compose({ to, batchId: 'b1', onceKey: 'k', linkId: 'l', keyword: 'w' });
    expect(orders.map(({ recipients }) => recipients.map((one) => one.to))).toEqual([
      ['+254700000201', '+254700000202'],
      ['+254700000203'],
    ]);
    expect(orders.map(({ onceKey }) => onceKey)).toEqual(['k', 'k.1']);
    for (const order of orders) expect(order).toMatchObject({ batchId: 'b1', linkId: 'l', keyword: 'w', createdAt });
  });

  it('has ids of its time that grow with each order, within one millisecond too', () => {
    const ids = [...compose({ to: ['+254700000201', '+254700000202', '+254700000203'] }), ...compose()].flatMap(
      ({ id, recipients }) => [id, ...recipients.map(({ messageId }) => messageId)],
    );
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
    const time = createdAt.getTime().toString(16).padStart(12, '0');
    for (const id of ids) expect(id.replaceAll('-', '').slice(0, 13)).toBe(`${time}7`);
  });

  it.each([
    ['saves segments', `“Maize” – ${'a'.repeat(100)}`, `"Maize" - ${'a'.repeat(100)}`, 1, 'gsm7'],
    ['saves nothing', '“Maize”', '“Maize”', 1, 'ucs2'],
    ['is not enough', `“Maize” ${'ж'.repeat(70)}`, `“Maize” ${'ж'.repeat(70)}`, 2, 'ucs2'],
  ])('has look-alikes replaced only where that %s (#42)', (_where, text, expected, segments, encoding) => {
    expect(compose({ text })).toMatchObject([{ text: expected, segments, encoding }]);
  });

  it('is made for an account that is gone as well, one order a person', () => {
    const orders = compose({ account: 'gone', provider: 'gone', to: ['+254700000201', '+254700000202'] });
    expect(orders).toHaveLength(2);
    expect(orders[0]).not.toHaveProperty('from');
  });
});

describe('messages of turns', () => {
  it('reach the outbox once for each decision, in the lane of replies', async () => {
    const outbox = new MemoryOutbox();
    const messages = new TurnMessages(outbox, composer);
    const decided = { key: 'k1', provider: 'tiny', account: 'demo', to: '+254700000201', text: 'Hi', at: Date.now() };
    await messages.put([decided, { ...decided, key: 'k2' }]);
    await messages.put([decided]);
    await messages.put([]);
    const orders = [...outbox.rows.values()].map(({ order }) => order);
    expect(orders.map(({ onceKey }) => onceKey)).toEqual(['k1', 'k2']);
    expect(orders[0]).toMatchObject({ lane: 'reply', from: '44170', createdAt: new Date(decided.at) });
  });
});
