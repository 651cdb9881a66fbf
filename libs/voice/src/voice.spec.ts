import type { AddressInfo } from 'node:net';
import { Global, Logger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DialogService, type SessionEnd, type Turn, type TurnReply } from '@app/dialog';
import { AccountBook, cleanRecord, PayloadRejected, ProviderRegistry, word } from '@app/provider-kit';
import type { Account, Provider, VoiceInput, VoiceTurn, WebhookReply } from '@app/provider-kit';
import type { CallReport, InboxRecord, Notice } from '@app/reporting';
import { CALL_REPORTS, CLOCK, INBOX, NOTICES, Peers, PUBLIC_URL, type Dialogs } from '@app/webhook';
import { VoiceModule } from './voice.module.js';

const now = 1_772_620_200_123;
const document = (body: string): WebhookReply => ({ status: 200, contentType: 'application/xml', body });

/** Speaks no provider's language: JSON in, and what it was asked to render out. */
const plain: Provider = {
  id: 'plain',
  name: 'Plain',
  accountOptions: {},
  voice: {
    deadlineMs: 7_000,
    parse({ fields, query }) {
      const sessionId = word(fields, 'sessionId');
      if (sessionId === undefined) throw new PayloadRejected('session-id-missing', 'sessionId');
      const raw = cleanRecord(fields);
      if (word(fields, 'picked') !== undefined) return { kind: 'picked-up', sessionId };
      if (word(fields, 'over') !== undefined) {
        const transferred = word(fields, 'talked') !== undefined;
        const report = { externalId: sessionId, status: 'completed', final: true, raw } as const;
        return { kind: 'final', sessionId, report, transferred };
      }
      const answers = word(query, 'turn');
      const turn: VoiceTurn = {
        sessionId,
        caller: { id: '+254700000201', msisdn: '+254700000201' },
        to: word(fields, 'to') ?? '+254711082000',
        direction: word(fields, 'orderId') === undefined ? 'inbound' : 'outbound',
        input: fields.input === undefined ? { kind: 'start' } : (fields.input as VoiceInput),
        ...(answers === undefined ? {} : { answers: Number(answers) }),
        ...(word(fields, 'orderId') === undefined ? {} : { clientRequestId: word(fields, 'orderId')! }),
      };
      return { kind: 'turn', turn };
    },
    render({ voice, turn = 0 }, callbacks) {
      if (voice!.spoken.some((part) => part.kind === 'say' && part.text === 'unsayable')) throw new Error('no voice');
      const next = voice!.prompt === undefined ? {} : { at: callbacks.answer(turn), silence: callbacks.noInput(turn) };
      return document(JSON.stringify({ ...voice, ...next }));
    },
    refuse: () => document('<Reject/>'),
    nothing: () => document('<Response/>'),
    parseEvent({ fields }) {
      const raw = cleanRecord(fields);
      const sessionId = word(fields, 'sessionId');
      if (sessionId === undefined) throw new PayloadRejected('event-unreadable', 'sessionId');
      if (word(fields, 'break') !== undefined) throw new Error('cannot read');
      if (word(fields, 'over') === undefined) return { kind: 'notice', notice: { topic: 'transferred', raw } };
      return { kind: 'final', sessionId, report: { status: 'completed', final: true, raw } };
    },
  },
};
const silent: Provider = { id: 'silent', name: 'Silent', accountOptions: {} };

const voice = new Map([
  ['0711 082 000', 'shamba'],
  ['browser.desk', 'desk'],
  ['default', 'other'],
]);

function account(provider: string, name: string, more: Partial<Account> = {}): Account {
  const lists = { webhookKeys: [], allowFrom: [], secrets: [], airtimeAllow: [] };
  const empty = { ...lists, credentials: {}, endpoints: {}, resendUncertain: false, open: false, options: {} };
  return { provider, account: name, timezone: 'Africa/Nairobi', repeatWindowMs: 1_500, ...empty, ...more };
}

