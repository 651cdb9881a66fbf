import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { FakeProvider } from '@app/fake-provider';
import type { RunningServer } from '../apps/server/src/server.js';
import { ask, environmentKey, makeKey, type AdminAnswer } from './support/admin.js';
import { deliveryReport, incoming, post, sendingAccount, shortCode } from './support/africastalking.js';
import { Cleanup } from './support/cleanup.js';
import { freshId, freshMsisdn, HistoryPhone } from './support/gateways.js';
import { until } from './support/send.js';
import { startInProcess } from './support/server-in-process.js';
import { startServices, type Services } from './support/services.js';
import { SmsPhone } from './support/sms-phone.js';
import { VoiceCall } from './support/voice-call.js';
import { workedOff } from './support/worked-off.js';
import { WorkspaceFolder } from './support/workspace-folder.js';

type Item = Readonly<Record<string, unknown>>;

const pin = `
dialog: pin
start: secret
steps:
  secret: { ask: 'Your PIN?', type: pin, save: secret, go: thanks }
  thanks: { end: Thank you. }
`;

const cleanup = new Cleanup();
let services: Services;
let server: RunningServer;
let network: FakeProvider;
/** Reads everything, but sees no personal data. */
let blind: string;
const url = (): string => server.url;

beforeAll(async () => {
  services = await startServices(cleanup);
  network = await FakeProvider.start({ behaviour: { reportGapMs: 20 } });
  cleanup.add(() => network.stop());
  const urls = { api: network.url };
  const sms = { [shortCode]: { price: 'farm-prices', default: 'shamba' } };
  const workspace = await WorkspaceFolder.make(cleanup, {
    demo: true,
    dialogs: { pin },
    accounts: [
      sendingAccount('demo', urls, { sms, ussd: { default: 'shamba' }, voice: { default: 'shamba' } }),
      sendingAccount('pins', urls, { ussd: { default: 'pin' } }),
      { provider: 'cradlebots', account: 'demo', open: true, country: 'KE', ussd: { default: 'shamba' } },
    ],
  });
  server = await startInProcess(cleanup, workspace, { ...services.settings, ONGEA_ADMIN_KEY: environmentKey });
  await server.parts.postgres.whenUp();
  network.reportTo(server.url);
  ({ key: blind } = await makeKey(server.url, [
    ...['messages:read', 'messages:send', 'calls:start', 'sessions:read', 'inbox:read', 'inbox:replay'],
    ...['outbox:manage', 'dialogs:read'],
  ]));
}, 60_000);
afterAll(() => cleanup.run(), 30_000);

const get = (path: string, key = environmentKey): Promise<AdminAnswer> =>
  ask(server.url, 'GET', `/admin/v1/${path}`, { key });
const send = (path: string, body?: unknown, key = environmentKey): Promise<AdminAnswer> =>
  ask(server.url, 'POST', `/admin/v1/${path}`, { key, ...(body === undefined ? {} : { body }) });

async function items(path: string, key?: string): Promise<readonly Item[]> {
  const { status, json, body } = await get(path, key);
  if (status !== 200) throw new Error(`${path} was answered ${String(status)} ${body}`);
  return json['items'] as readonly Item[];
}

async function first(path: string, key?: string): Promise<Item> {
  await until(async () => (await items(path, key)).length > 0, 10_000, path);
  return (await items(path, key))[0] ?? {};
}

const encoded = encodeURIComponent;
const masked = (msisdn: string): string => `${msisdn.slice(0, 5)}…${msisdn.slice(-3)}`;

