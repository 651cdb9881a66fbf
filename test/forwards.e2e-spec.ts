import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { shownRecord } from '@app/admin';
import { forwardVariables, personalVariables } from '@app/forwards';
import { forwardEvents } from '@app/reporting';
import type { RunningServer } from '../apps/server/src/server.js';
import { ask, environmentKey, makeKey } from './support/admin.js';
import { deliveryReport, post } from './support/africastalking.js';
import { Cleanup } from './support/cleanup.js';
import { freshId } from './support/gateways.js';
import { send, until } from './support/send.js';
import { startInProcess } from './support/server-in-process.js';
import { startServices, type Services } from './support/services.js';
import { startWebhookReceiver, type Received, type WebhookReceiver } from './support/webhook-receiver.js';
import { WorkspaceFolder } from './support/workspace-folder.js';

const whsec = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const plainSecret = 'a plain text that signs as well, ümlaut and all';
const caller = '+254711082201';

const cleanup = new Cleanup();
let services: Services;
let receiver: WebhookReceiver;
let server: RunningServer;

function forwardsTo(url: string): object[] {
  return [
    { id: 'whole', on: ['call-report', 'delivery-event', 'session-end'], url: `${url}/whole`, secret: whsec },
    {
      ...{ id: 'query', on: ['call-report'], when: 'status == "busy"', method: 'GET', secret: plainSecret },
      url: `${url}/query/{{ campaignId }}?source=ongea#x`,
      fields: { id: '{{ id }}', from: '{{ from }}', seconds: '{{ durationSeconds }}', note: 'x & {{ campaignId }}' },
    },
    {
      ...{ id: 'form', on: ['call-report'], when: 'status == "no-answer"', method: 'PUT', body: 'form' },
      ...{ url: `${url}/form`, allowPersonal: true, secret: whsec },
      headers: { authorization: 'Bearer of-the-form', 'x-campaign': 'of {{ campaignId }}' },
      fields: { from: '{{ from }}', external: '{{ externalId }}', nothing: '{{ cost }}' },
    },
    {
      ...{ id: 'json', on: ['call-report'], when: 'durationSeconds > 100', url: `${url}/json`, secret: whsec },
      fields: {
        who: '{{ from }}',
        seconds: '{{ durationSeconds }}',
        campaign: '{{ campaignId }}',
        what: '{{ event }}!',
      },
    },
    { id: 'failing', on: ['call-report'], when: 'campaignId == "fail"', url: `${url}/failing`, secret: whsec },
    { id: 'gone', on: ['call-report'], when: 'campaignId == "gone"', url: `${url}/gone`, secret: whsec },
    { id: 'inside', on: ['call-report'], when: 'campaignId == "inside"', url: 'http://10.0.0.1/', secret: whsec },
  ];
}

const accounts = [
  {
    ...{ provider: 'generic', account: 'pbx', open: true, country: 'KE' },
    callReports: {
      fields: { externalId: 'id', from: 'from', status: 'status', durationSeconds: 'seconds', campaignId: 'campaign' },
    },
  },
  {
    provider: 'africastalking',
    account: 'demo',
    open: true,
    country: 'KE',
    ussd: { default: 'shamba' },
    sms: { default: 'shamba' },
  },
];

beforeAll(async () => {
  services = await startServices(cleanup);
  receiver = await startWebhookReceiver(cleanup);
  const more = { http: { allowPrivate: ['127.0.0.1'] }, forwards: forwardsTo(receiver.url) };
  const workspace = await WorkspaceFolder.make(cleanup, { demo: true, accounts, more });
  server = await startInProcess(cleanup, workspace, { ...services.settings, ONGEA_ADMIN_KEY: environmentKey });
  await server.parts.postgres.whenUp();
}, 60_000);
afterAll(() => cleanup.run(), 30_000);

/** Posts a report of a call; resolves to its id in our records. */
async function report(fields: Record<string, unknown>): Promise<string> {
  const id = freshId('call');
  const body = JSON.stringify({ id, from: caller, status: 'answered', seconds: 21, ...fields });
  const headers = { 'content-type': 'application/json' };
  const answer = await send(server.url, '/call-reports/generic/pbx', { headers, body });
  expect(answer.status).toBe(200);
  const external = fields['id'] ?? id;
  const rows = await services.query('SELECT id FROM call_reports WHERE external_id = $1', [external]);
  return String(rows[0]?.['id']);
}

async function arrived(path: string, holds: (received: Received) => boolean, limitMs = 10_000): Promise<Received> {
  await until(() => receiver.to(path).some(holds), limitMs, `a request to ${path}`);
  return receiver.to(path).find(holds)!;
}

const verified = ({ body, headers }: Received, webhook = new Webhook(whsec)) =>
  webhook.verify(body, headers as Record<string, string>, { jsonParse: false });
const about = (id: string) => (received: Received) => received.body.includes(id) || received.url.includes(id);

interface Shown {
  readonly id: string;
  readonly enabled: boolean;
  readonly [field: string]: unknown;
}