let turns: Turn[] = [];
let ends: SessionEnd[] = [];
let reports: CallReport[] = [];
let notices: Notice[] = [];
let inbox: InboxRecord[] = [];
let storesFail = false;
let sessionKnown = true;
let handle: (turn: Turn) => Promise<TurnReply>;

const asked: TurnReply = {
  texts: ['Which crop?'],
  end: false,
  failed: false,
  at: now,
  outcome: 'reply',
  turn: 3,
  voice: { spoken: [{ kind: 'say', text: 'Which crop?' }], prompt: { kind: 'digits', digits: 1 }, language: 'sw' },
};
const dialogs: Dialogs = {
  handle: (turn) => {
    turns.push(turn);
    return handle(turn);
  },
  ended: (end) => {
    ends.push(end);
    return storesFail ? Promise.reject(new Error('no store')) : Promise.resolve({ known: sessionKnown });
  },
  connectionBroke: () => Promise.resolve(),
  phrase: (dialog, name, language, channel) => `${String(dialog)} ${name} ${language ?? '-'} ${String(channel)}`,
  knows: (dialog) => dialog === 'survey',
};
const keep =
  <Kept>(list: () => Kept[]) =>
  (kept: Kept) =>
    storesFail ? Promise.reject(new Error('no store')) : Promise.resolve(void list().push(kept));

const bindings = [
  { provide: ProviderRegistry, useValue: new ProviderRegistry([plain, silent]) },
  {
    provide: AccountBook,
    useValue: new AccountBook([
      account('plain', 'demo', { voice, country: 'KE', language: 'sw', webhookKeys: ['k & y', 'older'] }),
      account('plain', 'narrow', { voice: new Map([['+254711082000', 'shamba']]) }),
      account('plain', 'mute'),
      account('silent', 'demo', { voice }),
    ]),
  },
  { provide: Peers, useValue: new Peers([]) },
  { provide: CLOCK, useValue: { now: () => now } },
  { provide: DialogService, useValue: dialogs },
  { provide: CALL_REPORTS, useValue: { keepCallReport: keep(() => reports) } },
  { provide: NOTICES, useValue: { keepNotice: keep(() => notices) } },
  { provide: INBOX, useValue: { keepInbox: keep(() => inbox) } },
  { provide: PUBLIC_URL, useValue: { url: () => 'https://voice.example' } },
];

@Global()
@Module({ providers: bindings, exports: bindings.map(({ provide }) => provide) })
class Bindings {}

@Module({ imports: [Bindings, VoiceModule] })
class TestModule {}

let app: NestFastifyApplication;
let base = '';