describe('messages', () => {
  it('are listed in both directions with what became of them, and whole with their events', async () => {
    const me = new SmsPhone({ url, network });
    await me.say('price maize');
    await workedOff(services);
    await network.settled();
    const list = `messages?number=${encoded(me.msisdn)}`;
    await until(async () => (await items(`${list}&status=delivered`)).length === 2);
    const [answer, question] = await items(list);
    expect(question).toMatchObject({
      direction: 'mo',
      from: me.msisdn,
      to: shortCode,
      text: 'price maize',
      segments: 1,
    });
    expect(answer).toMatchObject({
      ...{
        direction: 'mt',
        from: shortCode,
        to: me.msisdn,
        status: 'delivered',
        encoding: 'gsm7',
        failureReason: null,
      },
      ...{ externalId: me.received[0]?.messageId, createdAt: expect.any(String), finalAt: expect.any(String) },
      cost: { amount: expect.stringMatching(/^\d+\.\d+$/), currency: 'KES' },
    });
    const { json, headers } = await get(`messages/${String(answer?.['id'])}`);
    expect(headers['cache-control']).toBe('no-store');
    const events = json['events'] as readonly Item[];
    expect(json).toEqual({ ...answer, events });
    expect(events.map(({ status, messageId }) => [status, messageId])).toEqual([
      ['sent', json['id']],
      ['sent', json['id']],
      ['delivered', json['id']],
    ]);
    expect(await items(`delivery-events?messageId=${String(json['id'])}&status=delivered`)).toEqual([events[2]]);
  });

  it('that operators send go out once, named by one batch, with numbers read in the country of the account', async () => {
    const [one, two] = [freshMsisdn(), freshMsisdn()];
    const body = { account: 'africastalking/demo', to: [one, `0${two.slice(4)}`, one], text: 'The market opens.' };
    const headers = { 'idempotency-key': freshId('once') };
    const answers = [];
    for (let i = 0; i < 2; i++) {
      answers.push(await ask(server.url, 'POST', '/admin/v1/messages', { body, headers }));
    }
    expect(answers.map(({ status }) => status)).toEqual([202, 202]);
    const [{ json }] = answers as [AdminAnswer];
    expect(answers[1]?.json).toEqual(json);
    const sent = json['messages'] as readonly Item[];
    expect(sent).toEqual([one, two].map((to) => ({ id: expect.any(String), to, status: 'queued' })));
    await until(async () => (await items(`messages?batchId=${String(json['batchId'])}&status=delivered`)).length === 2);
    expect(network.messages.filter(({ to }) => to === one || to === two)).toHaveLength(2);
    expect(await first('audit?action=message.sent')).toMatchObject({
      ...{ actor: 'environment', subject: json['batchId'], details: { provider: 'africastalking', numbers: 3 } },
    });
    expect((await send('messages', { account: 'africastalking/demo', to: one, text: 'Once more.' })).status).toBe(202);
  });

  it('are refused with every number that is none, for accounts that cannot send, and beyond their limits', async () => {
    const good = { provider: 'africastalking', account: 'demo', to: ['+254700000201'], text: 'x' };
    const refused = async (change: object): Promise<unknown> => {
      const { status, json } = await send('messages', { ...good, ...change });
      expect(status).toBe(400);
      return (json['errors'] as readonly Item[]).map(({ field }) => field);
    };
    expect(await refused({ to: ['+254700000201', 'nobody', '12'] })).toEqual(['to.1', 'to.2']);
    expect(await refused({ to: [] })).toEqual(['to']);
    expect(await refused({ to: Array.from({ length: 1_001 }, () => '+254700000201') })).toEqual(['to']);
    expect(await refused({ to: [1] })).toEqual(['to']);
    expect(await refused({ text: 'x'.repeat(1_601) })).toEqual(['text']);
    expect(await refused({ text: '' })).toEqual(['text']);
    expect(await refused({ account: 'nobody' })).toEqual(['account']);
    expect(await refused({ provider: 'cradlebots' })).toEqual(['account']);
    expect(await refused({ lane: 'reply' })).toEqual(['lane']);
  });

  it('of somebody who opted out are taken, and rejected when their turn comes (#22)', async () => {
    const me = new SmsPhone({ url, network });
    await me.write('STOP');
    await workedOff(services);
    const { json } = await send('messages', {
      account: 'africastalking/demo',
      to: me.msisdn,
      text: 'Offer',
      from: shortCode,
    });
    const [{ id }] = json['messages'] as [Item];
    await until(async () => (await get(`messages/${String(id)}`)).json['status'] === 'rejected');
    expect((await get(`messages/${String(id)}`)).json).toMatchObject({ failureReason: 'opted-out', events: [] });
    expect(me.received).toEqual([]);
  });
});

describe('delivery events', () => {
  it('of ids that nobody knows are listed as unmatched, as they came', async () => {
    const externalId = freshId('ATX');
    await post(server.url, '/sms/africastalking/demo/delivery', deliveryReport(externalId, 'Blocked'));
    const list = `delivery-events?unmatched=true&externalId=${externalId}`;
    const event = await first(list);
    expect(event).toMatchObject({ status: 'unknown', providerStatus: 'Blocked', messageId: null, seen: 1, externalId });
    expect(event['raw']).toMatchObject({ id: externalId, phoneNumber: '+254700000201' });
    expect(await items(list.replace('=true', '=false'))).toEqual([]);
  });
});

