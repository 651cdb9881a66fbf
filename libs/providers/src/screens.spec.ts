import { describe, expect, it } from '@jest/globals';
import type { Account, Provider, WebhookRequest } from '@app/provider-kit';
import { africasTalking } from './africastalking/provider.js';
import { cradleBots } from './cradlebots/provider.js';
import { haptik } from './haptik/provider.js';
import { kairos } from './kairos/provider.js';

const accountOf = (provider: Provider, more: Partial<Account> = {}): Account => ({
  provider: provider.id,
  account: 'demo',
  timezone: 'UTC',
  credentials: {},
  resendUncertain: false,
  airtimeAllow: [],
  endpoints: {},
  webhookKeys: [],
  allowFrom: [],
  open: true,
  secrets: [],
  repeatWindowMs: 1_500,
  options: {},
  ...more,
});

describe('screens', () => {
  it.each([
    [africasTalking, '63902', { kind: 'septets', max: 160 }],
    [africasTalking, '63903', { kind: 'septets', max: 182 }],
    [africasTalking, '99999', { kind: 'septets', max: 160 }],
    [africasTalking, undefined, { kind: 'septets', max: 160 }],
    [kairos, undefined, { kind: 'septets', max: 160 }],
    [cradleBots, '63903', { kind: 'characters', max: 1_000 }],
  ])('of $id on network %s hold %j', (provider, network, expected) => {
    expect(provider.ussd?.screen(accountOf(provider), network)).toEqual(expected);
  });

  it.each([africasTalking, kairos, cradleBots])('of $id hold what the account says', (provider) => {
    const account = accountOf(provider, { maxSeptets: 120 });
    expect(provider.ussd?.screen(account, '63903')).toEqual({ kind: 'septets', max: 120 });
  });
});

describe('deadlines', () => {
  it('are the limit of the provider less 2 s, and 8 s where it names none', () => {
    const limits = [africasTalking, cradleBots, haptik, kairos].map(
      (one) => one.ussd?.deadlineMs ?? one.bot?.deadlineMs,
    );
    expect(limits).toEqual([8_000, 8_000, 28_000, 8_000]);
  });
});

describe('the page of a bot', () => {
  it('is small HTML with status 200', () => {
    const page = haptik.bot!.page(accountOf(haptik));
    expect(page).toMatchObject({ status: 200, contentType: 'text/html; charset=utf-8' });
    expect(page.body).toMatch(/^<!doctype html>[\s\S]{1,1000}<\/html>\n$/);
  });
});

describe('a session that is over', () => {
  const request = { fields: {}, headers: {}, receivedAt: 5 } as unknown as WebhookRequest;

  it.each([africasTalking, cradleBots])('is acknowledged by $id with an empty end', (provider) => {
    const end = { sessionId: 's', echo: {}, report: { sessionId: 's', status: 'incomplete', raw: {} } } as const;
    expect(provider.ussd!.acknowledgeEnd(end, accountOf(provider), 5).body).toBe('END ');
  });

  it('gets a closing form from Kairos also where nothing could be read', () => {
    const reply = kairos.ussd!.reject('Sorry.', request, accountOf(kairos, { options: { endMessageType: 7 } }));
    expect(reply.status).toBe(400);
    expect(JSON.parse(reply.body)).toEqual({
      sessionId: '',
      ussdString: 'Sorry.',
      msisdn: '',
      timestamp: '5',
      messageType: '7',
    });
  });
});
