import { describe, expect, it } from '@jest/globals';
import type { Account } from '@app/provider-kit';
import { isOwnAddress, routeOf } from './sms-route.js';

function testAccount(more: Partial<Account>): Account {
  return {
    provider: 'africastalking',
    account: 'demo',
    timezone: 'UTC',
    credentials: {},
    webhookKeys: [],
    allowFrom: [],
    open: false,
    secrets: [],
    repeatWindowMs: 1_500,
    resendUncertain: false,
    airtimeAllow: [],
    endpoints: {},
    options: {},
    ...more,
  };
}

const account: Account = testAccount({
  replyFrom: '+254711000111',
  sms: new Map<string, string | Map<string, string>>([
    [
      '44170',
      new Map([
        ['price', 'farm-prices'],
        ['default', 'shamba'],
      ]),
    ],
    ['44171', new Map([['price', 'farm-prices']])],
    ['254711000111', 'long-number'],
    ['ShambaYetu', 'named'],
    ['default', 'other'],
  ]),
});

describe('an address', () => {
  it.each([
    ['44170', '44170', 'shamba', ['price']],
    [' 44170', '44170', 'shamba', ['price']],
    ['44171', '44171', 'other', ['price']],
    ['254711000111', '+254711000111', 'long-number', []],
    ['+254711000111', '+254711000111', 'long-number', []],
    ['SHAMBAYETU', 'ShambaYetu', 'named', []],
    ['20880', '20880', 'other', []],
    ['default', 'default', 'other', []],
  ])('%j has one name and leads to its dialog, else to the default', (to, address, dialog, keywords) => {
    const route = routeOf(account, to);
    expect(route).toMatchObject({ address, dialog, defaultDialog: 'other' });
    expect([...route.keywords.keys()]).toEqual(keywords);
  });

  it('leads nowhere where nothing is said of it', () => {
    const sms = new Map([['44170', 'shamba']]);
    expect(routeOf(testAccount({ sms }), '20880')).toMatchObject({ dialog: undefined, defaultDialog: undefined });
    const keywordsForAll = testAccount({ sms: new Map([['default', new Map([['price', 'farm-prices']])]]) });
    expect(routeOf(keywordsForAll, '20880')).toMatchObject({ dialog: undefined });
    expect(routeOf(keywordsForAll, '20880').keywords.get('price')).toBe('farm-prices');
  });

  it('is known as our own', () => {
    expect(isOwnAddress(account, '254711000111')).toBe(true);
    expect(isOwnAddress(account, '+254700000201')).toBe(false);
  });
});