describe('calls', () => {
  it('that operators start are placed, and speak the dialog that was asked for', async () => {
    const to = freshMsisdn();
    const order = { provider: 'africastalking', account: 'demo', from: '+254711082000', to, dialog: 'farm-prices' };
    const { status, json } = await send('calls', order);
    expect([status, json]).toEqual([202, { id: expect.any(String), status: 'queued' }]);
    await until(() => network.calls.some((call) => call.to === to));
    expect(network.calls.find((call) => call.to === to)?.clientRequestId).toBe(`${String(json['id'])}.farm-prices`);
    const [order1] = (await items('outbox?kind=call')).filter(({ id }) => id === json['id']);
    expect(order1).toMatchObject({ kind: 'call', account: 'demo', attempts: 1 });
    for (const [change, field] of [
      [{ dialog: 'nothing' }, 'dialog'],
      [{ to: 'nobody' }, 'to'],
      [{ provider: 'cradlebots' }, 'account'],
    ] as const) {
      const refused = await send('calls', { ...order, ...change });
      expect([refused.status, refused.json['errors']]).toEqual([400, [expect.objectContaining({ field })]]);
    }
  });
});

describe('sessions', () => {
  const sessionOf = (msisdn: string, more = ''): Promise<Item> => first(`sessions?caller=${encoded(msisdn)}${more}`);

  it('are listed while they are open, on every channel, with what was said', async () => {
    const ussd = new HistoryPhone('africastalking', { url });
    await ussd.dial();
    await ussd.answer('1');
    const call = new VoiceCall(url);
    await call.dial();
    const sms = new SmsPhone({ url, network });
    await sms.say('hello');
    for (const [msisdn, channel] of [
      [ussd.msisdn, 'ussd'],
      [call.msisdn, 'voice'],
      [sms.msisdn, 'sms'],
    ] as const) {
      expect(await sessionOf(msisdn)).toMatchObject({
        channel,
        caller: msisdn,
        dialog: 'shamba',
        ended: false,
      });
    }
    const session = await sessionOf(ussd.msisdn);
    expect(session).toMatchObject({ turns: 2, step: 'shamba/crops', version: expect.stringMatching(/^[0-9a-f]+$/) });
    expect(session).not.toHaveProperty('sessionKey');
    const key = String(session['key']);
    expect((await get(`sessions/${key}`)).json).toEqual(session);
    const turns = await items(`sessions/${key}/turns`);
    expect(turns.map(({ input, step }) => [input, step])).toEqual([
      ['1', 'shamba/crops'],
      [null, 'shamba/home'],
    ]);
    expect(turns[0]?.['reply']).toContain('Which crop?');
  });

  it('are ended by operators: what the person says next begins anew, and nothing is ended twice (#28)', async () => {
    const me = new SmsPhone({ url, network });
    await me.say('hello');
    expect(await me.say('1')).toContain('Which crop?');
    await until(async () => (await sessionOf(me.msisdn))['turns'] === 2);
    const key = String((await sessionOf(me.msisdn))['key']);
    const end = (): Promise<AdminAnswer> => ask(server.url, 'DELETE', `/admin/v1/sessions/${key}`);
    expect((await end()).status).toBe(204);
    expect(await items(`sessions?caller=${encoded(me.msisdn)}`)).toEqual([]);
    expect(await sessionOf(me.msisdn, '&open=false')).toMatchObject({ key, ended: true });
    expect(await items(`sessions/${key}/turns`)).toHaveLength(2);
    expect((await end()).status).toBe(409);
    expect(await first('audit?action=session.ended')).toMatchObject({ subject: key, actor: 'environment' });
    expect(await me.say('Beans')).toContain('Welcome to Shamba');
  });

  it('show no sensitive answer to anybody (#31)', async () => {
    const phone = new HistoryPhone('africastalking', { url, account: 'pins' });
    await phone.dial();
    await phone.answer('7391');
    const session = await sessionOf(phone.msisdn, '&open=false');
    await until(async () => (await items(`sessions/${String(session['key'])}/turns`)).length === 2);
    const { body } = await get(`sessions/${String(session['key'])}/turns`);
    expect(body).not.toContain('7391');
  });
});

