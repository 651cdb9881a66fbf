import { createHmac } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { Global, Logger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DialogService, type Turn, type TurnReply } from '@app/dialog';
import { AccountBook, ProviderRegistry, type Account } from '@app/provider-kit';
import { providers } from '@app/providers';
import type { Notice } from '@app/reporting';
import { CLOCK, NOTICES, Peers, type Dialogs } from '@app/webhook';
import { BotWebhookModule } from './bot-webhook.module.js';

const now = 1_772_620_200_123;
const secret = 'example-node-secret';
const base: Account = {
  provider: 'haptik',
  account: 'demo',
  timezone: 'Asia/Kolkata',
  repeatWindowMs: 1_500,
  credentials: {},
  resendUncertain: false,
  airtimeAllow: [],
  endpoints: {},
  webhookKeys: [],
  allowFrom: [],
  secrets: [],
  open: false,
  options: {},
  bot: new Map([
    ['price_lookup', 'price-lookup'],
    ['default', 'shamba'],
  ]),
};

let turns: Turn[] = [];
let notices: Notice[] = [];
let storesFail = false;
let handle: (turn: Turn) => Promise<TurnReply>;

const plainReply: TurnReply = { texts: ['One', 'Two'], end: false, failed: false, at: now, outcome: 'reply' };
const dialogs: Dialogs = {
  handle: (turn) => {
    turns.push(turn);
    return handle(turn);
  },
  ended: () => Promise.resolve({ known: false }),
  connectionBroke: () => Promise.resolve(),
  knows: () => true,
  phrase: (dialog, name, _language, channel) => `${String(dialog)} ${name} ${String(channel)}`,
};

const bindings = [
  { provide: ProviderRegistry, useValue: new ProviderRegistry(providers) },
  {
    provide: AccountBook,
    useValue: new AccountBook([
      base,
      { ...base, account: 'signed', secrets: [secret] },
      { ...base, account: 'keyed', webhookKeys: ['k'] },
      { ...base, provider: 'kairos', account: 'demo' },
    ]),
  },
  { provide: Peers, useValue: new Peers([]) },
  { provide: CLOCK, useValue: { now: () => now } },
  { provide: DialogService, useValue: dialogs },
  {
    provide: NOTICES,
    useValue: {
      keepNotice: (notice: Notice) =>
        storesFail ? Promise.reject(new Error('no store')) : Promise.resolve(void notices.push(notice)),
    },
  },
];

@Global()
@Module({ providers: bindings, exports: bindings.map(({ provide }) => provide) })
class Bindings {}

@Module({ imports: [Bindings, BotWebhookModule] })
class TestModule {}

let app: NestFastifyApplication;
let url = '';

async function post(
  path: string,
  body: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; type: string | null; body: string }> {
  const response = await fetch(url + path, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  });
  return { status: response.status, type: response.headers.get('content-type'), body: await response.text() };
}

const nodeCall = {
  node: 'price_lookup',
  event: 'API_INTEGRATION',
  user: { user_name: 'hk_3f9a', full_name: '', device_platform: 5 },
  entities: { crop: [{ detection: 'message', original_text: 'maize', entity_value: 'maize' }], unit: null },
};
const platformEvent = {
  version: '1.0',
  timestamp: '2026-03-04T10:30:00.000Z',
  user: { auth_id: 'cust-9' },
  event_name: 'message',
  message: { id: 5501, body: { text: 'Which crop?' } },
};

beforeAll(async () => {
  Logger.overrideLogger(false);
  app = await NestFactory.create<NestFastifyApplication>(TestModule, new FastifyAdapter());
  await app.listen(0, '127.0.0.1');
  url = `http://127.0.0.1:${String((app.getHttpServer().address() as AddressInfo).port)}`;
});
afterAll(() => app.close());
beforeEach(() => {
  [turns, notices] = [[], []];
  storesFail = false;
  handle = () => Promise.resolve(plainReply);
});

