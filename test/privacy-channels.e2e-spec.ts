import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { FakeProvider } from '@app/fake-provider';
import { RudeServer } from '@app/testing';
import { ask } from './support/admin.js';
import { deliveryReport, form, incoming, post, sendingAccount, shortCode } from './support/africastalking.js';
import { expectNone } from './support/canaries.js';
import { Cleanup } from './support/cleanup.js';
import { freshId } from './support/gateways.js';
import { send, until } from './support/send.js';
import { ServerProcess } from './support/server-process.js';
import { startServices, type Services } from './support/services.js';
import { SmsPhone } from './support/sms-phone.js';
import { VoiceCall } from './support/voice-call.js';
import { WorkspaceFolder } from './support/workspace-folder.js';

// Pressed in a call, and nobody's business but the action's.
const pins = { pressed: '73915482', wrong: '60482917' };
// Written in a message, which is kept as the person wrote it, and nowhere else.
const written = { text: '58203916' };
const secrets = {
  apiKey: 'canary-api-key-5f1e',
  rudeKey: 'canary-rude-key-77b0',
  bearer: 'canary-bearer-0123456789',
  forwardSecret: 'canary-forward-secret-4c1d',
  forwardHeader: 'canary-forward-header-9a3b',
  forwardQuery: 'canary-forward-query-61ee',
  webhookKey: 'canary-webhook-key-2d2d',
  adminKey: 'canary-admin-key-0123456789',
  madeKey: 'canary-idempotency-key-77',
};
// Of numbers what every form of them ends with.
const personal = {
  caller: '733918273',
  friend: '733604815',
  operator: '733550917',
  text: 'canary text of a person',
  sent: 'canary text of an operator',
  recording: 'canary-recording-3e3e',
  campaign: 'canary-campaign-8b8b',
  note: 'canary note of a reviewer',
};
const e164 = (significant: string): string => `+254${significant}`;

const dialog = `
dialog: private
start: pin
steps:
  pin: { ask: Your PIN, type: pin, minLength: 8, maxLength: 8, save: pin, go: check }
  check:
    call: account.check
    with: { pin: "{{ pin }}" }
    go: { ok: tell, error: pin, timeout: sorry }
  tell: { sms: "It is done, {{ caller.msisdn }}", go: note }
  note: { ask: Anything else?, save: note, go: end }
  end: { end: Bye }
  sorry: { end: Sorry }
`;

// Fails in the way in which careless code fails: with everything in the message.
const action = `export default { name: 'account.check', outcomes: ['ok'], run({ input, caller }) {
  if (String(input.pin) === ${JSON.stringify(pins.wrong)}) {
    throw Object.assign(new Error('no account for ' + JSON.stringify({ input, caller })), { input, caller });
  }
  return { outcome: 'ok' };
} };
`;

const cleanup = new Cleanup();
let services: Services;
let network: FakeProvider;
let server: ServerProcess;
let beforeErasure = '';
const url = (): string => server.url;

beforeAll(async () => {
  services = await startServices(cleanup, { appendOnly: true });
  network = await FakeProvider.start({ behaviour: { reportGapMs: 5 } });
  cleanup.add(() => network.stop());
  // Says all that it was told, as careless providers do.
  let refusals = 0;
  const statuses = [401, 400, 500];
  const rude = await RudeServer.start((response, { headers, url: asked }, body) => {
    const status = asked?.startsWith('/refused') === true ? 500 : statuses[refusals++ % statuses.length];
    response.writeHead(status ?? 500, { 'content-type': 'text/html' });
    response.end(`<p>${asked ?? ''} ${JSON.stringify(headers)} ${body} ${decodeURIComponent(body)}</p>`);
  });
  cleanup.add(() => rude.stop());
  const sms = { [shortCode]: { default: 'private' } };
  const account = (name: string, api: string, apiKey: string): object =>
    sendingAccount(
      name,
      { api },
      { sms, voice: { default: 'private' }, ussd: { default: 'private' }, credentials: { username: 'shop', apiKey } },
    );
  const forward = (id: string, to: string): object => ({
    ...{ id, on: ['call-report', 'delivery-event', 'session-end'], url: `${to}?token=${secrets.forwardQuery}` },
    ...{ secret: secrets.forwardSecret, headers: { authorization: secrets.forwardHeader }, allowPersonal: true },
  });
  const workspace = await WorkspaceFolder.make(cleanup, {
    dialogs: { private: dialog },
    actions: { 'check.mjs': action },
    accounts: [
      account('demo', network.url, secrets.apiKey),
      account('rude', rude.url, secrets.rudeKey),
      {
        ...{ provider: 'mobtexting', account: 'demo', secrets: [secrets.bearer], country: 'KE' },
        ...{ timezone: 'Africa/Nairobi', callReports: { fields: {} } },
      },
      {
        ...{ provider: 'generic', account: 'pbx', webhookKeys: [secrets.webhookKey], country: 'KE' },
        callReports: { fields: { externalId: 'id', from: 'from', to: 'to', status: 'status', campaignId: 'campaign' } },
      },
    ],
    more: {
      http: { allowPrivate: ['127.0.0.1'] },
      forwards: [forward('refused', `${rude.url}/refused`), forward('nobody', 'http://127.0.0.1:1/nobody')],
    },
  });
  server = await ServerProcess.start(cleanup, workspace, {
    ...services.settings,
    LOG_LEVEL: 'trace',
    ONGEA_ADMIN_KEY: secrets.adminKey,
    ONGEA_SECRET: 'a secret of this test alone, long enough',
  });
  network.reportTo(server.url);
  await messages();
  await calls();
  await callReports();
  await operators();
  await withoutPostgres();
  await erased(e164(personal.friend));
}, 120_000);
afterAll(() => cleanup.run(), 30_000);