describe('session reports', () => {
  it('are listed and counted', async () => {
    const caller = freshMsisdn();
    const report = {
      ...{ date: '2026-03-04 10:30:00', sessionId: freshId(), serviceCode: '*384*4417#', networkCode: '63902' },
      ...{ phoneNumber: caller, status: 'Success', cost: 'KES 0.5000', durationInMillis: '14000', hopsCount: '3' },
      ...{ input: '1*2', lastAppResponse: 'END Bye', errorMessage: 'None' },
    };
    await post(server.url, '/ussd/africastalking/demo/events', report);
    const list = `session-reports?caller=${encoded(caller)}`;
    expect(await first(list)).toMatchObject({
      ...{ sessionId: report.sessionId, caller, status: 'completed', durationMs: 14_000, hops: 3 },
      cost: { amount: expect.stringMatching(/^0\.50*$/), currency: 'KES' },
    });
    const { json } = await get(`session-reports/stats?by=day&zone=Africa%2FNairobi&caller=${encoded(caller)}`);
    expect(json).toMatchObject({
      by: 'day',
      zone: 'Africa/Nairobi',
      groups: [{ count: 1, completed: 1, meanHops: 3 }],
    });
  });
});

describe('dialogs', () => {
  it('are listed with their open sessions, page by page', async () => {
    const all = await items('dialogs');
    expect(all.map(({ id }) => id)).toEqual(expect.arrayContaining(['farm-prices', 'pin', 'shamba']));
    const shamba = all.find(({ id }) => id === 'shamba');
    expect(shamba).toMatchObject({ languages: ['en', 'sw'], start: 'home', openSessions: expect.any(Number) });
    const seen: unknown[] = [];
    let next = 'dialogs?limit=2';
    for (;;) {
      const { json } = await get(next);
      seen.push(...(json['items'] as readonly Item[]).map(({ id }) => id));
      if (json['nextCursor'] === null) break;
      next = `dialogs?limit=2&cursor=${String(json['nextCursor'])}`;
    }
    expect(seen).toEqual(all.map(({ id }) => id));
  });

  it('are given with their definition, their versions, and how far people come', async () => {
    const { json } = await get('dialogs/pin');
    expect(json).toMatchObject({ id: 'pin', served: true, definition: pin, runs: [], steps: 2 });
    await until(async () => ((await get('dialogs/pin')).json['versions'] as readonly Item[]).length === 1);
    expect((await get('dialogs/pin')).json['versions']).toEqual([
      expect.objectContaining({ version: json['version'], current: true, firstSeen: expect.any(String) }),
    ]);
    const phone = new HistoryPhone('africastalking', { url, account: 'pins' });
    await phone.dial();
    await phone.answer('7391');
    await until(async () => {
      const [step] = (await get(`dialogs/pin/funnel?version=${String(json['version'])}`)).json['steps'] as [Item?];
      return step?.['step'] === 'pin/secret' && Number(step['answered']) >= 1;
    });
    expect((await get('dialogs/pin/funnel?after=2020-01-01T00:00:00Z&before=2020-01-02T00:00:00Z')).json).toEqual({
      steps: [],
    });
    expect((await get('dialogs/nothing')).status).toBe(404);
    expect((await get('dialogs/nothing/funnel')).status).toBe(404);
    expect((await get('dialogs/%00')).status).toBe(404);
  });
});