describe('a bot turn', () => {
  it('reaches the dialog service and is answered 200', async () => {
    const answer = await post('/bot/haptik/demo', JSON.stringify(nodeCall));
    expect(answer).toMatchObject({ status: 200, type: expect.stringMatching(/^application\/json/) });
    expect(JSON.parse(answer.body)).toEqual({ response: ['One', 'Two'], response_message_type: 0, status: true });
    expect(turns).toEqual([
      expect.objectContaining({
        channel: 'bot',
        provider: 'haptik',
        account: 'demo',
        sessionIsProviders: false,
        to: 'price_lookup',
        dialog: 'price-lookup',
        defaultDialog: 'shamba',
        input: { kind: 'latest', text: 'maize', dialled: false, shortcut: [], fingerprint: expect.any(String) },
        screen: { kind: 'unlimited' },
        deadlineMs: 28_000,
        receivedAt: now,
      }),
    ]);
    expect({ ...turns[0]!.entities }).toEqual({ crop: 'maize' });
  });

  it('has the fingerprint of its whole body', async () => {
    await post('/bot/haptik/demo', JSON.stringify(nodeCall));
    await post('/bot/haptik/demo', JSON.stringify(nodeCall));
    await post('/bot/haptik/demo', JSON.stringify({ ...nodeCall, node: 'other' }));
    const [first, again, other] = turns.map(({ input }) => (input.kind === 'latest' ? input.fingerprint : ''));
    expect(again).toBe(first);
    expect(other).not.toBe(first);
    expect(turns[2]!.dialog).toBe('shamba');
  });

  it('is answered 200 with status false when the service fails', async () => {
    handle = () => Promise.reject(new Error('no service does this'));
    const answer = await post('/bot/haptik/demo', JSON.stringify(nodeCall));
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toMatchObject({ response: ['price-lookup unavailable bot'], status: false });
  });

  it.each(['{"node":', 'XXXX', '{}', '{"node":"price_lookup"}'])(
    'is answered 400 with a closing message: %s',
    async (body) => {
      const answer = await post('/bot/haptik/demo', body);
      expect(answer.status).toBe(400);
      expect(JSON.parse(answer.body)).toMatchObject({ response: ['shamba unavailable bot'], status: false });
      expect(turns).toEqual([]);
    },
  );

  it('must be signed where the account has a secret (#51)', async () => {
    const body = JSON.stringify(nodeCall);
    const signature = `sha1=${createHmac('sha1', secret).update(body).digest('hex')}`;
    expect((await post('/bot/haptik/signed', body, { 'x-hub-signature': signature })).status).toBe(200);
    expect(await post('/bot/haptik/signed', body)).toEqual({ status: 401, type: null, body: '' });
    expect((await post('/bot/haptik/signed', `${body} `, { 'x-hub-signature': signature })).status).toBe(401);
  });

  it('is answered 404 where there is no such bot', async () => {
    for (const path of ['/bot/haptik/nobody', '/bot/nobody/demo', '/bot/kairos/demo']) {
      expect(await post(path, '{}')).toEqual({ status: 404, type: null, body: '' });
    }
  });
});

describe('an event of the platform', () => {
  it('is kept as it came and answered OK', async () => {
    expect(await post('/bot/haptik/demo', JSON.stringify(platformEvent))).toMatchObject({ status: 200, body: 'OK' });
    expect(notices).toEqual([
      expect.objectContaining({
        id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
        provider: 'haptik',
        account: 'demo',
        topic: 'message',
        occurredAt: new Date('2026-03-04T10:30:00.000Z'),
        receivedAt: new Date(now),
      }),
    ]);
    expect(JSON.parse(JSON.stringify(notices[0]!.raw))).toEqual(platformEvent);
    expect(turns).toEqual([]);
  });

  it('is answered 503 where it could not be kept, so that it comes again', async () => {
    storesFail = true;
    expect(await post('/bot/haptik/demo', JSON.stringify(platformEvent))).toMatchObject({ status: 503, body: '' });
  });
});

describe('looking at the address', () => {
  it.each([
    ['/bot/haptik/demo', 200],
    ['/bot/haptik/signed', 200],
    ['/bot/haptik/keyed?key=k', 200],
    ['/bot/haptik/keyed', 401],
    ['/bot/haptik/nobody', 404],
  ])('%s answers %i', async (path, status) => {
    const response = await fetch(url + path);
    expect(response.status).toBe(status);
    const body = await response.text();
    if (status === 200) expect(body).toContain('<!doctype html>');
    else expect(body).toBe('');
  });
});
