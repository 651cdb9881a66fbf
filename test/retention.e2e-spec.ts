import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunningServer } from '../apps/server/src/server.js';
import { ask, environmentKey, makeKey } from './support/admin.js';
import { finalNotice, incoming, post, shortCode } from './support/africastalking.js';
import { Cleanup } from './support/cleanup.js';
import { until } from './support/send.js';
import { startInProcess } from './support/server-in-process.js';
import { startServices, type Services } from './support/services.js';
import { workedOff } from './support/worked-off.js';
import { WorkspaceFolder } from './support/workspace-folder.js';

const dayMs = 86_400_000;
const chat = `
dialog: chat
start: name
steps:
  name: { ask: Your name?, save: name, go: bye }
  bye: { end: Bye }
`;

const cleanup = new Cleanup();
let services: Services;
let server: RunningServer;

beforeAll(async () => {
  services = await startServices(cleanup);
  const workspace = await WorkspaceFolder.make(cleanup, {
    dialogs: { chat },
    accounts: [
      {
        ...{ provider: 'africastalking', account: 'demo', country: 'KE', open: true, replyFrom: shortCode },
        ...{ sms: { [shortCode]: { default: 'chat' } }, voice: { default: 'chat' } },
      },
    ],
    more: {
      retention: { callReports: '300d', messages: '40d', transcripts: '10d', inbox: '10d', deliveryEvents: '40d' },
    },
  });
  server = await startInProcess(cleanup, workspace, { ...services.settings, ONGEA_ADMIN_KEY: environmentKey });
  await server.parts.postgres.whenUp();
  await post(server.url, '/sms/africastalking/demo', incoming({ from: '+254700000201', text: 'hello' }));
  await post(server.url, '/sms/africastalking/demo', { from: '+254700000201', text: 'no id' });
  await post(server.url, '/events/africastalking/demo/anything', { phoneNumber: '+254700000201' });
  const ids = { callerNumber: '+254700000201', destinationNumber: '+254711082000' };
  await post(server.url, '/voice/africastalking/demo', finalNotice('ATVId_1', ids));
  await workedOff(services);
  await until(async () => (await count('turns')) > 0);
}, 60_000);
afterAll(() => cleanup.run(), 30_000);

async function count(table: string): Promise<number> {
  const [row] = await services.query(`SELECT count(*)::int AS count FROM ${table}`);
  return Number(row?.['count']);
}

describe('an export without the persons', () => {
  it('names the same person alike, tells nobody who it is, and is for keys without pii:read', async () => {
    await post(server.url, '/voice/africastalking/demo', finalNotice('ATVId_2', { callerNumber: '+254700000201' }));
    const { key } = await makeKey(server.url, ['reports:read']);
    const path = '/admin/v1/call-reports/export/pseudonyms';
    const csv = await ask(server.url, 'GET', `${path}?format=csv`, { key });
    const ndjson = await ask(server.url, 'GET', `${path}?format=ndjson`, { key });
    for (const { status, body } of [csv, ndjson]) {
      expect(status).toBe(200);
      expect(body).not.toMatch(/700000201|711082000|ATVId/);
    }
    const rows = ndjson.body
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatchObject({
      from: expect.stringMatching(/^p[0-9a-f]{24}$/),
      externalId: null,
      status: 'completed',
    });
    expect(rows[0]).not.toHaveProperty('raw');
    expect(rows[1]?.['from']).toBe(rows[0]?.['from']);
    expect(rows[1]?.['to']).not.toBe(rows[0]?.['from']);
    expect((await ask(server.url, 'GET', `${path}?format=csv&from=%2B254700000201`, { key })).status).toBe(403);
  });
});

describe('what is older than its period (#57)', () => {
  it('goes class by class, whole months at once, and keeps nothing that knew it', async () => {
    const tables = ['messages', 'turns', 'sessions', 'inbox', 'notices', 'call_reports', 'report_keys', 'outbox'];
    for (const table of tables) expect([table, (await count(table)) > 0]).toEqual([table, true]);

    const inAMonth = await server.parts.postgres.applyRetention(new Date(Date.now() + 11 * dayMs));
    expect(inAMonth).toMatchObject({ messages: { rows: 0, partitions: 0 }, callReports: { rows: 0, partitions: 0 } });
    for (const table of ['turns', 'sessions', 'inbox']) expect([table, await count(table)]).toEqual([table, 0]);
    for (const table of ['messages', 'notices', 'call_reports']) expect(await count(table)).toBeGreaterThan(0);

    const inAYear = await server.parts.postgres.applyRetention(new Date(Date.now() + 400 * dayMs));
    expect(inAYear?.callReports.partitions).toBeGreaterThan(0);
    expect(inAYear?.messages.partitions).toBeGreaterThan(0);
    for (const table of tables) expect([table, await count(table)]).toEqual([table, 0]);
  }, 30_000);
});