describe('the inbox', () => {
  async function kept(
    path: string,
    fields: Readonly<Record<string, string>> | string,
    account = 'demo',
  ): Promise<string> {
    const receivedAt = new Date(Date.now() - 60_000);
    const id = uuidv7({ msecs: receivedAt.getTime() });
    await server.parts.postgres.inbox.keepInbox({
      ...{
        id,
        route: `POST ${path}`,
        provider: 'africastalking',
        account,
        state: 'failed',
        reason: 'event-unreadable',
      },
      ...{ receivedAt, contentType: 'application/x-www-form-urlencoded' },
      body: Buffer.from(typeof fields === 'string' ? fields : new URLSearchParams(fields).toString()),
    });
    return id;
  }

  it('lists webhooks that could not be read, bodies as text where they are', async () => {
    const marker = freshId('marker');
    await post(server.url, '/sms/africastalking/demo', { text: marker });
    const [record] = (await items('inbox?state=rejected')).filter(({ body }) => String(body).includes(marker));
    expect(record).toMatchObject({
      ...{ route: 'POST /sms/africastalking/demo', provider: 'africastalking', account: 'demo' },
      ...{ body: `text=${marker}`, bodyEncoding: 'text', contentType: 'application/x-www-form-urlencoded' },
    });
    await kept('/sms/africastalking/demo/delivery', 'a\u0000b');
    expect(await first('inbox?state=failed')).toMatchObject({ bodyEncoding: 'base64', body: 'YQBi', bytes: 3 });
  });

  it('replays a message: it is kept with its own arrival, and answered', async () => {
    const me = new SmsPhone({ url, network });
    const message = incoming({ from: me.msisdn, text: 'price beans' });
    const id = await kept('/sms/africastalking/demo', message);
    const { status, json } = await send(`inbox/${id}/replay`);
    expect(status).toBe(200);
    expect(json).toMatchObject({
      ...{ id, state: 'replayed' },
      became: [{ kind: 'message', record: { direction: 'mo', from: me.msisdn, externalId: message['id'] } }],
    });
    const [{ record }] = json['became'] as [{ record: Item }];
    expect(Date.now() - Date.parse(String(record['createdAt']))).toBeGreaterThan(50_000);
    expect((await get(`messages/${String(record['id'])}`)).json).toMatchObject({ text: 'price beans' });
    expect(await me.next()).toContain('Beans: KES');
    expect(await items('inbox?state=replayed')).toContainEqual(expect.objectContaining({ id }));
    expect(await first('audit?action=inbox.replayed')).toMatchObject({ subject: id });
    expect((await send(`inbox/${id}/replay`)).status).toBe(409);
  });

  it('replays events and reports, and names the record that was there already', async () => {
    const externalId = freshId('ATX');
    const event = deliveryReport(externalId, 'Success');
    await post(server.url, '/sms/africastalking/demo/delivery', event);
    const there = await first(`delivery-events?externalId=${externalId}`);
    const again = await send(`inbox/${await kept('/sms/africastalking/demo/delivery', event)}/replay`);
    expect(again.json).toMatchObject({ became: [{ kind: 'delivery-event', record: { id: there['id'], seen: 2 } }] });
    const sessionId = freshId();
    const report = {
      sessionId,
      serviceCode: '*384#',
      phoneNumber: freshMsisdn(),
      status: 'Success',
      date: '2026-03-04 10:30:00',
    };
    const { json } = await send(`inbox/${await kept('/ussd/africastalking/demo/events', report)}/replay`);
    expect(json).toMatchObject({ became: [{ kind: 'session-report', record: { sessionId, status: 'completed' } }] });
    const notice = await send(`inbox/${await kept('/events/africastalking/demo/bonus', { a: '1' })}/replay`);
    expect(notice.json).toMatchObject({ became: [{ kind: 'notice', record: { topic: 'bonus' } }] });
  });

  it('replays neither turns, nor what still cannot be read, nor what nobody serves, and keeps no second record of it', async () => {
    const turn = { sessionId: freshId(), phoneNumber: freshMsisdn(), serviceCode: '*384#', text: '' };
    const unread = await kept('/sms/africastalking/demo', { text: 'nobody sent this' });
    const before = (await items('inbox?limit=500')).length;
    const { status, json } = await send(`inbox/${unread}/replay`);
    expect([status, json['detail']]).toEqual([422, expect.stringContaining('missing')]);
    expect(await items('inbox?limit=500')).toHaveLength(before);
    expect(await items('inbox?state=failed')).toContainEqual(expect.objectContaining({ id: unread }));
    for (const [path, account] of [
      ['/ussd/africastalking/demo', 'demo'],
      ['/voice/africastalking/demo', 'demo'],
      ['/sms/africastalking/gone', 'gone'],
      ['/nowhere', 'demo'],
    ] as const) {
      expect((await send(`inbox/${await kept(path, turn, account)}/replay`)).status).toBe(409);
    }
    expect((await send(`inbox/${uuidv7()}/replay`)).status).toBe(404);
  });
});

describe('the outbox', () => {
  it('lists what was given up, and sends it again', async () => {
    network.behave({ failure: '401' });
    const to = freshMsisdn();
    const { json } = await send('messages', { account: 'africastalking/demo', to, text: 'Hello' });
    const [{ id }] = json['messages'] as [Item];
    const message = async (): Promise<Item> => (await get(`messages/${String(id)}`)).json;
    await until(async () => (await message())['status'] === 'failed', 20_000);
    expect(await message()).toMatchObject({ failureReason: 'not-configured', finalAt: expect.any(String) });
    const order = await first('outbox?state=dead&kind=message');
    expect(order).toMatchObject({ state: 'dead', lastError: 'credentials-refused', nextAt: null, account: 'demo' });
    network.behave({ failure: undefined });
    const redriven = await send(`outbox/${String(order['id'])}/redrive`);
    expect([redriven.status, redriven.json]).toEqual([202, expect.objectContaining({ id: order['id'] })]);
    await until(async () => (await message())['status'] === 'delivered', 20_000);
    expect((await send(`outbox/${String(order['id'])}/redrive`)).status).toBe(409);
    expect((await send(`outbox/${uuidv7()}/redrive`)).status).toBe(404);
    expect(await first('audit?action=outbox.redriven')).toMatchObject({ subject: order['id'] });
  });
});

