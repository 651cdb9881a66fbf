import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunningServer } from '../apps/server/src/server.js';
import { Cleanup } from './support/cleanup.js';
import { countingAction, EffectLogFile } from './support/counting-actions.js';
import { encoded, freshId, freshMsisdn, HistoryPhone, KairosPhone, type Gateway } from './support/gateways.js';
import { send, until, type Answer } from './support/send.js';
import { startInProcess } from './support/server-in-process.js';
import { startServices, type Services } from './support/services.js';
import { size } from './support/size.js';
import { trail, trailAfter } from './support/trail-dialog.js';
import { WorkspaceFolder } from './support/workspace-folder.js';

const accounts = [
  ...['africastalking', 'cradlebots', 'kairos'].map((provider) => ({
    ...{ provider, account: 'demo', country: 'KE' },
    ussd: { default: 'trail' },
  })),
  { provider: 'haptik', account: 'demo', bot: { default: 'trail' } },
];

const cleanup = new Cleanup();
let services: Services;
let workspace: WorkspaceFolder;
let effects: EffectLogFile;
beforeAll(async () => {
  services = await startServices(cleanup);
  workspace = await WorkspaceFolder.make(cleanup, { dialogs: { trail }, accounts });
  effects = EffectLogFile.in(workspace.folder);
  await workspace.writeAction('buy.mjs', countingAction('shop.buy', effects.file));
}, 60_000);
afterAll(() => cleanup.run(), 30_000);

const get = (server: RunningServer, path: string): Promise<Answer> => send(server.url, path, { method: 'GET' });
const isReady = async (server: RunningServer): Promise<boolean> =>
  (await get(server, '/health/ready?strict')).status === 200;

/** Walks one conversation with two calls by way of each kind of provider; gives the callers. */
async function converse(server: RunningServer): Promise<string[]> {
  const callers: string[] = [];
  for (const kind of ['history', 'latest'] as const) {
    const msisdn = freshMsisdn();
    const url = (): string => server.url;
    const phone: Gateway =
      kind === 'history'
        ? new HistoryPhone('africastalking', { url, msisdn })
        : new KairosPhone({ url, msisdn: msisdn.slice(1) });
    callers.push(msisdn);
    await phone.dial();
    const answers: string[] = [];
    for (const answer of 'abcbq') {
      answers.push(answer);
      expect((await phone.answer(answer)).text).toBe(trailAfter(answers));
      if (answer === 'b') expect((await phone.repeat()).text).toBe(trailAfter(answers));
    }
  }
  return callers;
}

async function keysOf(callers: readonly string[]): Promise<string[]> {
  const runs = (await effects.runs()).filter(({ caller }) => callers.includes(caller));
  expect(runs).toHaveLength(callers.length * 2);
  return runs.map(({ key }) => key).sort();
}

async function ledgerOf(keys: readonly string[]): Promise<string[]> {
  const rows = await services.query('SELECT key FROM effect_ledger WHERE key = ANY($1) ORDER BY key', [keys]);
  return rows.map(({ key }) => String(key)).sort();
}

it('#19 a Postgres that is away at the start stops nobody but those who wait for readiness', async () => {
  await services.postgres.stop();
  const server = await startInProcess(cleanup, workspace, services.settings);
  expect((await get(server, '/health/live')).status).toBe(200);
  const { status, body } = await get(server, '/health/ready');
  expect(status).toBe(503);
  expect(JSON.parse(body)).toMatchObject({ ready: false, dependencies: { postgres: { reason: expect.any(String) } } });
  const callers = await converse(server);
  await new Promise((resolve) => setTimeout(resolve, size(500, 60_000)));
  expect((await get(server, '/health/live')).status).toBe(200);
  expect((await get(server, '/health/ready')).status).toBe(503);
  await services.postgres.restart();
  await until(() => isReady(server), 20_000, 'readiness');
  const keys = await keysOf(callers);
  await until(async () => (await ledgerOf(keys)).length === keys.length);
  expect(await ledgerOf(keys)).toEqual(keys);
  await server.stop();
}, 120_000);

