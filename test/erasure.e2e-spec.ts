import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { FakeProvider } from '@app/fake-provider';
import type { RunningServer } from '../apps/server/src/server.js';
import { deliveryReport, finalNotice, incoming, post, sendingAccount, shortCode } from './support/africastalking.js';
import { ask, environmentKey } from './support/admin.js';
import { Cleanup } from './support/cleanup.js';
import { freshId } from './support/gateways.js';
import { send, until } from './support/send.js';
import { startInProcess } from './support/server-in-process.js';
import { startServices, type Services } from './support/services.js';
import { workedOff } from './support/worked-off.js';
import { WorkspaceFolder } from './support/workspace-folder.js';

// The national significant number: what every form of the number ends with.
const person = { e164: '+254700000201', digits: '254700000201', local: '0700000201', significant: '700000201' };
const other = { e164: '+254700000333', significant: '700000333' };
// However it is written: digits with up to two of anything else between them.
const anyForm = new RegExp(person.significant.split('').join('[^0-9A-Za-z]{0,2}'));

const chat = `
dialog: chat
start: friend
steps:
  friend: { ask: "Number of a friend, {{ caller.msisdn }}?", save: friend, go: again }
  again: { ask: "Is {{ friend }} right?", save: right, go: done }
  done: { sms: "{{ caller.msisdn }} told us of {{ friend }}", go: bye }
  bye: { end: Bye }
`;

const cleanup = new Cleanup();
let services: Services;
let workspace: WorkspaceFolder;
let network: FakeProvider;
const servers: RunningServer[] = [];
const url = (): string => servers[0]?.url ?? '';

beforeAll(async () => {
  services = await startServices(cleanup);
  network = await FakeProvider.start({ behaviour: { reportGapMs: 5 } });
  cleanup.add(() => network.stop());
  workspace = await WorkspaceFolder.make(cleanup, {
    dialogs: { chat },
    accounts: [
      sendingAccount(
        'demo',
        { api: network.url },
        {
          sms: { [shortCode]: { default: 'chat' } },
          ussd: { default: 'chat' },
          voice: { default: 'chat' },
        },
      ),
      {
        provider: 'mobtexting',
        account: 'demo',
        open: true,
        country: 'KE',
        timezone: 'Africa/Nairobi',
        callReports: { fields: {} },
      },
      { provider: 'haptik', account: 'demo', country: 'KE', bot: { default: 'chat' } },
    ],
  });
  const settings = { ...services.settings, ONGEA_ADMIN_KEY: environmentKey };
  for (let node = 0; node < 2; node++) servers.push(await startInProcess(cleanup, workspace, settings));
  for (const { parts } of servers) await parts.postgres.whenUp();
  network.reportTo(url());
}, 60_000);
afterAll(() => cleanup.run(), 30_000);

/** Every row of every table as text; bytes as the text that they are. */
async function database(): Promise<string[]> {
  const tables = await services.query(
    `SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema')`,
  );
  const rows: string[] = [];
  for (const { name } of tables) {
    const bytes = name === 'public.inbox_default' || /inbox_\d/.test(String(name)) ? `|| encode(body, 'escape')` : '';
    const found = await services.query(`SELECT t::text ${bytes} AS row FROM ${String(name)} AS t`);
    rows.push(...found.map(({ row }) => `${String(name)} ${String(row)}`));
  }
  return rows;
}

async function redis(): Promise<string[]> {
  const keys = (await services.redis.command('KEYS', '*')) as string[];
  const values = keys.map(async (key) => {
    const type = await services.redis.command('TYPE', key);
    const value = await (type === 'zset'
      ? services.redis.command('ZRANGE', key, 0, -1)
      : type === 'string'
        ? services.redis.command('GET', key)
        : Promise.resolve(''));
    return `${key} ${String(value)}`;
  });
  return Promise.all(values);
}

async function disks(): Promise<string[]> {
  const files: string[] = [];
  for (const entry of await readdir(workspace.folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.parentPath.includes('spool')) continue;
    files.push(await readFile(path.join(entry.parentPath, entry.name), 'utf8'));
  }
  return files;
}