describe('a key without pii:read', () => {
  it('sees no number, payload or external id anywhere (#47)', async () => {
    const me = new SmsPhone({ url, network });
    await me.say(`price, call me on ${me.msisdn}`);
    const ussd = new HistoryPhone('africastalking', { url, msisdn: me.msisdn });
    await ussd.dial();
    await workedOff(services);
    await network.settled();
    await until(async () => (await items(`sessions?caller=${encoded(me.msisdn)}`)).length === 2);
    const id = String((await first(`messages?number=${encoded(me.msisdn)}`))['id']);
    const bodies = await Promise.all(
      ['messages?limit=500', `messages/${id}`, 'delivery-events', 'sessions', 'session-reports', 'inbox', 'outbox'].map(
        async (path) => (await get(path, blind)).body,
      ),
    );
    for (const body of bodies) {
      expect(body).not.toContain(me.msisdn.slice(1));
      expect(body).not.toMatch(/"(?:raw|externalId|body)":/);
    }
    const [mine] = (await items('messages?direction=mo', blind)).filter(({ text }) => String(text).includes('call me'));
    expect(mine).toMatchObject({
      from: masked(me.msisdn),
      to: shortCode,
      text: `price, call me on ${masked(me.msisdn)}`,
    });
    const sent = await send('messages', { account: 'africastalking/demo', to: me.msisdn, text: 'x' }, blind);
    expect(sent.json['messages']).toEqual([expect.objectContaining({ to: masked(me.msisdn) })]);
  });

  it.each([
    'messages?from=%2B254700000201',
    'messages?to=%2B254700000201',
    'messages?number=%2B254700000201',
    'messages?externalId=ATX',
    'delivery-events?externalId=ATX',
    'sessions?caller=%2B254700000201',
    'session-reports?caller=%2B254700000201',
    'session-reports/stats?by=status&caller=%2B254700000201',
  ])('may not ask for %s', async (path) => {
    const { status, json } = await get(path, blind);
    expect([status, json['detail']]).toEqual([403, expect.stringContaining('pii:read')]);
  });
});

describe('a parameter that cannot be used', () => {
  it.each([
    'messages?direction=up',
    'messages?status=lost',
    'messages?number=nobody',
    'messages?country=kenya',
    'messages?createdAfter=2026-03-04',
    'messages?text=x',
    'delivery-events?unmatched=yes',
    'delivery-events?messageId=x',
    'sessions?open=maybe',
    'sessions?channel=fax',
    'session-reports?status=done',
    'session-reports/stats',
    'session-reports/stats?by=caller',
    'session-reports/stats?by=day&zone=Mars%2FOlympus',
    'dialogs/pin/funnel?version=latest',
    'dialogs/pin/funnel?after=yesterday',
    'inbox?state=lost',
    'outbox?state=lost',
    `outbox?cursor=${Buffer.from(JSON.stringify(['x', 'n', '1', 'x'])).toString('base64url')}`,
    'sessions?limit=0',
  ])('is named in a problem: %s', async (path) => {
    const { status, json, contentType } = await get(path);
    expect([status, contentType]).toEqual([400, 'application/problem+json; charset=utf-8']);
    expect(json['errors']).toEqual(expect.arrayContaining([expect.objectContaining({ field: expect.any(String) })]));
  });

  it('is a cursor of another list, or of other filters', async () => {
    const { json } = await get('messages?limit=1');
    const cursor = String(json['nextCursor']);
    expect((await get(`messages?limit=1&cursor=${cursor}`)).status).toBe(200);
    expect((await get(`messages?limit=1&direction=mo&cursor=${cursor}`)).status).toBe(400);
    expect((await get(`outbox?state=sent&cursor=${cursor}`)).status).toBe(400);
    const forged = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as string[];
    for (const [value, id] of [
      ['7', forged[3]],
      [forged[2], 'not-an-id'],
    ]) {
      const made = Buffer.from(JSON.stringify([forged[0], 'n', value, id])).toString('base64url');
      expect((await get(`messages?limit=1&cursor=${made}`)).status).toBe(400);
    }
  });
});
