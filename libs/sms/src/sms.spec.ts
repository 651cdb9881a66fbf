import type { AddressInfo } from 'node:net';
import { Global, Logger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AccountBook, ProviderRegistry, type Account, type Provider } from '@app/provider-kit';
import { providers } from '@app/providers';
import type { DeliveryEvent, InboundMessage, InboxRecord, Notice, OptOut } from '@app/reporting';
import { CLOCK, DELIVERY_EVENTS, INBOUND_MESSAGES, INBOX, NOTICES, OPT_OUTS, Peers } from '@app/webhook';
import { SmsModule } from './sms.module.js';

const now = 1_772_620_200_123;
const uuidOfArrival = /^[0-9a-f]{8}-[0-9a-f]{4}-7/;

function account(provider: string, name: string, more: Partial<Account> = {}): Account {
  return {
    provider,
    account: name,
    timezone: 'UTC',
    country: 'KE',
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
const sms = new Map([['44170', 'shamba']]);

/** Sends several facts in one call, one by line of `all`. */
const batching: Provider = {
  id: 'batching',
  name: 'Batching',
  accountOptions: {},
  sms: {
    deadlineMs: 8_000,
    parse: ({ fields }) =>
      lines(fields['all']).map((text, i) => ({
        externalId: String(i),
        from: '+254700000202',
        to: '44170',
        text,
        raw: {},
      })),
    acknowledge: (outcome) => ({ status: 200, contentType: 'text/plain', body: outcome }),
    parseDelivery: ({ fields }) =>
      lines(fields['all']).map((externalId) => ({ externalId, status: 'sent', providerStatus: 'sent', raw: {} })),
    parseOptOut: ({ fields }) =>
      lines(fields['all']).map((change) => ({
        address: undefined,
        msisdn: '+254700000202',
        change: change === 'in' ? 'in' : 'out',
      })),
  },
};
const broken = (): never => {
  throw new Error('cannot read');
};
/** Breaks where a provider of ours would have a fault. */
const faulty: Provider = {
  id: 'faulty',
  name: 'Faulty',
  accountOptions: {},
  sms: { ...batching.sms!, parse: broken, parseDelivery: broken },
};

function lines(value: unknown): string[] {
  return typeof value === 'string' && value !== '' ? value.split('\n') : [];
}

let messages: InboundMessage[] = [];
let deliveries: DeliveryEvent[] = [];
let changes: (OptOut & { readonly change: 'out' | 'in' })[] = [];
let notices: Notice[] = [];
let inbox: InboxRecord[] = [];
let refused: (fact: object) => boolean;

const keep =
  <Kept extends object>(list: () => Kept[]) =>
  (kept: Kept) =>
    refused(kept) ? Promise.reject(new Error('no store')) : Promise.resolve(void list().push(kept));
const keepChange = keep(() => changes);

const bindings = [
  { provide: ProviderRegistry, useValue: new ProviderRegistry([...providers, batching, faulty]) },
  {
    provide: AccountBook,
    useValue: new AccountBook([
      account('africastalking', 'demo', { sms, replyFrom: '44170' }),
      account('africastalking', 'sender', { credentials: { username: 'sandbox' } }),
      account('africastalking', 'dials', { ussd: new Map([['default', 'shamba']]) }),
      account('batching', 'demo', { sms }),
      account('faulty', 'demo', { sms }),
      account('haptik', 'demo', { sms }),
    ]),
  },
  { provide: Peers, useValue: new Peers([]) },
  { provide: CLOCK, useValue: { now: () => now } },
  { provide: INBOUND_MESSAGES, useValue: { keepInbound: keep(() => messages) } },
  { provide: DELIVERY_EVENTS, useValue: { keepDeliveryEvent: keep(() => deliveries) } },
  {
    provide: OPT_OUTS,
    useValue: {
      optOut: (entry: OptOut) => keepChange({ ...entry, change: 'out' }),
      optIn: (entry: OptOut) => keepChange({ ...entry, change: 'in' }),
    },
  },
  { provide: NOTICES, useValue: { keepNotice: keep(() => notices) } },
  { provide: INBOX, useValue: { keepInbox: keep(() => inbox) } },
];

@Global()
@Module({ providers: bindings, exports: bindings.map(({ provide }) => provide) })
class Bindings {}

@Module({ imports: [Bindings, SmsModule] })
class TestModule {}

let app: NestFastifyApplication;
let base = '';

interface Answer {
  readonly status: number;
  readonly contentType: string | null;
  readonly retryAfter: string | null;
  readonly body: string;
}

async function post(path: string, body: string, contentType = 'application/x-www-form-urlencoded'): Promise<Answer> {
  const response = await fetch(base + path, { method: 'POST', body, headers: { 'content-type': contentType } });
  return {
    status: response.status,
    contentType: response.headers.get('content-type'),
    retryAfter: response.headers.get('retry-after'),
    body: await response.text(),
  };
}

const form = (fields: Record<string, string>): string => new URLSearchParams(fields).toString();
const mo = {
  date: '2026-03-04 10:30:00',
  from: '+254700000202',
  id: '9f2f2b38-7c1e-4b77-9a3e-0a51c1a4d901',
  text: 'PRICE maize',
  to: '44170',
  cost: 'KES 1.00',
  networkCode: '63902',
};
const report = { id: 'ATXid_6c1f', status: 'Success', phoneNumber: '+254700000202', networkCode: '63902' };

beforeAll(async () => {
  Logger.overrideLogger(false);
  app = await NestFactory.create<NestFastifyApplication>(TestModule, new FastifyAdapter());
  await app.listen(0, '127.0.0.1');
  base = `http://127.0.0.1:${String((app.getHttpServer().address() as AddressInfo).port)}`;
});
afterAll(() => app.close());
beforeEach(() => {
  [messages, deliveries, changes, notices, inbox] = [[], [], [], [], []];
  refused = () => false;
});

const kept = () => [...messages, ...deliveries, ...changes, ...notices];

describe('an incoming message', () => {
  it.each([
    ['a form', form(mo), 'application/x-www-form-urlencoded'],
    ['JSON', JSON.stringify(mo), 'application/json'],
  ])('as %s is kept with its segments, then answered GOOD', async (_name, body, contentType) => {
    expect(await post('/sms/africastalking/demo', body, contentType)).toMatchObject({ status: 200, body: 'GOOD' });
    expect(messages).toEqual([
      {
        id: expect.stringMatching(uuidOfArrival),
        provider: 'africastalking',
        account: 'demo',
        externalId: mo.id,
        from: '+254700000202',
        to: '44170',
        text: 'PRICE maize',
        segments: 1,
        encoding: 'gsm7',
        networkCode: '63902',
        cost: { amount: '1.00', currency: 'KES' },
        occurredAt: new Date('2026-03-04T10:30:00Z'),
        receivedAt: new Date(now),
        raw: mo,
      },
    ]);
    expect(inbox).toEqual([]);
  });

  it('has an id that begins with the time of its arrival', async () => {
    await post('/sms/africastalking/demo', form(mo));
    expect(Number.parseInt(messages[0]!.id.replaceAll('-', '').slice(0, 12), 16)).toBe(now);
  });

  it.each([
    ['empty', { text: '' }, { text: '', segments: 1, encoding: 'gsm7' }],
    ['that has no text', { text: undefined }, { text: '', segments: 1 }],
    ['with a link', { linkId: 'SampleLink0007731' }, { linkId: 'SampleLink0007731' }],
    ['of 161 septets', { text: 'a'.repeat(161) }, { segments: 2, encoding: 'gsm7' }],
    ['of 71 units', { text: '🌽'.repeat(35) + 'x' }, { segments: 2, encoding: 'ucs2' }],
    // #42
    ['with NUL and half a pair', { text: 'a\0b\u202ec' }, { text: 'ab\u202ec', encoding: 'ucs2' }],
  ])('%s is kept as well', async (_name, more, expected) => {
    const fields = Object.entries({ ...mo, ...more }).filter(([, value]) => value !== undefined) as [string, string][];
    expect(await post('/sms/africastalking/demo', form(Object.fromEntries(fields)))).toMatchObject({ body: 'GOOD' });
    expect(messages).toEqual([expect.objectContaining(expected)]);
  });

  it('with hostile names is read by the others, and changes nothing of ours (#43)', async () => {
    const body = `${form(mo)}&__proto__=x&__proto__[x]=y&constructor.prototype.x=z&to=44170`;
    expect(await post('/sms/africastalking/demo', body)).toMatchObject({ status: 200, body: 'GOOD' });
    const json = `{"__proto__":{"x":1},${JSON.stringify(mo).slice(1)}`;
    expect(await post('/sms/africastalking/demo', json, 'application/json')).toMatchObject({ body: 'GOOD' });
    expect(messages).toHaveLength(2);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  it('of several in one call is kept with the others', async () => {
    expect(await post('/sms/batching/demo', form({ all: 'one\ntwo\nthree' }))).toMatchObject({ body: 'kept' });
    expect(messages.map(({ text }) => text)).toEqual(['one', 'two', 'three']);
    expect(new Set(messages.map(({ id }) => id)).size).toBe(3);
  });

  it.each([
    ['without from', form({ ...mo, from: '' }), 'rejected', 'sender-missing'],
    ['without to', form({ ...mo, to: ' ' }), 'rejected', 'recipient-missing'],
    ['without id', form({ ...mo, id: '' }), 'rejected', 'message-id-missing'],
    ['that is no form', 'XXXX', 'rejected', 'body-malformed'],
    ['that is broken JSON', '{"text":"PIN 1234","from":', 'rejected', 'body-malformed'],
    ['without anything', '', 'rejected', 'sender-missing'],
  ])('%s goes to the inbox byte for byte and is answered BAD', async (_name, body, state, reason) => {
    const answer = await post('/sms/africastalking/demo?key=k', body);
    expect(answer).toMatchObject({ status: 200, body: 'BAD', contentType: expect.stringMatching(/^text\/plain/) });
    expect(inbox).toEqual([
      expect.objectContaining({
        route: 'POST /sms/africastalking/demo',
        provider: 'africastalking',
        account: 'demo',
        state,
        reason,
        receivedAt: new Date(now),
      }),
    ]);
    expect(Buffer.from(inbox[0]!.body).toString()).toBe(body);
    expect(kept()).toEqual([]);
  });

  it.each([
    ['of a call without any', 'batching', '', 'rejected'],
    ['that breaks our reader', 'faulty', 'all=x', 'failed'],
  ])('%s goes to the inbox', async (_name, provider, body, state) => {
    expect(await post(`/sms/${provider}/demo`, body)).toMatchObject({ status: 200, body: 'bad' });
    expect(inbox).toEqual([expect.objectContaining({ state, reason: 'event-unreadable' })]);
  });

  it('is answered 503 where it could be kept nowhere, the unreadable one too', async () => {
    refused = () => true;
    const unkept = { status: 503, body: '', retryAfter: '5' };
    expect(await post('/sms/africastalking/demo', form(mo))).toMatchObject(unkept);
    expect(await post('/sms/africastalking/demo', 'XXXX')).toMatchObject(unkept);
  });

  it('is answered 503 where one of several could not be kept, so that all come again', async () => {
    refused = (fact) => 'text' in fact && fact.text === 'two';
    expect(await post('/sms/batching/demo', form({ all: 'one\ntwo\nthree' }))).toMatchObject({ status: 503 });
    expect(messages.map(({ text }) => text)).toEqual(['one', 'three']);
  });
});

describe('a delivery report', () => {
  it('is kept and answered OK', async () => {
    expect(await post('/sms/africastalking/demo/delivery', form(report))).toMatchObject({ status: 200, body: 'OK' });
    expect(deliveries).toEqual([
      expect.objectContaining({
        id: expect.stringMatching(uuidOfArrival),
        provider: 'africastalking',
        account: 'demo',
        externalId: 'ATXid_6c1f',
        recipient: '+254700000202',
        status: 'delivered',
        providerStatus: 'Success',
        receivedAt: new Date(now),
      }),
    ]);
  });

  it('with a word that nobody knows is kept as unknown', async () => {
    const body = form({ ...report, status: 'Teleported', failureReason: 'Whatever' });
    expect(await post('/sms/africastalking/demo/delivery', body)).toMatchObject({ body: 'OK' });
    expect(deliveries).toEqual([expect.objectContaining({ status: 'unknown', providerStatus: 'Teleported' })]);
  });

  it('comes to accounts that only send, too', async () => {
    expect((await post('/sms/africastalking/sender/delivery', form(report))).body).toBe('OK');
    expect(deliveries).toEqual([expect.objectContaining({ account: 'sender' })]);
  });

  it('of several in one call is kept with the others', async () => {
    await post('/sms/batching/demo/delivery', form({ all: 'a\nb' }));
    expect(deliveries.map(({ externalId }) => externalId)).toEqual(['a', 'b']);
  });

  it.each([
    ['that is no payload', 'africastalking/demo/delivery', '{"id":', 400, '', 'rejected', 'body-malformed'],
    [
      'that names no message',
      'africastalking/demo/delivery',
      'status=Success',
      200,
      'OK',
      'kept',
      'message-id-missing',
    ],
    ['that names nobody', 'africastalking/demo/opt-out', 'senderId=44170', 200, 'OK', 'kept', 'msisdn-missing'],
    ['that breaks our reader', 'faulty/demo/delivery', 'text=1234', 200, 'OK', 'failed', 'event-unreadable'],
    ['of a provider that sends none', 'batching/demo/subscriptions', 'a=b', 200, 'OK', 'kept', 'event-unreadable'],
  ])('%s goes to the inbox as it came', async (_name, path, body, status, text, state, reason) => {
    expect(await post(`/sms/${path}`, body)).toMatchObject({ status, body: text });
    expect(inbox).toEqual([expect.objectContaining({ route: `POST /sms/${path}`, state, reason })]);
    expect(Buffer.from(inbox[0]!.body).toString()).toBe(body);
    expect(kept()).toEqual([]);
  });

  it.each(['delivery', 'opt-out', 'subscriptions'])(
    'is answered 503 at /%s where it could not be kept',
    async (path) => {
      refused = () => true;
      const answer = await post(`/sms/africastalking/demo/${path}`, form({ ...report, updateType: 'Addition' }));
      expect(answer).toMatchObject({ status: 503, body: '', retryAfter: '5' });
    },
  );
});

describe('an opt-out notice', () => {
  it('is kept for the address as we write it', async () => {
    const body = form({ senderId: ' 44170', phoneNumber: '+254700000202' });
    expect(await post('/sms/africastalking/demo/opt-out', body)).toMatchObject({ status: 200, body: 'OK' });
    expect(changes).toEqual([
      {
        provider: 'africastalking',
        account: 'demo',
        address: '44170',
        msisdn: '+254700000202',
        reason: 'provider-notice',
        at: new Date(now),
        change: 'out',
      },
    ]);
  });

  it('that names no address is kept for all, changes in their order', async () => {
    await post('/sms/batching/demo/opt-out', form({ all: 'out\nin\nout' }));
    expect(changes.map(({ change }) => change)).toEqual(['out', 'in', 'out']);
    expect(changes[0]).not.toHaveProperty('address');
  });
});

describe('a subscription notice', () => {
  it('is kept as a notice', async () => {
    const notice = { phoneNumber: '+254700000202', shortCode: '44170', keyword: 'price', updateType: 'Addition' };
    const answer = await post('/sms/africastalking/demo/subscriptions', form(notice));
    expect(answer).toMatchObject({ status: 200, body: 'OK' });
    expect(notices).toEqual([
      expect.objectContaining({
        id: expect.stringMatching(uuidOfArrival),
        account: 'demo',
        topic: 'subscription-added',
        receivedAt: new Date(now),
        raw: notice,
      }),
    ]);
  });
});

describe('the SMS channel', () => {
  it.each([
    '/sms/nobody/demo',
    '/sms/africastalking/nobody',
    '/sms/africastalking/sender',
    '/sms/africastalking/dials',
    '/sms/africastalking/dials/delivery',
    '/sms/haptik/demo',
    '/sms/haptik/demo/delivery',
  ])('is not at %s', async (path) => {
    expect(await post(path, form(mo))).toMatchObject({ status: 404, body: '' });
  });
});
