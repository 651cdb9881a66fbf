import { connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { Global, Logger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DialogService, type SessionEnd, type Turn, type TurnReply } from '@app/dialog';
import { AccountBook, ProviderRegistry, type Account, type Provider } from '@app/provider-kit';
import { providers } from '@app/providers';
import type { InboxRecord, SessionReport } from '@app/reporting';
import { CLOCK, INBOX, Peers, SESSION_REPORTS, type Dialogs } from '@app/webhook';
import { UssdModule } from './ussd.module.js';

const now = 1_772_620_200_123;

function account(provider: string, name: string, more: Partial<Account> = {}): Account {
  const lists = { webhookKeys: [], allowFrom: [], secrets: [], airtimeAllow: [] };
  const empty = { ...lists, credentials: {}, endpoints: {}, resendUncertain: false, open: false, options: {} };
  const ussd = new Map([['default', 'shamba']]);
  return { provider, account: name, timezone: 'Africa/Nairobi', repeatWindowMs: 1_500, ussd, ...empty, ...more };
}

const africasTalking = account('africastalking', 'demo', {
  country: 'KE',
  language: 'sw',
  deadlineMs: 5_000,
  ussd: new Map([
    ['*384*4417#', 'shamba'],
    ['default', 'other'],
  ]),
});
const kairos = account('kairos', 'demo', {
  country: 'GH',
});

const cradleBots = providers.find(({ id }) => id === 'cradlebots')!;
/** Breaks where a provider of ours would have a fault. */
const unrenderable: Provider = {
  ...cradleBots,
  id: 'unrenderable',
  ussd: {
    ...cradleBots.ussd!,
    render: () => {
      throw new Error('cannot render');
    },
    parseEvent: () => {
      throw new Error('cannot read');
    },
  },
};

let turns: Turn[] = [];
let broken: Turn[] = [];
let ends: SessionEnd[] = [];
let reports: SessionReport[] = [];
let inbox: InboxRecord[] = [];
let storesFail = false;
let handle: (turn: Turn) => Promise<TurnReply>;

const plainReply: TurnReply = { texts: ['Habari'], end: false, failed: false, at: now, outcome: 'reply' };
const dialogs: Dialogs = {
  handle: (turn) => {
    turns.push(turn);
    return handle(turn);
  },
  ended: (end) => {
    ends.push(end);
    return Promise.resolve({
      known: true,
      ...(end.input === undefined ? {} : { input: end.input.replace('1234', '••••') }),
    });
  },
  connectionBroke: (turn) => Promise.resolve(void broken.push(turn)),
  knows: () => true,
  phrase: (dialog, name, language) => `${String(dialog)} ${name} ${language ?? '-'}`,
};
const keep =
  <Kept>(list: () => Kept[]) =>
  (kept: Kept) =>
    storesFail ? Promise.reject(new Error('no store')) : Promise.resolve(void list().push(kept));

const bindings = [
  {
    provide: ProviderRegistry,
    useValue: new ProviderRegistry([...providers, unrenderable]),
  },
  {
    provide: AccountBook,
    useValue: new AccountBook([
      africasTalking,
      kairos,
      account('cradlebots', 'demo'),
      account('unrenderable', 'demo'),
      account('haptik', 'demo'),
    ]),
  },
  { provide: Peers, useValue: new Peers([]) },
  { provide: CLOCK, useValue: { now: () => now } },
  { provide: DialogService, useValue: dialogs },
  { provide: SESSION_REPORTS, useValue: { keepSessionReport: keep(() => reports) } },
  { provide: INBOX, useValue: { keepInbox: keep(() => inbox) } },
];

@Global()
@Module({ providers: bindings, exports: bindings.map(({ provide }) => provide) })
class Bindings {}

@Module({ imports: [Bindings, UssdModule] })
class TestModule {}

let app: NestFastifyApplication;
let base = '';

interface Answer {
  readonly status: number;
  readonly contentType: string | null;
  readonly headers: Headers;
  readonly body: string;
}

async function post(
  path: string,
  body: string,
  contentType = 'application/x-www-form-urlencoded',
  headers = {},
): Promise<Answer> {
  const response = await fetch(base + path, {
    method: 'POST',
    body,
    headers: { 'content-type': contentType, ...headers },
  });
  const { status } = response;
  return {
    status,
    contentType: response.headers.get('content-type'),
    headers: response.headers,
    body: await response.text(),
  };
}

const form = (fields: Record<string, string>): string => new URLSearchParams(fields).toString();
const dial = {
  sessionId: 'ATUid_1',
  phoneNumber: '+254700000201',
  networkCode: '63902',
  serviceCode: '*384*4417#',
  text: '',
};
const hit = { msisdn: '233200000301', sessionId: '260304103000771123', messageType: '0' };

async function until(holds: () => boolean): Promise<void> {
  for (let waited = 0; !holds(); waited += 5) {
    if (waited > 5_000) throw new Error('it never came to pass');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

beforeAll(async () => {
  Logger.overrideLogger(false);
  app = await NestFactory.create<NestFastifyApplication>(TestModule, new FastifyAdapter());
  await app.listen(0, '127.0.0.1');
  base = `http://127.0.0.1:${String((app.getHttpServer().address() as AddressInfo).port)}`;
});
afterAll(() => app.close());
beforeEach(() => {
  [turns, broken, ends, reports, inbox] = [[], [], [], [], []];
  storesFail = false;
  handle = () => Promise.resolve(plainReply);
});

describe('a USSD turn', () => {
  it.each([
    ['a form', form(dial), 'application/x-www-form-urlencoded'],
    ['JSON', JSON.stringify(dial), 'application/json'],
    [
      'JSON with another spelling',
      JSON.stringify({ ...dial, sessionId: undefined, sessionID: 'ATUid_1' }),
      'text/plain',
    ],
  ])('reaches the dialog service as %s and is answered 200', async (_name, body, contentType) => {
    const answer = await post('/ussd/africastalking/demo', body, contentType);
    expect(answer).toMatchObject({ status: 200, body: 'CON Habari' });
    expect(answer.contentType).toMatch(/^text\/plain/);
    expect(turns).toEqual([
      {
        channel: 'ussd',
        provider: 'africastalking',
        account: 'demo',
        sessionId: 'ATUid_1',
        sessionIsProviders: true,
        caller: expect.objectContaining({ msisdn: '+254700000201', network: '63902' }),
        to: '*384*4417#',
        dialog: 'shamba',
        defaultDialog: 'other',
        input: { kind: 'history', text: '' },
        accountLanguage: 'sw',
        timezone: 'Africa/Nairobi',
        country: 'KE',
        screen: { kind: 'septets', max: 160 },
        receivedAt: now,
        deadlineMs: 5_000,
        repeatWindowMs: 1_500,
      },
    ]);
  });

  it('takes the time limit of the provider where the account names none', async () => {
    await post('/ussd/cradlebots/demo', form(dial));
    expect(turns[0]!.deadlineMs).toBe(8_000);
  });

  it('ends politely with 200 when the service fails', async () => {
    handle = () => Promise.reject(new Error('no service does this'));
    expect(await post('/ussd/africastalking/demo', form(dial))).toMatchObject({
      status: 200,
      body: 'END shamba unavailable sw',
    });
  });

  it('ends politely with 200 when the reply cannot be rendered', async () => {
    expect(await post('/ussd/unrenderable/demo', form(dial))).toMatchObject({
      status: 200,
      body: 'END shamba unavailable -',
    });
  });

  it('tells the service of a connection that broke before the reply', async () => {
    let release = (): void => undefined;
    handle = () => new Promise((resolve) => (release = () => resolve(plainReply)));
    let closed = false;
    const server: Server = app.getHttpServer();
    server.once('connection', (peer: Socket) => peer.once('close', () => (closed = true)));
    const socket = connect(Number(new URL(base).port), '127.0.0.1');
    const body = form(dial);
    socket.write(
      `POST /ussd/cradlebots/demo HTTP/1.1\r\nHost: x\r\nContent-Length: ${String(body.length)}\r\n\r\n${body}`,
    );
    await until(() => turns.length > 0);
    socket.destroy();
    await until(() => closed);
    release();
    await until(() => broken.length > 0);
    expect(broken).toEqual(turns);
  });
});

describe('a USSD request that cannot be used', () => {
  it.each([
    ['africastalking', 'XXXX', 'END other unavailable sw'],
    ['africastalking', '{"sessionId":', 'END other unavailable sw'],
    ['africastalking', form({ ...dial, sessionId: '' }), 'END other unavailable sw'],
    ['africastalking', form({ ...dial, phoneNumber: '' }), 'END other unavailable sw'],
    ['africastalking', '', 'END other unavailable sw'],
    ['cradlebots', 'XXXX', 'END shamba unavailable -'],
  ])('of %s is answered 400 with a closing screen: %s', async (provider, body, screen) => {
    const answer = await post(`/ussd/${provider}/demo`, body);
    expect(answer).toMatchObject({ status: 400, body: screen });
    expect(turns).toEqual([]);
    expect(inbox).toEqual([]);
  });

  it('of Kairos is answered in its own form', async () => {
    const answer = await post(
      '/ussd/kairos/demo',
      JSON.stringify({ ussdString: '1', msisdn: '233200000301' }),
      'application/json',
    );
    expect(answer).toMatchObject({ status: 400, contentType: expect.stringMatching(/^application\/json/) });
    expect(JSON.parse(answer.body)).toMatchObject({
      ussdString: 'shamba unavailable -',
      msisdn: '233200000301',
      messageType: '2',
    });
  });

  it.each(['/ussd/nobody/demo', '/ussd/africastalking/nobody', '/ussd/haptik/demo', '/ussd/haptik/demo/events'])(
    'for %s is answered 404 with an empty body',
    async (path) => {
      expect(await post(path, form(dial))).toMatchObject({ status: 404, body: '', contentType: null });
    },
  );

  it('is answered 413 above 256 KiB', async () => {
    expect((await post('/ussd/africastalking/demo', `text=${'1'.repeat(262_140)}`)).status).toBe(413);
  });
});

describe('the end of a session', () => {
  const event = {
    date: '2026-03-04 10:31:00',
    sessionId: 'ATUid_1',
    serviceCode: '*384*4417#',
    networkCode: '63902',
    phoneNumber: '+254700000201',
    status: 'Incomplete',
    cost: 'KES 0.10',
    durationInMillis: '42000',
    hopsCount: '3',
    input: '2*1234',
    lastAppResponse: 'CON PIN?',
  };

  it('is kept, masked, and answered OK', async () => {
    const answer = await post('/ussd/africastalking/demo/events', form(event));
    expect(answer).toMatchObject({ status: 200, body: 'OK' });
    expect(answer.contentType).toMatch(/^text\/plain/);
    expect(ends).toEqual([
      expect.objectContaining({
        channel: 'ussd',
        account: 'demo',
        sessionId: 'ATUid_1',
        status: 'incomplete',
        input: '2*1234',
      }),
    ]);
    expect(reports).toEqual([
      expect.objectContaining({
        id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
        provider: 'africastalking',
        account: 'demo',
        sessionId: 'ATUid_1',
        input: '2*••••',
        hops: 3,
        receivedAt: new Date(now),
      }),
    ]);
    expect(JSON.stringify(reports)).not.toContain('1234');
    expect(reports[0]!.raw).toMatchObject({ input: '2*••••', lastAppResponse: 'CON PIN?' });
  });

  it('is answered 503 where it could not be kept', async () => {
    storesFail = true;
    const answer = await post('/ussd/africastalking/demo/events', form(event));
    expect(answer).toMatchObject({ status: 503, body: '' });
    expect(answer.headers.get('retry-after')).toBe('5');
  });

  it.each([
    ['that is no payload', 'africastalking', '{"sessionId":"x","input":"1*1234",', 400, 'rejected', 'body-malformed'],
    ['that names no session', 'africastalking', 'input=1*1234&status=Success', 200, 'kept', /./],
    ['of a provider that sends none', 'cradlebots', 'a=b&text=1*1234', 200, 'kept', 'event-unreadable'],
    ['that breaks our reader', 'unrenderable', '{"input":"1*1234"}', 200, 'failed', 'event-unreadable'],
  ])('%s goes to the inbox without what was typed', async (_name, provider, body, status, state, reason) => {
    const answer = await post(`/ussd/${provider}/demo/events?key=k`, body);
    expect(answer).toMatchObject({ status, body: status === 200 ? 'OK' : '' });
    expect(inbox).toEqual([
      expect.objectContaining({
        id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
        route: `POST /ussd/${provider}/demo/events`,
        provider,
        account: 'demo',
        state,
        reason: typeof reason === 'string' ? reason : expect.stringMatching(reason),
        receivedAt: new Date(now),
        contentType: 'application/x-www-form-urlencoded',
      }),
    ]);
    const kept = Buffer.from(inbox[0]!.body).toString();
    expect(kept).toBe(body.replace('1*1234', '***'));
    expect(reports).toEqual([]);
  });

  const notice = JSON.stringify({ ...hit, messageType: '5', ussdString: '1234' });
  it('is acknowledged in the place of a turn and kept', async () => {
    const answer = await post('/ussd/kairos/demo', notice, 'application/json');
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toMatchObject({ sessionId: hit.sessionId, ussdString: '', messageType: '2' });
    expect(reports).toEqual([expect.objectContaining({ status: 'incomplete', providerStatus: 'timeout' })]);
    expect(JSON.stringify(reports)).not.toContain('1234"');
    expect(turns).toEqual([]);
  });

  it('is acknowledged in the place of a turn although it cannot be kept', async () => {
    storesFail = true;
    expect((await post('/ussd/kairos/demo', notice, 'application/json')).status).toBe(200);
  });
});