async function messages(): Promise<void> {
  const phone = new SmsPhone({ url, network, msisdn: e164(personal.caller) });
  await phone.say('hello');
  await phone.say(pins.wrong);
  await phone.say('12');
  await phone.say(written.text);
  await phone.say(personal.text);
  await phone.write('STOP');
  const from = e164(personal.friend);
  for (const text of ['hello', written.text, personal.text, 'STOP', 'START']) {
    await post(url(), '/sms/africastalking/rude', incoming({ from, text }));
  }
  const path = '/sms/africastalking/demo';
  await post(url(), path, { from, text: personal.text });
  await post(url(), path, incoming({ from: personal.text, to: from, text: written.text }));
  await post(url(), `${path}/delivery`, deliveryReport(`ATXid-${from}`, 'Failed', { phoneNumber: from }));
  await post(url(), `${path}/delivery`, { phoneNumber: from, note: personal.text });
  await post(url(), `${path}/opt-out`, { phoneNumber: from, senderId: shortCode });
  await post(url(), `${path}/opt-out`, { senderId: from, note: personal.text });
  await post(url(), `${path}/subscriptions`, { phoneNumber: from, updateType: 'addition', keyword: personal.text });
  await post(url(), '/events/africastalking/demo/airtime', { phoneNumber: from, note: personal.text });
  for (const body of [`{"from":"${from}","text":"${written.text}"`, `from=%${from}&text=%ZZ${personal.text}`]) {
    for (const to of [path, `${path}/delivery`, `${path}/${personal.friend}`]) {
      await send(url(), to, { headers: { 'content-type': 'application/json' }, body });
    }
  }
}

async function calls(): Promise<void> {
  for (const account of ['demo', 'rude']) {
    const call = new VoiceCall(url, account, '+254711082000', e164(personal.caller));
    await call.dial();
    await call.press(pins.wrong);
    await call.press('12');
    await call.press(pins.pressed);
    await call.repeat();
    await call.speak(`https://recordings.example/${personal.recording}`);
    await call.hangUp();
    const path = `/voice/africastalking/${account}`;
    await call.post(path, { sessionId: '', dtmfDigits: pins.pressed });
    await call.post(`${path}?turn=${pins.pressed}`, { sessionId: freshId(), dtmfDigits: pins.pressed });
    await call.post(`${path}/events`, { dtmfDigits: pins.pressed, callSessionState: 'Ringing' });
    const body = `{"sessionId":"${call.sessionId}","dtmfDigits":"${pins.pressed}","callerNumber":"${call.msisdn}"`;
    await send(url(), path, { headers: { 'content-type': 'application/json' }, body });
  }
}

async function callReports(): Promise<void> {
  const [from, to] = [e164(personal.caller), `0${personal.friend}`];
  const report = { id: freshId(`call-${from}-`), from, to, status: 'answered', campaign: personal.campaign };
  const pbx = (key: string, fields: Readonly<Record<string, string>>) =>
    post(url(), `/call-reports/generic/pbx?key=${key}`, fields);
  await pbx(secrets.webhookKey, report);
  await pbx(secrets.webhookKey, { ...report, status: `odd ${from}`, unknown: personal.text });
  await pbx(secrets.webhookKey, { unknown: personal.text });
  await pbx(secrets.madeKey, report);
  const fixed = { mid: personal.campaign, to, from, start_at: '2026-03-04 15:02:10', status: 'ANSWER', duration: '9' };
  for (const token of [secrets.bearer, secrets.madeKey]) {
    const headers = { authorization: `Bearer ${token}` };
    const asked = form({ source: 'OBD', ...fixed, recording_url: `https://x/${personal.recording}` });
    await send(url(), '/call-reports/mobtexting/demo', { ...asked, headers: { ...asked.headers, ...headers } });
    const body = `{"to": ${to}, "from": "${from}", "status": `;
    const json = { ...headers, 'content-type': 'application/json' };
    await send(url(), '/call-reports/mobtexting/demo', { headers: json, body });
  }
}