describe('a Postgres that goes away while we serve (#20)', () => {
  it('is missed by no turn, and every report that was taken is there afterwards, once (R5)', async () => {
    const server = await startInProcess(cleanup, workspace, services.settings);
    await server.parts.postgres.whenUp();
    let over = false;
    const accepted: string[] = [];
    const reporter = async (): Promise<void> => {
      while (!over) {
        const sessionId = freshId('outage');
        const fields = { sessionId, status: 'Success', phoneNumber: '+254700000201', input: '1*2', hopsCount: '2' };
        const answer = await send(server.url, '/ussd/africastalking/demo/events', encoded(fields));
        expect(answer).toMatchObject({ status: 200, body: 'OK' });
        accepted.push(sessionId);
        // Providers send reports again.
        if (accepted.length % 10 === 0) await send(server.url, '/ussd/africastalking/demo/events', encoded(fields));
      }
    };
    const reporters = Promise.all([reporter(), reporter(), reporter()]);
    reporters.catch(() => undefined);
    const callers = await converse(server);
    await services.postgres.kill();
    const away = Date.now() + size(2_000, 300_000);
    while (Date.now() < away) callers.push(...(await converse(server)));
    expect((await get(server, '/health/ready')).status).toBe(200);
    expect((await get(server, '/health/ready?strict')).status).toBe(503);
    const notice = JSON.stringify({ event_name: 'message', mark: 'during-the-outage' });
    const json = { 'content-type': 'application/json' };
    expect((await send(server.url, '/bot/haptik/demo', { headers: json, body: notice })).body).toBe('OK');
    expect((await send(server.url, '/ussd/kairos/demo/events', { headers: json, body: '{' })).status).toBe(400);
    const metrics = (await get(server, '/metrics')).body;
    expect(Number(/ongea_spool_rows (\d+)/.exec(metrics)?.[1])).toBeGreaterThan(10);

    await services.postgres.restart();
    await until(() => isReady(server), 30_000, 'readiness');
    over = true;
    await reporters;
    await until(async () => (await get(server, '/metrics')).body.includes('ongea_spool_rows 0\n'), 30_000, 'the drain');
    const rows = await services.query("SELECT session_id FROM session_reports WHERE session_id LIKE 'outage%'");
    expect(accepted.length).toBeGreaterThan(100);
    expect(rows.map(({ session_id: id }) => String(id)).sort()).toEqual(accepted.sort());
    const keys = await keysOf(callers);
    expect(await ledgerOf(keys)).toEqual(keys);
    expect(await services.query('SELECT topic, raw FROM notices')).toEqual([
      { topic: 'message', raw: { event_name: 'message', mark: 'during-the-outage' } },
    ]);
    expect(await services.query("SELECT route FROM inbox WHERE state = 'rejected'")).toEqual([
      { route: 'POST /ussd/kairos/demo/events' },
    ]);
  }, 600_000);

  it('outlives a process that stops before it is back', async () => {
    const settings = { ...services.settings, ONGEA_DATA_DIR: workspace.newDataDir() };
    const first = await startInProcess(cleanup, workspace, settings);
    await first.parts.postgres.whenUp();
    await services.postgres.stop();
    const ids = Array.from({ length: 20 }, () => freshId('spooled'));
    for (const sessionId of ids) {
      const report = encoded({ sessionId, status: 'Failed', phoneNumber: '+254700000201' });
      expect((await send(first.url, '/ussd/africastalking/demo/events', report)).body).toBe('OK');
    }
    await first.stop();
    await services.postgres.restart();
    const second = await startInProcess(cleanup, workspace, settings);
    const kept = () => services.query("SELECT session_id FROM session_reports WHERE session_id LIKE 'spooled%'");
    await until(async () => (await kept()).length >= ids.length, 20_000, 'the drain');
    expect((await kept()).map(({ session_id: id }) => String(id)).sort()).toEqual(ids.sort());
    await second.stop();
  }, 60_000);
});
