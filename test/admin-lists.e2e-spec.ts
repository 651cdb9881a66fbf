import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ask, type AdminAnswer } from './support/admin.js';
import { AdminServer, pinDialog, type Item } from './support/admin-server.js';
import { post, shortCode } from './support/africastalking.js';
import { Cleanup } from './support/cleanup.js';
import { freshId, freshMsisdn, HistoryPhone } from './support/gateways.js';
import { until } from './support/send.js';
import { SmsPhone } from './support/sms-phone.js';
import { VoiceCall } from './support/voice-call.js';
import { workedOff } from './support/worked-off.js';

const cleanup = new Cleanup();
let admin: AdminServer;

beforeAll(async () => {
  admin = await AdminServer.start(cleanup);
}, 60_000);
afterAll(() => cleanup.run(), 30_000);

const encoded = encodeURIComponent;
const masked = (msisdn: string): string => `${msisdn.slice(0, 5)}…${msisdn.slice(-3)}`;

describe('sessions', () => {
  const sessionOf = (msisdn: string, more = ''): Promise<Item> =>
    admin.first(`sessions?caller=${encoded(msisdn)}${more}`);

  it('are listed while they are open, on every channel, with what was said', async () => {
    const ussd = new HistoryPhone('africastalking', { url: admin.url });
    await ussd.dial();
    await ussd.answer('1');
    const call = new VoiceCall(admin.url);
    await call.dial();
    const sms = new SmsPhone({ url: admin.url, network: admin.network });
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
    expect((await admin.get(`sessions/${key}`)).json).toEqual(session);
    const turns = await admin.items(`sessions/${key}/turns`);
    expect(turns.map(({ input, step }) => [input, step])).toEqual([
      ['1', 'shamba/crops'],
      [null, 'shamba/home'],
    ]);
    expect(turns[0]?.['reply']).toContain('Which crop?');
  });

  it('are ended by operators: what the person says next begins anew, and nothing is ended twice (#28)', async () => {
    const me = new SmsPhone({ url: admin.url, network: admin.network });
    await me.say('hello');
    expect(await me.say('1')).toContain('Which crop?');
    await until(async () => (await sessionOf(me.msisdn))['turns'] === 2);
    const key = String((await sessionOf(me.msisdn))['key']);
    const end = (): Promise<AdminAnswer> => ask(admin.server.url, 'DELETE', `/admin/v1/sessions/${key}`);
    expect((await end()).status).toBe(204);
    expect(await admin.items(`sessions?caller=${encoded(me.msisdn)}`)).toEqual([]);
    expect(await sessionOf(me.msisdn, '&open=false')).toMatchObject({ key, ended: true });
    expect(await admin.items(`sessions/${key}/turns`)).toHaveLength(2);
    expect((await end()).status).toBe(409);
    expect(await admin.first('audit?action=session.ended')).toMatchObject({ subject: key, actor: 'environment' });
    expect(await me.say('Beans')).toContain('Welcome to Shamba');
  });

  it('show no sensitive answer to anybody (#31)', async () => {
    const phone = new HistoryPhone('africastalking', { url: admin.url, account: 'pins' });
    await phone.dial();
    await phone.answer('7391');
    const session = await sessionOf(phone.msisdn, '&open=false');
    await until(async () => (await admin.items(`sessions/${String(session['key'])}/turns`)).length === 2);
    const { body } = await admin.get(`sessions/${String(session['key'])}/turns`);
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
    await post(admin.server.url, '/ussd/africastalking/demo/events', report);
    const list = `session-reports?caller=${encoded(caller)}`;
    expect(await admin.first(list)).toMatchObject({
      ...{ sessionId: report.sessionId, caller, status: 'completed', durationMs: 14_000, hops: 3 },
      cost: { amount: expect.stringMatching(/^0\.50*$/), currency: 'KES' },
    });
    const { json } = await admin.get(`session-reports/stats?by=day&zone=Africa%2FNairobi&caller=${encoded(caller)}`);
    expect(json).toMatchObject({
      by: 'day',
      zone: 'Africa/Nairobi',
      groups: [{ count: 1, completed: 1, meanHops: 3 }],
    });
  });
});

