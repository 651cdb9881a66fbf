import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { ask, type AdminAnswer } from './support/admin.js';
import { AdminServer, type Item } from './support/admin-server.js';
import { deliveryReport, incoming, post, shortCode } from './support/africastalking.js';
import { Cleanup } from './support/cleanup.js';
import { freshId, freshMsisdn } from './support/gateways.js';
import { until } from './support/send.js';
import { SmsPhone } from './support/sms-phone.js';
import { workedOff } from './support/worked-off.js';

const cleanup = new Cleanup();
let admin: AdminServer;

beforeAll(async () => {
  admin = await AdminServer.start(cleanup);
}, 60_000);
afterAll(() => cleanup.run(), 30_000);

const encoded = encodeURIComponent;

describe('messages', () => {
  it('are listed in both directions with what became of them, and whole with their events', async () => {
    const me = new SmsPhone({ url: admin.url, network: admin.network });
    await me.say('price maize');
    await workedOff(admin.services);
    await admin.network.settled();
    const list = `messages?number=${encoded(me.msisdn)}`;
    await until(async () => (await admin.items(`${list}&status=delivered`)).length === 2);
    const [answer, question] = await admin.items(list);
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
    const { json, headers } = await admin.get(`messages/${String(answer?.['id'])}`);
    expect(headers['cache-control']).toBe('no-store');
    const events = json['events'] as readonly Item[];
    expect(json).toEqual({ ...answer, events });
    expect(events.map(({ status, messageId }) => [status, messageId])).toEqual([
      ['sent', json['id']],
      ['sent', json['id']],
      ['delivered', json['id']],
    ]);
    expect(await admin.items(`delivery-events?messageId=${String(json['id'])}&status=delivered`)).toEqual([events[2]]);
  });

  it('that operators send go out once, named by one batch, with numbers read in the country of the account', async () => {
    const [one, two] = [freshMsisdn(), freshMsisdn()];
    const body = { account: 'africastalking/demo', to: [one, `0${two.slice(4)}`, one], text: 'The market opens.' };
    const headers = { 'idempotency-key': freshId('once') };
    const answers = [];
    for (let i = 0; i < 2; i++) {
      answers.push(await ask(admin.server.url, 'POST', '/admin/v1/messages', { body, headers }));
    }
    expect(answers.map(({ status }) => status)).toEqual([202, 202]);
    const [{ json }] = answers as [AdminAnswer];
    expect(answers[1]?.json).toEqual(json);
    const sent = json['messages'] as readonly Item[];
    expect(sent).toEqual([one, two].map((to) => ({ id: expect.any(String), to, status: 'queued' })));
    await until(
      async () => (await admin.items(`messages?batchId=${String(json['batchId'])}&status=delivered`)).length === 2,
    );
    expect(admin.network.messages.filter(({ to }) => to === one || to === two)).toHaveLength(2);
    expect(await admin.first('audit?action=message.sent')).toMatchObject({
      ...{ actor: 'environment', subject: json['batchId'], details: { provider: 'africastalking', numbers: 3 } },
    });
    expect((await admin.post('messages', { account: 'africastalking/demo', to: one, text: 'Once more.' })).status).toBe(
      202,
    );
  });

  it('are found by numbers in either form, ours as well as theirs', async () => {
    const to = freshMsisdn();
    const body = { account: 'africastalking/demo', to, text: 'From a long number.', from: '0711082000' };
    expect((await admin.post('messages', body)).status).toBe(202);
    const list = `messages?to=${encoded(to)}`;
    const sent = await admin.first(list);
    for (const filter of [
      'from=%2B254711082000',
      'from=254711082000',
      'from=0711082000',
      'from=0711082000&country=KE',
      'number=0711082000&account=demo',
      `number=0${to.slice(4)}`,
    ]) {
      const ids = (await admin.items(`messages?${filter}`)).map(({ id }) => id);
      expect([filter, ids]).toEqual([filter, expect.arrayContaining([sent['id']])]);
    }
    expect(await admin.items(`${list}&from=${shortCode}`)).toEqual([]);
    expect(await admin.items(`${list}&from=SHAMBA`)).toEqual([]);
  });

  it('are refused with every number that is none, for accounts that cannot send, and beyond their limits', async () => {
    const good = { provider: 'africastalking', account: 'demo', to: ['+254700000201'], text: 'x' };
    const refused = async (change: object): Promise<unknown> => {
      const { status, json } = await admin.post('messages', { ...good, ...change });
      expect(status).toBe(400);
      return (json['errors'] as readonly Item[]).map(({ field }) => field);
    };
    expect(await refused({ to: ['+254700000201', 'nobody', '12'] })).toEqual(['to.1', 'to.2']);
    expect(await refused({ to: [] })).toEqual(['to']);
    expect(await refused({ to: Array.from({ length: 1_001 }, () => '+254700000201') })).toEqual(['to']);
    expect(await refused({ to: [1] })).toEqual(['to']);
    expect(await refused({ text: 'x'.repeat(1_601) })).toEqual(['text']);
    expect(await refused({ text: '' })).toEqual(['text']);
    expect(await refused({ text: ' \n ' })).toEqual(['text']);
    expect(await refused({ from: '  ' })).toEqual(['from']);
    expect(await refused({ account: 'nobody' })).toEqual(['account']);
    expect(await refused({ provider: 'cradlebots' })).toEqual(['account']);
    expect(await refused({ lane: 'reply' })).toEqual(['lane']);
  });

  it('of somebody who opted out are taken, and rejected when their turn comes (#22)', async () => {
    const me = new SmsPhone({ url: admin.url, network: admin.network });
    await me.write('STOP');
    await workedOff(admin.services);
    const { json } = await admin.post('messages', {
      account: 'africastalking/demo',
      to: me.msisdn,
      text: 'Offer',
      from: shortCode,
    });
    const [{ id }] = json['messages'] as [Item];
    await until(async () => (await admin.get(`messages/${String(id)}`)).json['status'] === 'rejected');
    expect((await admin.get(`messages/${String(id)}`)).json).toMatchObject({ failureReason: 'opted-out', events: [] });
    expect(me.received).toEqual([]);
  });
});

