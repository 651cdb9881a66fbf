import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expectNone } from './support/canaries.js';
import { Cleanup } from './support/cleanup.js';
import { encoded, freshId, HaptikPerson, HistoryPhone, KairosPhone, signed } from './support/gateways.js';
import { send } from './support/send.js';
import { ServerProcess } from './support/server-process.js';
import { startServices, type Services } from './support/services.js';
import { WorkspaceFolder } from './support/workspace-folder.js';

// What nobody may find again anywhere but where it was asked for.
const pin = '73915482';
const wrongPin = '60482917';
const secrets = {
  webhookKey: 'canary-webhook-key-5f1e',
  wrongKey: 'canary-wrong-key-77b0',
  haptikSecret: 'canary-haptik-secret-c0de',
  ongeaSecret: 'canary-ongea-secret-0123456789',
  adminKey: 'canary-admin-key-0123456789',
};
// What belongs to a person and is none of a log's business.
const personal = {
  msisdn: '254733918273',
  ghanaian: '233209182736',
  session: 'canary-session-4d2a',
  user: 'canary-user-91ce',
  name: 'Canary Achieng',
  text: 'canary text of a person',
  crop: 'canary crop',
  header: 'canary-header-value',
  field: 'canary_unknown_field',
};

const dialog = `
dialog: private
start: name
steps:
  name: { ask: "Your name, {{ caller.name }}?", save: name, go: pin }
  pin: { ask: Your PIN, type: pin, minLength: 8, maxLength: 8, save: pin, go: check }
  check:
    call: account.check
    with: { pin: "{{ pin }}", name: "{{ name }}" }
    go: { ok: done, error: pin, timeout: sorry }
  done: { ask: "Thank you {{ name }}", save: last, go: end }
  end: { end: Bye }
  sorry: { end: Sorry }
`;

// Fails in the way in which careless code fails: with everything in the message.
const action = `export default { name: 'account.check', outcomes: ['ok'], run({ input, caller }) {
  if (input.pin === ${JSON.stringify(wrongPin)} || input.pin === ${wrongPin}) {
    throw Object.assign(new Error('no account for ' + JSON.stringify({ input, caller })), { input, caller });
  }
  return { outcome: 'ok' };
} };
`;

const cleanup = new Cleanup();
let services: Services;
let workspace: WorkspaceFolder;
let server: ServerProcess;
const url = (): string => server.url;

beforeAll(async () => {
  services = await startServices(cleanup, { appendOnly: true });
  const common = { country: 'KE', ussd: { default: 'private' }, webhookKeys: [secrets.webhookKey] };
  workspace = await WorkspaceFolder.make(cleanup, {
    dialogs: { private: dialog },
    actions: { 'check.mjs': action },
    accounts: [
      { provider: 'africastalking', account: 'demo', ...common },
      { provider: 'cradlebots', account: 'demo', ...common, webhookKeys: undefined, open: true },
      { provider: 'kairos', account: 'demo', ...common, webhookKeys: undefined, open: true },
      { provider: 'haptik', account: 'demo', secrets: [secrets.haptikSecret], bot: { default: 'private' } },
    ],
  });
  server = await ServerProcess.start(cleanup, workspace, {
    ...services.settings,
    LOG_LEVEL: 'trace',
    ONGEA_SECRET: secrets.ongeaSecret,
    ONGEA_ADMIN_KEY: secrets.adminKey,
  });
  await converse();
}, 90_000);
afterAll(() => cleanup.run(), 30_000);

/** Every way in which a canary can come to us, well and badly. */
async function converse(): Promise<void> {
  const { webhookKey: key, haptikSecret } = secrets;
  const at = new HistoryPhone('africastalking', {
    url,
    key,
    msisdn: `+${personal.msisdn}`,
    sessionId: personal.session,
  });
  const people = [
    at,
    new HistoryPhone('cradlebots', { url, msisdn: personal.msisdn, sessionId: personal.session, json: true }),
    new KairosPhone({ url, msisdn: personal.ghanaian, sessionId: personal.session }),
    new HaptikPerson({ url, secret: haptikSecret, sessionId: personal.user }),
  ];
  for (const person of people) {
    await person.dial();
    await person.answer(personal.name);
    await person.answer(wrongPin);
    await person.answer('12');
    await person.answer(pin);
    await person.repeat();
  }
  await services.redis.command('FLUSHALL');
  for (const person of people) await person.answer(personal.text);
  // Sessions that stay open, so that there is something in Redis to look at.
  for (const person of [
    new HistoryPhone('cradlebots', { url, msisdn: personal.msisdn, sessionId: freshId() }),
    new KairosPhone({ url, msisdn: personal.ghanaian, sessionId: freshId() }),
  ]) {
    await person.dial();
    await person.answer('Jane');
    await person.answer(pin);
  }
  await reports(key);
  await oddRequests(key);
}