async function forward(id: string): Promise<Shown> {
  const { json } = await ask(server.url, 'GET', '/admin/v1/forwards');
  return (json['items'] as Shown[]).find((each) => each.id === id)!;
}

async function attempts(id: string): Promise<Record<string, unknown>[]> {
  return (await ask(server.url, 'GET', `/admin/v1/forwards/${id}/attempts`)).json['items'] as Record<string, unknown>[];
}

describe('a new record', () => {
  it('is sent on whole, signed, and masked as for a key without pii:read', async () => {
    const id = await report({});
    const received = await arrived('/whole', about(id));
    expect(received.method).toBe('POST');
    expect(received.headers['content-type']).toBe('application/json');
    expect(() => verified(received)).not.toThrow();
    expect(() => verified({ ...received, body: `${received.body} ` })).toThrow();
    const record = JSON.parse(received.body) as Record<string, unknown>;
    expect(record).toMatchObject({
      event: 'call-report',
      id,
      from: '+2547…201',
      status: 'answered',
      durationSeconds: 21,
    });
    expect(Object.keys(record)).toEqual(
      forwardVariables['call-report'].filter((name) => !personalVariables.includes(name)),
    );
    const { key } = await makeKey(server.url, ['reports:read']);
    const { items } = (await ask(server.url, 'GET', '/admin/v1/call-reports', { key })).json;
    expect({ event: 'call-report', ...(items as object[])[0] }).toEqual(record);
  });

  it('may be a delivery event or the report of a session that ended', async () => {
    const messageId = freshId('ATXid');
    await post(server.url, '/sms/africastalking/demo/delivery', deliveryReport(messageId, 'Success'));
    const delivery = await arrived('/whole', ({ body }) => body.includes('"delivery-event"'));
    verified(delivery);
    expect(JSON.parse(delivery.body)).toMatchObject({ event: 'delivery-event', account: 'demo', status: 'delivered' });
    expect(delivery.body).not.toContain(messageId);

    const sessionId = freshId('ATUid');
    await post(server.url, '/ussd/africastalking/demo/events', {
      ...{ sessionId, serviceCode: '*384*4417#', networkCode: '63902', phoneNumber: caller, status: 'Success' },
      ...{
        cost: 'KES 0.08',
        durationInMillis: '2000',
        hopsCount: '2',
        input: '1',
        lastAppResponse: 'END bye',
        errorMessage: '',
      },
    });
    const ended = await arrived('/whole', about(sessionId));
    verified(ended);
    expect(JSON.parse(ended.body)).toMatchObject({ event: 'session-end', caller: '+2547…201', sessionId });
  });

  it('is sent once however often it is reported, and again where another report of the call is merged into it', async () => {
    const external = freshId('call');
    const id = await report({ id: external, seconds: 30 });
    await arrived('/whole', about(id));
    await report({ id: external, seconds: 30 });
    await report({ id: external, seconds: 31 });
    await arrived('/whole', (received) => about(id)(received) && received.body.includes('"durationSeconds":31'));
    await report({});
    expect(receiver.to('/whole').filter(about(id))).toHaveLength(2);
  });

  it('goes to the forwards whose condition it meets', async () => {
    const id = await report({ seconds: 101 });
    await arrived('/json', about('call-report!'));
    await arrived('/whole', about(id));
    expect(receiver.to('/json')).toHaveLength(1);
  });
});