async function operators(): Promise<void> {
  const key = secrets.adminKey;
  const headers = { 'idempotency-key': secrets.madeKey };
  const say = (method: string, what: string, body?: unknown) =>
    ask(url(), method, `/admin/v1/${what}`, { key, headers, ...(body === undefined ? {} : { body }) });
  const [to, from] = [e164(personal.operator), `0${personal.caller}`];
  for (const account of ['africastalking/demo', 'africastalking/rude']) {
    await say('POST', 'messages', { account, to: [to, e164(personal.caller)], text: personal.sent, from: shortCode });
    await ask(url(), 'POST', '/admin/v1/messages', { key, body: { account, to, text: personal.sent, from } });
    await ask(url(), 'POST', '/admin/v1/calls', { key, body: { account, from, to, dialog: 'private' } });
    await ask(url(), 'POST', '/admin/v1/opt-outs', { key, body: { account, msisdn: to, reason: personal.note } });
    await ask(url(), 'POST', '/admin/v1/messages', { key, body: { account, to: [to, personal.text], text: 7 } });
    await ask(url(), 'POST', '/admin/v1/messages', {
      key: secrets.madeKey,
      body: { account, to, text: personal.sent },
    });
  }
  for (const list of ['messages', 'call-reports', 'sessions', 'session-reports', 'opt-outs', 'delivery-events']) {
    for (const filter of [
      `number=${from}`,
      `from=${from}`,
      `caller=${from}`,
      `msisdn=${from}`,
      `q=${encodeURIComponent(personal.text)}`,
    ]) {
      await say('GET', `${list}?${filter}`);
    }
  }
  await say('GET', `messages/${to}`);
  await say('PATCH', `call-reports/${to}/review`, { note: personal.note });
  await send(url(), '/admin/v1/messages', {
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: `{"to":"${to}","text":"${personal.sent}",`,
  });
}

/** The same while nothing can be written, and what the spool brings afterwards. */
async function withoutPostgres(): Promise<void> {
  await services.postgres.stop();
  const from = e164(personal.caller);
  await post(url(), '/sms/africastalking/demo', incoming({ from, text: personal.text }));
  await post(url(), '/sms/africastalking/demo/delivery', deliveryReport(freshId('ATX'), 'Success'));
  await calls();
  await callReports();
  await operators();
  await services.postgres.restart();
  await until(async () => (await send(url(), '/health/ready?strict', { method: 'GET' })).status === 200, 30_000);
  beforeErasure = await metrics();
}

async function metrics(): Promise<string> {
  const headers = { authorization: `Bearer ${secrets.adminKey}` };
  return (await send(url(), '/metrics', { method: 'GET', headers })).body;
}

async function erased(msisdn: string): Promise<void> {
  const key = secrets.adminKey;
  const { json } = await ask(url(), 'POST', '/admin/v1/erasures', { key, body: { msisdn } });
  const state = async () =>
    (await ask(url(), 'GET', `/admin/v1/erasures/${String(json['id'])}`, { key })).json['state'];
  await until(async () => (await state()) === 'done', 40_000, 'the end of the erasure');
}

describe('canaries in messages, calls, reports, forwards and what operators ask for (#56)', () => {
  it('are in no line of the log, nor in an error', () => {
    const told = JSON.stringify(server.logLines);
    for (const line of ['credentials-refused', '"kind":"call"', '"kind":"forward"', 'rows go to the spool']) {
      expect(told).toContain(line);
    }
    expectNone('log', server.output, { ...pins, ...written, ...secrets, ...personal });
  });

  it('are in no metric', async () => {
    expect(beforeErasure).toMatch(/ongea_turns_total\{channel="voice",provider="africastalking",outcome="\w+"\} \d/);
    expectNone('metrics', `${beforeErasure}${await metrics()}`, { ...pins, ...written, ...secrets, ...personal });
  });

  it('leave no PIN and no secret in Redis', async () => {
    const keys = (await services.redis.command('KEYS', '*')) as string[];
    const values = await Promise.all(keys.map((key) => services.redis.command('GET', key).catch(() => '')));
    expectNone('Redis', JSON.stringify([keys, values]), { ...pins, ...written, ...secrets });
  });

  it('leave no secret in any table, and a PIN only in the message that it was written in', async () => {
    const tables = await services.query(
      "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace IN ('public'::regnamespace, 'graphile_worker'::regnamespace)",
    );
    for (const { relname } of tables) {
      const table = String(relname);
      const schema = table.startsWith('_private') || table === 'migrations' ? 'graphile_worker' : 'public';
      const exists = await services.query(`SELECT to_regclass('${schema}."${table}"') AS found`);
      if (exists[0]?.['found'] === null) continue;
      const rows = await services.query(`SELECT t::text AS row FROM ${schema}."${table}" AS t`);
      const isInbound = /^(?:messages|inbox)/.test(table);
      // An address is kept whole with each of its orders; what is secret belongs into a header.
      const { forwardQuery, ...others } = secrets;
      const kept = table === 'outbox' ? others : { ...others, forwardQuery };
      expectNone(table, JSON.stringify(rows), { ...kept, ...(isInbound ? {} : { ...pins, ...written }) });
    }
  });

  it('leave no PIN of a call and no secret in the data folder', async () => {
    const entries = await readdir(server.dataDir, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    const texts = await Promise.all(files.map((file) => readFile(path.join(file.parentPath, file.name), 'latin1')));
    expectNone('data folder', texts.join('\n'), { pressed: pins.pressed, ...secrets });
  });
});