async function reports(key: string): Promise<void> {
  const to = `/ussd/africastalking/demo/events?key=${key}`;
  const typed = `${personal.name}*${wrongPin}*12*${pin}`;
  const report = {
    status: 'Incomplete',
    phoneNumber: `+${personal.msisdn}`,
    input: typed,
    lastAppResponse: 'CON Your PIN',
  };
  for (const sessionId of [personal.session, 'nobody-knows-this-one']) {
    await send(url(), to, encoded({ ...report, sessionId }));
    await send(url(), to, encoded({ ...report, sessionId: `${sessionId}-j`, [personal.field]: personal.text }, true));
  }
  for (const broken of [`{"sessionId":"x","input":"${typed}"`, `{"input": "${typed}", }`]) {
    await send(url(), to, { headers: { 'content-type': 'application/json' }, body: broken });
  }
  await send(url(), to, encoded({ sessionId: personal.session, input: typed }));
  await send(url(), '/ussd/kairos/demo', {
    ...encoded({ sessionId: personal.session, msisdn: personal.ghanaian, messageType: '4', ussdString: pin }, true),
  });
}

async function oddRequests(key: string): Promise<void> {
  const headers = {
    'content-type': 'application/json',
    'x-forwarded-for': personal.header,
    'user-agent': personal.header,
    cookie: `s=${personal.header}`,
    authorization: `Bearer ${secrets.wrongKey}`,
  };
  const body = JSON.stringify({ ...personal, sessionId: personal.session, phoneNumber: personal.msisdn, text: pin });
  const paths = [
    ...['/ussd/africastalking/demo', `/ussd/africastalking/${personal.user}`, `/ussd/${personal.user}/demo`],
    ...[
      `/ussd/africastalking/demo?key=${secrets.wrongKey}`,
      `/ussd/africastalking/demo?key=${key}`,
      '/bot/haptik/demo',
    ],
    ...[`/${personal.user}/${personal.msisdn}`, `/health/live?x=${personal.user}`, `/metrics?key=${key}`],
    ...[
      '/ussd/kairos/demo',
      `/ussd/kairos/demo?x=${personal.user}`,
      '/ussd/cradlebots/demo',
      '/ussd/kairos/demo/events',
    ],
  ];
  for (const to of paths) {
    for (const method of ['POST', 'GET', 'PUT']) {
      await send(url(), to, { method, headers, body });
      await send(url(), to, { method, headers, body: body.slice(0, -4) });
    }
    await send(url(), to, { headers, body: body + ' '.repeat(300_000) });
    await send(url(), to, { headers: { ...headers, 'content-type': 'text/html' }, body: `<p>${personal.text}</p>` });
  }
  const node = JSON.stringify({
    ...{ node: personal.crop, user: { user_name: personal.user, full_name: personal.name }, conversation_no: 7 },
    entities: { crop: [{ detection: 'message', original_text: personal.text, entity_value: personal.crop }] },
  });
  await send(url(), '/bot/haptik/demo', { headers: { ...headers, ...signed(node, secrets.haptikSecret) }, body: node });
  await send(url(), '/bot/haptik/demo', { headers: { ...headers, ...signed(node, secrets.wrongKey) }, body: node });
}

describe('canaries in every input (#56)', () => {
  const pins = { pin, wrongPin };

  it('are in no line of the log, nor in an error', async () => {
    // What is written shortly after the last answer belongs to it as well.
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(server.logLines.length).toBeGreaterThan(20);
    expectNone('log', server.output, { ...pins, ...secrets, ...personal });
  });

  it('are in no metric', async () => {
    const headers = { authorization: `Bearer ${secrets.adminKey}` };
    const { status, body } = await send(url(), '/metrics', { method: 'GET', headers });
    expect(status).toBe(200);
    expect(body).toMatch(/ongea_turns_total\{channel="ussd",provider="kairos",outcome="\w+"\} \d/);
    expectNone('metrics', body, { ...pins, ...secrets, ...personal });
  });

  it('leave no PIN and no secret in Redis', async () => {
    const keys = (await services.redis.command('KEYS', '*')) as string[];
    const values = await Promise.all(keys.map((key) => services.redis.command('GET', key)));
    expect(keys.length).toBeGreaterThan(2);
    expectNone('Redis', JSON.stringify([keys, values]), { ...pins, ...secrets });
  });

  it('leave no PIN and no secret in any table', async () => {
    const tables = await services.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'");
    const kept = await Promise.all(
      tables.map(async ({ tablename }) => services.query(`SELECT t::text AS row FROM "${String(tablename)}" t`)),
    );
    const text = JSON.stringify(kept.flat());
    expect(text).toContain(personal.session);
    expect(text).toContain('event-unreadable');
    expectNone('Postgres', text, { ...pins, ...secrets });
  });

  it('leave no PIN and no secret in the data folder', async () => {
    const entries = await readdir(server.dataDir, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    const texts = await Promise.all(files.map((file) => readFile(path.join(file.parentPath, file.name), 'latin1')));
    expectNone('data folder', texts.join('\n'), { ...pins, ...secrets });
  });
});