describe('fields', () => {
  it('go into JSON with their types', async () => {
    await report({ seconds: 150, campaign: '0031' });
    const received = await arrived('/json', ({ body }) => body.includes('150'));
    expect(JSON.parse(received.body)).toEqual({
      who: '+2547…201',
      seconds: 150,
      campaign: '0031',
      what: 'call-report!',
    });
  });

  it('go into the query of a GET, and nothing of a record gets out of its place', async () => {
    const campaign = '../admin?a=1&source=evil#/%2e%2e\nx: y';
    const id = await report({ status: 'busy', campaign });
    const { url, headers, method, body } = await arrived(`/query/${encodeURIComponent(campaign)}`, about(id));
    expect([method, body]).toEqual(['GET', '']);
    const { searchParams } = new URL(url, receiver.url);
    expect([...searchParams]).toEqual([
      ['source', 'ongea'],
      ['id', id],
      ['from', '+2547…201'],
      ['seconds', '21'],
      ['note', `x & ${campaign}`],
    ]);
    const webhook = new Webhook(new TextEncoder().encode(plainSecret), { format: 'raw' });
    expect(() => webhook.verify('', headers as Record<string, string>)).not.toThrow();
  });

  it('go into a form, with personal data where the forward may have them', async () => {
    const external = freshId('call');
    await report({ id: external, status: 'no-answer', campaign: 'a\nx-evil: 1\nü' });
    const { method, headers, body, ...rest } = await arrived('/form', about(external));
    expect(method).toBe('PUT');
    expect([...new URLSearchParams(body)]).toEqual([
      ['from', caller],
      ['external', external],
      ['nothing', ''],
    ]);
    expect(headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(headers).toMatchObject({ authorization: 'Bearer of-the-form', 'x-campaign': 'of a x-evil: 1 %C3%BC' });
    expect(headers['x-evil']).toBeUndefined();
    expect(() => verified({ method, headers, body, ...rest })).not.toThrow();
  });
});

describe('a forward that fails', () => {
  it('is tried again under the same id until it is accepted', async () => {
    receiver.answer('/failing', 500);
    const id = await report({ campaign: 'fail' });
    await until(() => receiver.to('/failing').length === 2, 20_000, 'the second attempt');
    const [first, second] = receiver.to('/failing');
    expect(second!.headers['webhook-id']).toBe(first!.headers['webhook-id']);
    verified(second!);
    await until(async () => (await attempts('failing')).length === 2);
    expect(await attempts('failing')).toMatchObject([
      { recordId: id, attempt: 2, state: 'sent', httpStatus: 204, error: null },
      { recordId: id, attempt: 1, state: 'retry', httpStatus: 500, error: 'receiver-refused' },
    ]);
    expect(await forward('failing')).toMatchObject({ enabled: true, failingSince: null, waiting: 0, dead: 0 });
  }, 30_000);

  it('is disabled by a receiver that is gone; what is dead is sent after all when it is enabled and redriven', async () => {
    receiver.answer('/gone', 410);
    const id = await report({ campaign: 'gone' });
    await until(async () => !(await forward('gone')).enabled);
    expect(await forward('gone')).toMatchObject({ reason: 'receiver-gone', dead: 1 });
    const missed = await report({ campaign: 'gone' });
    await arrived('/whole', about(missed));

    const enabled = await ask(server.url, 'POST', '/admin/v1/forwards/gone/enable');
    expect([enabled.status, enabled.json]).toMatchObject([
      202,
      { id: 'gone', enabled: true, reason: null, failingSince: null },
    ]);
    const redriven = await ask(server.url, 'POST', '/admin/v1/forwards/gone/redrive');
    expect([redriven.status, redriven.json]).toEqual([202, { redriven: 1 }]);
    await until(() => receiver.to('/gone').length === 2);
    expect(receiver.to('/gone').every(about(id))).toBe(true);
    await until(async () => (await forward('gone')).dead === 0);
    const { items } = (await ask(server.url, 'GET', '/admin/v1/audit')).json;
    expect((items as Shown[]).filter(({ action }) => String(action).startsWith('forward.'))).toMatchObject([
      { action: 'forward.redriven', subject: 'gone' },
      { action: 'forward.enabled', subject: 'gone' },
      { action: 'forward.disabled', subject: 'gone', actor: 'worker', details: { reason: 'receiver-gone' } },
    ]);
    expect((await server.parts.postgres.auditLog.verify()).brokenAt).toBeUndefined();
  });

  it('into a private network is given up at once, with a clear error (#48)', async () => {
    const id = await report({ campaign: 'inside' });
    await until(async () => (await attempts('inside')).length === 1);
    expect(await attempts('inside')).toMatchObject([
      { recordId: id, attempt: 1, state: 'dead', httpStatus: null, error: 'address-refused' },
    ]);
  });

  it('that is disabled by an operator gets nothing', async () => {
    const disabled = await ask(server.url, 'POST', '/admin/v1/forwards/json/disable');
    expect([disabled.status, disabled.json]).toMatchObject([202, { enabled: false, reason: 'by-operator' }]);
    const id = await report({ seconds: 777 });
    await arrived('/whole', about(id));
    await until(async () => (await services.query(`SELECT FROM graphile_worker.jobs`)).length === 0);
    expect(receiver.to('/json').some(({ body }) => body.includes('777'))).toBe(false);
    await ask(server.url, 'POST', '/admin/v1/forwards/json/enable');
  });
});

describe('the list of forwards', () => {
  it('shows no secret', async () => {
    const { body } = await ask(server.url, 'GET', '/admin/v1/forwards');
    expect(body).not.toContain(whsec);
    expect(body).not.toContain(plainSecret);
    expect(body).not.toContain('of-the-form');
    expect(await forward('form')).toMatchObject({
      signed: true,
      headers: ['authorization', 'x-campaign'],
      url: receiver.url,
    });
  });

  it('knows only those of the configuration', async () => {
    expect((await ask(server.url, 'POST', '/admin/v1/forwards/nobody/enable')).status).toBe(404);
    expect((await ask(server.url, 'GET', '/admin/v1/forwards/nobody/attempts')).status).toBe(404);
  });

  it.each(forwardEvents)('names every field of %s that templates can use', async (event) => {
    const rows = await services.query(
      `SELECT id FROM ${{ 'call-report': 'call_reports', 'delivery-event': 'delivery_events', 'session-end': 'session_reports' }[event]}`,
    );
    const found = await server.parts.postgres.forwardedRecords.find(event, String(rows[0]?.['id']));
    expect(['event', ...Object.keys(shownRecord(found!, true))].sort()).toEqual([...forwardVariables[event]].sort());
  });
});