const everything = async (): Promise<string[]> => [...(await database()), ...(await redis()), ...(await disks())];
const naming = async (pattern: RegExp): Promise<string[]> => (await everything()).filter((text) => pattern.test(text));

async function erased(msisdn: string): Promise<Record<string, unknown>> {
  const begun = await ask(url(), 'POST', '/admin/v1/erasures', { body: { msisdn } });
  expect({ status: begun.status, json: begun.json }).toMatchObject({ status: 202, json: { state: 'running' } });
  return ended(String(begun.json['id']));
}

async function ended(id: string): Promise<Record<string, unknown>> {
  const look = async () => (await ask(url(), 'GET', `/admin/v1/erasures/${id}`)).json;
  await until(async () => (await look())['state'] !== 'running', 30_000, 'the end of the erasure');
  return look();
}

async function ussd(from: string, texts: readonly string[]): Promise<void> {
  const sessionId = freshId('ATUid_');
  for (const text of texts) {
    const fields = { sessionId, phoneNumber: from, serviceCode: '*384*4417#', networkCode: '63902', text };
    expect((await post(url(), '/ussd/africastalking/demo', fields)).status).toBe(200);
  }
}

/** The person on every channel, and others who name the person, in every form. */
async function traffic(): Promise<void> {
  const { e164, digits, local } = person;
  // A finished and an open session of the person, an open one and a finished one of somebody who names the person.
  await ussd(e164, ['', 'x', 'x*yes']);
  await ussd(digits, ['']);
  await ussd(other.e164, ['', local, `${local}*yes`]);
  await ussd(other.e164, ['', '0700 000 201']);
  for (const [from, text] of [
    [e164, 'hello'],
    [local, 'my number is 0700-000-201'],
    [other.e164, 'hello'],
    [other.e164, 'call +254 700 000 201'],
  ] as const) {
    expect((await post(url(), '/sms/africastalking/demo', incoming({ from, text }))).body).toBe('GOOD');
  }
  // Not to be handled: kept byte for byte.
  await post(url(), '/sms/africastalking/demo', { from: e164, text: 'no id' });
  await send(url(), '/call-reports/mobtexting/demo', {
    headers: { 'content-type': 'application/json' },
    body: `{"to": ${digits}, "status": `,
  });
  await post(url(), '/events/africastalking/demo/anything', { phoneNumber: e164, what: 'bonus' });
  await post(
    url(),
    '/sms/africastalking/demo/delivery',
    deliveryReport(freshId('ATXid_'), 'Success', { phoneNumber: e164 }),
  );
  await post(url(), '/sms/africastalking/demo/opt-out', { phoneNumber: e164, senderId: shortCode });
  await post(url(), '/ussd/africastalking/demo/events', {
    ...{ sessionId: freshId('ATUid_'), phoneNumber: e164, serviceCode: '*384*4417#', networkCode: '63902' },
    ...{
      status: 'Success',
      cost: 'KES 1',
      durationInMillis: '900',
      hopsCount: '2',
      input: `x*${local}`,
      lastAppResponse: 'END',
    },
  });
  const voice = { sessionId: freshId('ATVId_'), isActive: '1', direction: 'Inbound', callerNumber: e164 };
  await post(url(), '/voice/africastalking/demo', { ...voice, destinationNumber: '+254711082000' });
  await post(url(), '/voice/africastalking/demo', finalNotice(voice.sessionId, { callerNumber: e164 }));
  // Merged of two, with a history; the external id holds the number.
  for (const status of ['BUSY', 'ANSWER']) {
    const report = { mid: 'camp-0007', to: digits, from: '254711082000', start_at: '2026-03-04 15:02:10', status };
    await post(url(), '/call-reports/mobtexting/demo', {
      source: 'OBD',
      ...report,
      duration: status === 'BUSY' ? '0' : '9',
    });
  }
  // Of somebody else, with the person in a field that we do not know.
  await post(url(), '/call-reports/mobtexting/demo', {
    ...{ source: 'OBD', mid: 'camp-0008', to: other.e164, from: '254711082000', start_at: '2026-03-04 15:03:10' },
    ...{ status: 'ANSWER', referred_by: local },
  });
  const { composer, postgres } = servers[0]!.parts;
  for (const [to, text] of [
    [[e164, other.e164], 'a bulk message'],
    [[e164], 'for you alone'],
    [[other.e164], `your friend ${local} says hello`],
  ] as const) {
    const order = {
      provider: 'africastalking',
      account: 'demo',
      to,
      text,
      lane: 'bulk',
      createdAt: new Date(),
    } as const;
    await postgres.outbox.put(composer.compose(order));
  }
}