describe('dialogs', () => {
  it('are listed with their open sessions, page by page', async () => {
    const all = await admin.items('dialogs');
    expect(all.map(({ id }) => id)).toEqual(expect.arrayContaining(['farm-prices', 'pin', 'shamba']));
    const shamba = all.find(({ id }) => id === 'shamba');
    expect(shamba).toMatchObject({ languages: ['en', 'sw'], start: 'home', openSessions: expect.any(Number) });
    const seen: unknown[] = [];
    let next = 'dialogs?limit=2';
    for (;;) {
      const { json } = await admin.get(next);
      seen.push(...(json['items'] as readonly Item[]).map(({ id }) => id));
      if (json['nextCursor'] === null) break;
      next = `dialogs?limit=2&cursor=${json['nextCursor'] as string}`;
    }
    expect(seen).toEqual(all.map(({ id }) => id));
  });

  it('are given with their definition, their versions, and how far people come', async () => {
    const { json } = await admin.get('dialogs/pin');
    expect(json).toMatchObject({ id: 'pin', served: true, definition: pinDialog, runs: [], steps: 2 });
    await until(async () => ((await admin.get('dialogs/pin')).json['versions'] as readonly Item[]).length === 1);
    expect((await admin.get('dialogs/pin')).json['versions']).toEqual([
      expect.objectContaining({ version: json['version'], current: true, firstSeen: expect.any(String) }),
    ]);
    const phone = new HistoryPhone('africastalking', { url: admin.url, account: 'pins' });
    await phone.dial();
    await phone.answer('7391');
    await until(async () => {
      const [step] = (await admin.get(`dialogs/pin/funnel?version=${String(json['version'])}`)).json['steps'] as [
        Item?,
      ];
      return step?.['step'] === 'pin/secret' && Number(step['answered']) >= 1;
    });
    expect((await admin.get('dialogs/pin/funnel?after=2020-01-01T00:00:00Z&before=2020-01-02T00:00:00Z')).json).toEqual(
      {
        steps: [],
      },
    );
    expect((await admin.get('dialogs/nothing')).status).toBe(404);
    expect((await admin.get('dialogs/nothing/funnel')).status).toBe(404);
    expect((await admin.get('dialogs/%00')).status).toBe(404);
  });
});

describe('a key without pii:read', () => {
  it('sees no number, payload or external id anywhere (#47)', async () => {
    const me = new SmsPhone({ url: admin.url, network: admin.network });
    await me.say(`price, call me on ${me.msisdn}`);
    const ussd = new HistoryPhone('africastalking', { url: admin.url, msisdn: me.msisdn });
    await ussd.dial();
    await workedOff(admin.services);
    await admin.network.settled();
    await until(async () => (await admin.items(`sessions?caller=${encoded(me.msisdn)}`)).length === 2);
    const id = String((await admin.first(`messages?number=${encoded(me.msisdn)}`))['id']);
    const bodies = await Promise.all(
      ['messages?limit=500', `messages/${id}`, 'delivery-events', 'sessions', 'session-reports', 'inbox', 'outbox'].map(
        async (path) => (await admin.get(path, admin.blind)).body,
      ),
    );
    for (const body of bodies) {
      expect(body).not.toContain(me.msisdn.slice(1));
      expect(body).not.toMatch(/"(?:raw|externalId|body)":/);
    }
    const [mine] = (await admin.items('messages?direction=mo', admin.blind)).filter(({ text }) =>
      String(text).includes('call me'),
    );
    expect(mine).toMatchObject({
      from: masked(me.msisdn),
      to: shortCode,
      text: `price, call me on ${masked(me.msisdn)}`,
    });
    const sent = await admin.post(
      'messages',
      { account: 'africastalking/demo', to: me.msisdn, text: 'x' },
      admin.blind,
    );
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
    const { status, json } = await admin.get(path, admin.blind);
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
    const { status, json, contentType } = await admin.get(path);
    expect([status, contentType]).toEqual([400, 'application/problem+json; charset=utf-8']);
    expect(json['errors']).toEqual(expect.arrayContaining([expect.objectContaining({ field: expect.any(String) })]));
  });

  it('is a cursor of another list, or of other filters', async () => {
    const { json } = await admin.get('messages?limit=1');
    const cursor = json['nextCursor'] as string;
    expect((await admin.get(`messages?limit=1&cursor=${cursor}`)).status).toBe(200);
    expect((await admin.get(`messages?limit=1&direction=mo&cursor=${cursor}`)).status).toBe(400);
    for (const list of ['outbox', 'inbox', 'delivery-events', 'session-reports', 'opt-outs', 'audit', 'keys']) {
      expect([list, (await admin.get(`${list}?cursor=${cursor}`)).status]).toEqual([list, 400]);
    }
    const forged = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as string[];
    for (const [value, id] of [
      ['7', forged[3]],
      [forged[2], 'not-an-id'],
    ]) {
      const made = Buffer.from(JSON.stringify([forged[0], 'n', value, id])).toString('base64url');
      expect((await admin.get(`messages?limit=1&cursor=${made}`)).status).toBe(400);
    }
  });
});