describe('delivery events', () => {
  it('of ids that nobody knows are listed as unmatched, as they came', async () => {
    const externalId = freshId('ATX');
    await post(admin.server.url, '/sms/africastalking/demo/delivery', deliveryReport(externalId, 'Blocked'));
    const list = `delivery-events?unmatched=true&externalId=${externalId}`;
    const event = await admin.first(list);
    expect(event).toMatchObject({ status: 'unknown', providerStatus: 'Blocked', messageId: null, seen: 1, externalId });
    expect(event['raw']).toMatchObject({ id: externalId, phoneNumber: '+254700000201' });
    expect(await admin.items(list.replace('=true', '=false'))).toEqual([]);
  });
});

describe('calls', () => {
  it('that operators start are placed, and speak the dialog that was asked for', async () => {
    const to = freshMsisdn();
    const order = { provider: 'africastalking', account: 'demo', from: '+254711082000', to, dialog: 'farm-prices' };
    const { status, json } = await admin.post('calls', order);
    expect([status, json]).toEqual([202, { id: expect.any(String), status: 'queued' }]);
    await until(() => admin.network.calls.some((call) => call.to === to));
    expect(admin.network.calls.find((call) => call.to === to)?.clientRequestId).toBe(
      `${String(json['id'])}.farm-prices`,
    );
    const [order1] = (await admin.items('outbox?kind=call')).filter(({ id }) => id === json['id']);
    expect(order1).toMatchObject({ kind: 'call', account: 'demo', attempts: 1 });
    for (const [change, field] of [
      [{ dialog: 'nothing' }, 'dialog'],
      [{ to: 'nobody' }, 'to'],
      [{ provider: 'cradlebots' }, 'account'],
    ] as const) {
      const refused = await admin.post('calls', { ...order, ...change });
      expect([refused.status, refused.json['errors']]).toEqual([400, [expect.objectContaining({ field })]]);
    }
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
    await admin.server.parts.postgres.inbox.keepInbox({
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
    await post(admin.server.url, '/sms/africastalking/demo', { text: marker });
    const [record] = (await admin.items('inbox?state=rejected')).filter(({ body }) => String(body).includes(marker));
    expect(record).toMatchObject({
      ...{ route: 'POST /sms/africastalking/demo', provider: 'africastalking', account: 'demo' },
      ...{ body: `text=${marker}`, bodyEncoding: 'text', contentType: 'application/x-www-form-urlencoded' },
    });
    await kept('/sms/africastalking/demo/delivery', 'a\u0000b');
    expect(await admin.first('inbox?state=failed')).toMatchObject({ bodyEncoding: 'base64', body: 'YQBi', bytes: 3 });
  });

  it('replays a message: it is kept with its own arrival, and answered', async () => {
    const me = new SmsPhone({ url: admin.url, network: admin.network });
    const message = incoming({ from: me.msisdn, text: 'price beans' });
    const id = await kept('/sms/africastalking/demo', message);
    const { status, json } = await admin.post(`inbox/${id}/replay`);
    expect(status).toBe(200);
    expect(json).toMatchObject({
      ...{ id, state: 'replayed' },
      became: [{ kind: 'message', record: { direction: 'mo', from: me.msisdn, externalId: message['id'] } }],
    });
    const [{ record }] = json['became'] as [{ record: Item }];
    expect(Date.now() - Date.parse(String(record['createdAt']))).toBeGreaterThan(50_000);
    expect((await admin.get(`messages/${String(record['id'])}`)).json).toMatchObject({ text: 'price beans' });
    expect(await me.next()).toContain('Beans: KES');
    expect(await admin.items('inbox?state=replayed')).toContainEqual(expect.objectContaining({ id }));
    expect(await admin.first('audit?action=inbox.replayed')).toMatchObject({ subject: id });
    expect((await admin.post(`inbox/${id}/replay`)).status).toBe(409);
  });

  it('replays events and reports, and names the record that was there already', async () => {
    const externalId = freshId('ATX');
    const event = deliveryReport(externalId, 'Success');
    await post(admin.server.url, '/sms/africastalking/demo/delivery', event);
    const there = await admin.first(`delivery-events?externalId=${externalId}`);
    const again = await admin.post(`inbox/${await kept('/sms/africastalking/demo/delivery', event)}/replay`);
    expect(again.json).toMatchObject({ became: [{ kind: 'delivery-event', record: { id: there['id'], seen: 2 } }] });
    const sessionId = freshId();
    const report = {
      sessionId,
      serviceCode: '*384#',
      phoneNumber: freshMsisdn(),
      status: 'Success',
      date: '2026-03-04 10:30:00',
    };
    const { json } = await admin.post(`inbox/${await kept('/ussd/africastalking/demo/events', report)}/replay`);
    expect(json).toMatchObject({ became: [{ kind: 'session-report', record: { sessionId, status: 'completed' } }] });
    const notice = await admin.post(`inbox/${await kept('/events/africastalking/demo/bonus', { a: '1' })}/replay`);
    expect(notice.json).toMatchObject({ became: [{ kind: 'notice', record: { topic: 'bonus' } }] });
  });

  it('replays neither turns, nor what still cannot be read, nor what nobody serves, and keeps no second record of it', async () => {
    const turn = { sessionId: freshId(), phoneNumber: freshMsisdn(), serviceCode: '*384#', text: '' };
    const unread = await kept('/sms/africastalking/demo', { text: 'nobody sent this' });
    const before = (await admin.items('inbox?limit=500')).length;
    const { status, json } = await admin.post(`inbox/${unread}/replay`);
    expect([status, json['detail']]).toEqual([422, expect.stringContaining('missing')]);
    expect(await admin.items('inbox?limit=500')).toHaveLength(before);
    expect(await admin.items('inbox?state=failed')).toContainEqual(expect.objectContaining({ id: unread }));
    for (const [path, account] of [
      ['/ussd/africastalking/demo', 'demo'],
      ['/voice/africastalking/demo', 'demo'],
      ['/sms/africastalking/gone', 'gone'],
      ['/nowhere', 'demo'],
    ] as const) {
      expect((await admin.post(`inbox/${await kept(path, turn, account)}/replay`)).status).toBe(409);
    }
    expect((await admin.post(`inbox/${uuidv7()}/replay`)).status).toBe(404);
  });
});

describe('the outbox', () => {
  it('lists what was given up, and sends it again', async () => {
    admin.network.behave({ failure: '401' });
    const to = freshMsisdn();
    const { json } = await admin.post('messages', { account: 'africastalking/demo', to, text: 'Hello' });
    const [{ id }] = json['messages'] as [Item];
    const message = async (): Promise<Item> => (await admin.get(`messages/${String(id)}`)).json;
    await until(async () => (await message())['status'] === 'failed', 20_000);
    expect(await message()).toMatchObject({ failureReason: 'not-configured', finalAt: expect.any(String) });
    const order = await admin.first('outbox?state=dead&kind=message');
    expect(order).toMatchObject({ state: 'dead', lastError: 'credentials-refused', nextAt: null, account: 'demo' });
    admin.network.behave({ failure: undefined });
    const redriven = await admin.post(`outbox/${String(order['id'])}/redrive`);
    expect([redriven.status, redriven.json]).toEqual([202, expect.objectContaining({ id: order['id'] })]);
    await until(async () => (await message())['status'] === 'delivered', 20_000);
    expect((await admin.post(`outbox/${String(order['id'])}/redrive`)).status).toBe(409);
    expect((await admin.post(`outbox/${uuidv7()}/redrive`)).status).toBe(404);
    expect(await admin.first('audit?action=outbox.redriven')).toMatchObject({ subject: order['id'] });
  });
});