describe('after an erasure (#57)', () => {
  it('the number is found nowhere, in no form, and what others left is still there', async () => {
    await traffic();
    await workedOff(services);
    await until(async () => (await naming(/turns/)).length > 0, 10_000, 'the transcripts');
    const before = await naming(anyForm);
    for (const table of [
      'messages',
      'delivery_events',
      'call_reports',
      'session_reports',
      'notices',
      'inbox',
      'turns',
    ]) {
      expect(before.some((row) => row.startsWith(`public.${table}`))).toBe(true);
    }
    expect(before.some((text) => text.startsWith('ongea:'))).toBe(true);

    const { state, removed } = await erased(person.local.replace('0', '+254'));

    expect(state).toBe('done');
    expect(await naming(anyForm)).toEqual([]);
    expect(removed).toMatchObject({
      call_reports: expect.any(Number),
      messages: expect.any(Number),
      inbox: expect.any(Number),
    });
    const left = await naming(new RegExp(other.significant));
    for (const table of ['messages', 'turns', 'call_reports', 'outbox']) {
      expect(left.some((row) => row.startsWith(`public.${table}`))).toBe(true);
    }
    const audit = await ask(url(), 'GET', '/admin/v1/audit?action=erasure.requested');
    expect(audit.json).toMatchObject({ items: [{ subject: expect.stringMatching(/^[\w-]{43}$/) }] });
  }, 90_000);

  it('whoever did not want to be written to is still not written to, until they say otherwise', async () => {
    const heard = () => network.messages.filter(({ to }) => to === person.e164).length;
    const before = heard();
    const { optOuts } = servers[0]!.parts.postgres;
    const demo = { provider: 'africastalking', account: 'demo' };
    expect(await optOuts.optedOut(demo, shortCode, [person.e164])).toEqual(new Set([person.e164]));
    await post(url(), '/sms/africastalking/demo', incoming({ from: person.e164, text: 'START' }));
    await until(() => heard() > before, 20_000, 'an answer to START');
    expect(await optOuts.optedOut(demo, shortCode, [person.e164])).toEqual(new Set());
  }, 60_000);

  it('it is not over before a process that was away has brought what its disk holds', async () => {
    const away = randomUUID();
    await services.query('INSERT INTO spool_nodes (id) VALUES ($1)', [away]);
    await post(url(), '/events/africastalking/demo/anything', { phoneNumber: person.e164 });
    const begun = await ask(url(), 'POST', '/admin/v1/erasures', { body: { msisdn: person.e164 } });
    const notices = async () => (await naming(anyForm)).filter((row) => row.startsWith('public.notices')).length;
    await until(async () => (await notices()) === 0, 20_000, 'the first pass');

    await services.postgres.stop();
    await post(url(), '/events/africastalking/demo/anything', { phoneNumber: person.digits });
    expect((await disks()).some((text) => anyForm.test(text))).toBe(true);
    await services.postgres.restart();
    await until(async () => (await notices()) > 0, 30_000, 'the rows of the spool');
    await services.query('UPDATE spool_nodes SET clear_at = now() + interval $$1 minute$$ WHERE id = $1', [away]);

    expect(await ended(String(begun.json['id']))).toMatchObject({ state: 'done' });
    expect(await naming(anyForm)).toEqual([]);
  }, 90_000);
});
