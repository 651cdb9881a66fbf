import type { AddressInfo } from 'node:net';
import { Global, Logger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AccountBook, PayloadRejected, ProviderRegistry, type Account, type Provider } from '@app/provider-kit';
import type { InboxRecord, Notice } from '@app/reporting';
import { CLOCK, INBOX, NOTICES, Peers } from '@app/webhook';
import { NoticesModule } from './notices.module.js';

const now = 1_772_620_200_123;

/** Understands `validation` alone. */
const knowing: Provider = {
  id: 'knowing',
  name: 'Knowing',
  accountOptions: {},
  notices: {
    read(topic, { fields }) {
      if (topic === 'refused') throw new PayloadRejected('event-unreadable');
      if (topic === 'broken') throw new Error('cannot read');
      const reply = { status: 200, contentType: 'application/json', body: '{"status":"Validated"}' };
      return topic === 'validation' ? { notice: { topic, raw: fields }, reply } : { notice: { topic, raw: fields } };
    },
  },
};
const plain: Provider = { id: 'plain', name: 'Plain', accountOptions: {} };

function account(provider: string): Account {
  const lists = { webhookKeys: [], allowFrom: [], secrets: [], airtimeAllow: [] };
  const empty = { ...lists, credentials: {}, endpoints: {}, resendUncertain: false, open: false, options: {} };
  return { provider, account: 'demo', timezone: 'UTC', repeatWindowMs: 1_500, ...empty };
}

let notices: Notice[] = [];
let inbox: InboxRecord[] = [];
let storesFail = false;
const keep =
  <Kept>(list: () => Kept[]) =>
  (kept: Kept) =>
    storesFail ? Promise.reject(new Error('no store')) : Promise.resolve(void list().push(kept));

const bindings = [
  { provide: ProviderRegistry, useValue: new ProviderRegistry([knowing, plain]) },
  { provide: AccountBook, useValue: new AccountBook([account('knowing'), account('plain')]) },
  { provide: Peers, useValue: new Peers([]) },
  { provide: CLOCK, useValue: { now: () => now } },
  { provide: NOTICES, useValue: { keepNotice: keep(() => notices) } },
  { provide: INBOX, useValue: { keepInbox: keep(() => inbox) } },
];

@Global()
@Module({ providers: bindings, exports: bindings.map(({ provide }) => provide) })
class Bindings {}

@Module({ imports: [Bindings, NoticesModule] })
class TestModule {}

let app: NestFastifyApplication;
let base = '';

async function post(path: string, body: string): Promise<{ status: number; type: string; body: string }> {
  const response = await fetch(base + path, { method: 'POST', body });
  const type = response.headers.get('content-type') ?? '';
  return { status: response.status, type, body: await response.text() };
}

beforeAll(async () => {
  Logger.overrideLogger(false);
  app = await NestFactory.create<NestFastifyApplication>(TestModule, new FastifyAdapter());
  await app.listen(0, '127.0.0.1');
  base = `http://127.0.0.1:${String((app.getHttpServer().address() as AddressInfo).port)}`;
});
afterAll(() => app.close());
beforeEach(() => {
  [notices, inbox] = [[], []];
  storesFail = false;
});

describe('a notice', () => {
  it.each([
    ['a form', 'a=1&b=x'],
    ['JSON', '{"a":"1","b":"x"}'],
  ])('that nobody understands is kept as it came, from %s', async (_name, body) => {
    const answer = await post('/events/plain/demo/account.low-balance_1', body);
    expect(answer).toMatchObject({ status: 200, body: 'OK' });
    expect(answer.type).toMatch(/^text\/plain/);
    expect(notices).toEqual([
      {
        id: expect.stringMatching(/^019cb865-b8bb-7/),
        provider: 'plain',
        account: 'demo',
        topic: 'account.low-balance_1',
        receivedAt: new Date(now),
        raw: { a: '1', b: 'x' },
      },
    ]);
  });

  it('has its topic in small letters, however the address was registered', async () => {
    expect(await post('/events/plain/demo/AirtimeStatus', 'a=1')).toMatchObject({ status: 200 });
    expect(notices).toMatchObject([{ topic: 'airtimestatus' }]);
  });

  it('without a body is kept too', async () => {
    expect(await post('/events/plain/demo/ping', '')).toMatchObject({ status: 200, body: 'OK' });
    expect(notices).toHaveLength(1);
  });

  it('that the provider understands is answered in its own form', async () => {
    const answer = await post('/events/knowing/demo/validation', 'transactionId=1');
    expect(answer).toEqual({ status: 200, type: 'application/json; charset=utf-8', body: '{"status":"Validated"}' });
    expect(notices).toEqual([expect.objectContaining({ topic: 'validation', raw: { transactionId: '1' } })]);
  });

  it('of a known provider on another topic is answered OK', async () => {
    expect(await post('/events/knowing/demo/other', 'a=1')).toMatchObject({ status: 200, body: 'OK' });
  });

  it.each([
    ['plain', 'ping', 'XXXX', 400, 'rejected', 'body-malformed'],
    ['plain', 'ping', '[{"a":1}]', 400, 'rejected', 'body-malformed'],
    ['knowing', 'refused', 'a=1', 200, 'kept', 'event-unreadable'],
    ['knowing', 'broken', 'a=1', 200, 'failed', 'event-unreadable'],
  ])('of %s on %s with %s goes to the inbox, answered %i', async (provider, topic, body, status, state, reason) => {
    expect((await post(`/events/${provider}/demo/${topic}`, body)).status).toBe(status);
    expect(notices).toEqual([]);
    expect(inbox).toEqual([
      expect.objectContaining({ state, reason, route: `POST /events/${provider}/demo/${topic}` }),
    ]);
    expect(Buffer.from(inbox[0]!.body).toString()).toBe(body);
  });

  it('with a query of its own goes to the inbox with the query', async () => {
    await post('/events/knowing/demo/refused?id=7&key=secret', 'a=1');
    expect(inbox[0]).toMatchObject({ contentType: 'application/json', route: 'POST /events/knowing/demo/refused' });
    expect(JSON.parse(Buffer.from(inbox[0]!.body).toString())).toEqual({ id: '7', a: '1' });
  });

  it('is answered 503 where it could not be kept', async () => {
    storesFail = true;
    expect((await post('/events/plain/demo/ping', 'a=1')).status).toBe(503);
    expect((await post('/events/plain/demo/ping', 'XXXX')).status).toBe(503);
  });

  it.each(['a b', 'a%20b', 'a%00', 'a%2e', '..%2fx', 'é', 'x'.repeat(65), ''])(
    'on the topic %j is a 404',
    async (topic) => {
      expect(await post(`/events/plain/demo/${topic}`, 'a=1')).toMatchObject({ status: 404 });
      expect(notices).toEqual([]);
    },
  );
});