const key = 'key=k%20%26%20y';
async function post(path: string, body: object | string): Promise<{ status: number; type: string; body: string }> {
  const response = await fetch(base + path, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return {
    status: response.status,
    type: response.headers.get('content-type') ?? '',
    body: await response.text(),
  };
}
const call = (body: object | string, query = ''): ReturnType<typeof post> =>
  post(`/voice/plain/demo?${key}${query}`, body);
const narrow = (body: object | string): ReturnType<typeof post> => post('/voice/plain/narrow', body);

beforeAll(async () => {
  Logger.overrideLogger(false);
  app = await NestFactory.create<NestFastifyApplication>(TestModule, new FastifyAdapter());
  await app.listen(0, '127.0.0.1');
  base = `http://127.0.0.1:${String((app.getHttpServer().address() as AddressInfo).port)}`;
});
afterAll(() => app.close());
beforeEach(() => {
  [turns, ends, reports, notices, inbox] = [[], [], [], [], []];
  [storesFail, sessionKnown] = [false, true];
  handle = () => Promise.resolve(asked);
});

describe('a call that starts', () => {
  it('is a fresh dial of the dialog of its number', async () => {
    const answer = await call({ sessionId: 's1' });
    expect(answer).toMatchObject({ status: 200, type: 'application/xml' });
    expect(turns).toEqual([
      {
        channel: 'voice',
        provider: 'plain',
        account: 'demo',
        sessionId: 's1',
        sessionIsProviders: true,
        caller: { id: '+254700000201', msisdn: '+254700000201' },
        to: '+254711082000',
        dialog: 'shamba',
        defaultDialog: 'other',
        input: { kind: 'latest', dialled: true, shortcut: [], fingerprint: '0:start:', numbered: { answers: 0 } },
        accountLanguage: 'sw',
        timezone: 'Africa/Nairobi',
        country: 'KE',
        screen: { kind: 'unlimited' },
        receivedAt: now,
        deadlineMs: 7_000,
        repeatWindowMs: 1_500,
      },
    ]);
  });

  it.each([
    ['+254711082000', 'shamba'],
    ['254711082000', 'shamba'],
    ['0711082000', 'shamba'],
    ['+254711082001', 'other'],
    ['browser.desk', 'desk'],
    ['browser.other', 'other'],
  ])('to %s finds the dialog %s', async (to, dialog) => {
    await call({ sessionId: 's1', to });
    expect(turns[0]!.dialog).toBe(dialog);
  });

  it.each([
    ['0199-order.survey', 'survey'],
    ['0199-order.gone', 'shamba'],
    ['0199-order', 'shamba'],
    ['survey', 'shamba'],
  ])('that we placed as %s is for the dialog %s', async (orderId, dialog) => {
    await call({ sessionId: 's1', orderId });
    expect(turns[0]!.dialog).toBe(dialog);
  });

  it('is refused where its number has no dialog', async () => {
    handle = () => Promise.resolve({ ...asked, end: true, outcome: 'notServed' });
    expect(await narrow({ sessionId: 's1', to: '+254711082009' })).toMatchObject({ status: 200, body: '<Reject/>' });
  });

  it('is not refused in the middle, whatever became of its number', async () => {
    handle = () => Promise.resolve({ ...asked, end: true, outcome: 'notServed' });
    const input = { kind: 'digits', digits: '1' };
    expect((await narrow({ sessionId: 's1', to: '+254711082009', input })).body).toContain('Which crop?');
  });
});

describe('an answer within a call', () => {
  it.each([
    [
      { kind: 'digits', digits: '42' },
      { text: '42', fingerprint: '2:digits:42' },
    ],
    [
      { kind: 'digits', digits: '' },
      { text: '', fingerprint: '2:digits:' },
    ],
    [
      { kind: 'recording', url: 'https://x.example/a.mp3' },
      { text: 'https://x.example/a.mp3', fingerprint: '2:recording:https://x.example/a.mp3' },
    ],
    [{ kind: 'silence' }, { silent: true, fingerprint: '2:silence:' }],
  ])('as %j reaches the dialog with its number', async (input, expected) => {
    await call({ sessionId: 's1', input }, '&turn=2');
    expect(turns[0]!.input).toEqual({
      kind: 'latest',
      dialled: false,
      shortcut: [],
      numbered: { answers: 2 },
      ...expected,
    });
  });

  it('is asked for at our own address, with the key and the number of the turn', async () => {
    expect(JSON.parse((await call({ sessionId: 's1' })).body)).toMatchObject({
      at: 'https://voice.example/voice/plain/demo?key=k%20%26%20y&turn=3',
      silence: 'https://voice.example/voice/plain/demo?key=k%20%26%20y&turn=3&noinput=3',
    });
    expect(JSON.parse((await narrow({ sessionId: 's1' })).body)).toMatchObject({
      at: 'https://voice.example/voice/plain/narrow?turn=3',
      silence: 'https://voice.example/voice/plain/narrow?turn=3&noinput=3',
    });
  });

  it('that comes from a transfer which was picked up is answered with an empty document', async () => {
    expect(await call({ sessionId: 's1', picked: 'yes' })).toMatchObject({ status: 200, body: '<Response/>' });
    expect(turns).toEqual([]);
  });
});

describe('a failure during a call', () => {
  const closing = { spoken: [{ kind: 'say', text: 'shamba unavailable sw voice' }], language: 'sw' };

  it('of the service is said politely, with 200', async () => {
    handle = () => Promise.reject(new Error('no service does this'));
    const answer = await call({ sessionId: 's1' });
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toEqual(closing);
  });

  it('to render is said politely, with 200', async () => {
    handle = () =>
      Promise.resolve({ ...asked, voice: { spoken: [{ kind: 'say', text: 'unsayable' }], language: 'sw' } });
    const answer = await call({ sessionId: 's1' });
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toMatchObject({ spoken: [{ text: 'other unavailable sw voice' }] });
  });

  it.each([['{"sessionId":'], ['XXXX'], ['{}'], ['']])('to read %j is said politely, with 400', async (body) => {
    const answer = await call(body);
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toMatchObject({ spoken: [{ text: 'other unavailable sw voice' }] });
    expect(turns).toEqual([]);
  });

  it.each(['/voice/plain/mute', '/voice/silent/demo', '/voice/plain/mute/events', '/voice/nobody/demo'])(
    'to find the channel at %s is a 404',
    async (path) => {
      expect(await post(path, { sessionId: 's1' })).toMatchObject({ status: 404, body: '' });
    },
  );
});

describe('a call that is over', () => {
  it.each([true, false])('closes its session and is kept, matched %s (#9)', async (known) => {
    sessionKnown = known;
    const over = { sessionId: 's1', over: '1', dtmfDigits: '1234' };
    expect(await call(over)).toMatchObject({ status: 200, body: '<Response/>' });
    expect(ends).toEqual([
      { channel: 'voice', provider: 'plain', account: 'demo', sessionId: 's1', status: 'incomplete' },
    ]);
    expect(reports).toEqual([
      {
        id: expect.stringMatching(/^019cb865-b8bb-7/),
        provider: 'plain',
        account: 'demo',
        externalId: 's1',
        status: 'completed',
        final: true,
        matched: known,
        receivedAt: new Date(now),
        raw: { ...over, dtmfDigits: '•••' },
      },
    ]);
  });

  it('after a transfer that was picked up has come to its end, and is not resumed', async () => {
    await call({ sessionId: 's1', over: '1', talked: '61' });
    expect(ends).toMatchObject([{ sessionId: 's1', status: 'completed' }]);
  });

  it('is answered 503 where it could not be kept', async () => {
    storesFail = true;
    expect(await call({ sessionId: 's1', over: '1' })).toMatchObject({ status: 503, body: '' });
    expect((await post(`/voice/plain/demo/events?${key}`, { sessionId: 's1', over: '1' })).status).toBe(503);
  });
});

describe('an event of a call', () => {
  const event = (body: object | string): ReturnType<typeof post> => post(`/voice/plain/demo/events?${key}`, body);

  it('that is final is kept as a report', async () => {
    expect(await event({ sessionId: 's1', over: '1' })).toMatchObject({ status: 200, body: 'OK' });
    expect(ends).toHaveLength(1);
    expect(reports).toEqual([expect.objectContaining({ status: 'completed', matched: true })]);
  });

  it('of any other kind is kept as a notice', async () => {
    expect(await event({ sessionId: 's1', dtmfDigits: '1234', state: 'Transferred' })).toMatchObject({ status: 200 });
    expect(notices).toEqual([
      {
        id: expect.stringMatching(/^019cb865-b8bb-7/),
        provider: 'plain',
        account: 'demo',
        topic: 'transferred',
        receivedAt: new Date(now),
        raw: { sessionId: 's1', dtmfDigits: '•••', state: 'Transferred' },
      },
    ]);
    expect(ends).toEqual([]);
  });

  it.each([
    ['{"sessionId":', 400, 'rejected', 'body-malformed'],
    ['{"a":"b","dtmfDigits":"1234"}', 200, 'kept', 'event-unreadable'],
    ['{"sessionId":"s1","break":"1","dtmfDigits":"1234"}', 200, 'failed', 'event-unreadable'],
  ])('that says %s goes to the inbox, answered %i', async (body, status, state, reason) => {
    expect((await event(body)).status).toBe(status);
    expect(inbox).toEqual([expect.objectContaining({ state, reason, route: 'POST /voice/plain/demo/events' })]);
    expect(Buffer.from(inbox[0]!.body).toString()).toBe(body.replace('1234', '***'));
  });
});
