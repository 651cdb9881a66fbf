import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunningServer } from '../apps/server/src/server.js';
import { Cleanup } from './support/cleanup.js';
import { allFixtures, encodingsOf, type ProviderFixture } from './support/fixtures.js';
import { send } from './support/send.js';
import { startInProcess } from './support/server-in-process.js';
import { startServices } from './support/services.js';
import { WorkspaceFolder } from './support/workspace-folder.js';

const quiet = `
dialog: quiet
start: bye
steps: { bye: { end: Bye } }
`;

const fixtures = allFixtures().filter(({ request }) => !/^\/(?:ussd|bot)\//.test(request.path));

/** Every case has an account of its own, so that what it leaves behind can be counted. */
const cases = fixtures.flatMap((fixture, index) =>
  [...encodingsOf(fixture).entries()].map(([encoding, sent], e) => ({
    fixture,
    sent,
    account: `r${String(index)}-${String(e)}`,
    name: `${fixture.provider}/${fixture.name} ${encoding}`,
  })),
);

function accountFor({ fixture, account }: (typeof cases)[number]): object {
  const { options, airtimeAllow, callReports, credentials, ...settings } = fixture.account;
  const [, channel] = fixture.request.path.split('/');
  const routes = channel === 'sms' || channel === 'voice' ? { [channel]: { default: 'quiet' } } : {};
  return {
    provider: fixture.provider,
    account,
    open: true,
    ...routes,
    ...settings,
    ...options,
    ...(credentials === undefined ? {} : { credentials }),
    ...(airtimeAllow === undefined ? {} : { airtime: { allow: airtimeAllow } }),
    ...(channel === 'call-reports' ? { callReports: callReports ?? { fields: {} } } : {}),
  };
}

const cleanup = new Cleanup();
let server: RunningServer;

beforeAll(async () => {
  const services = await startServices(cleanup);
  const workspace = await WorkspaceFolder.make(cleanup, { dialogs: { quiet }, accounts: cases.map(accountFor) });
  server = await startInProcess(cleanup, workspace, services.settings);
  await server.parts.postgres.whenUp();
}, 90_000);
afterAll(() => cleanup.run(), 30_000);

/** How many rows of a table an account has. */
async function rows(table: string, account: string): Promise<number> {
  const found = await server.parts.postgres.dataSource?.query<{ n: number }[]>(
    `SELECT count(*)::int AS n FROM ${table.endsWith(' AND') ? table : `${table} WHERE`} account = $1`,
    [account],
  );
  return found?.[0]?.n ?? -1;
}

/** What a fixture leaves behind: the table, and in how many rows. */
function left({ expect: expected }: ProviderFixture): readonly [table: string, rows: number] | undefined {
  if ('messages' in expected) return ["messages WHERE direction = 'mo' AND", expected.messages.length];
  if ('deliveries' in expected) return ['delivery_events', expected.deliveries.length];
  if ('optOuts' in expected) return ['opt_outs', expected.optOuts.length];
  if ('final' in expected) return ['call_reports', 1];
  if ('reports' in expected) return ['call_reports', expected.reports.length];
  if ('notice' in expected) return ['notices', 1];
  if ('rejected' in expected) return ['inbox', 1];
  return undefined;
}

describe.each(cases)('the fixture $name', ({ fixture, sent, account }) => {
  it('is answered as its provider wants it, and kept once however often it comes (#2, #39)', async () => {
    const path = fixture.request.path.replace('/demo', `/${account}`);
    const answer = await send(server.url, path, { ...sent, method: fixture.request.method });
    if (fixture.signature === 'bad') {
      expect(answer).toMatchObject({ status: 401, body: '' });
      return;
    }
    const { reply } = fixture;
    const isCallRefused = /^\/voice\/\w+\/\w+$/.test(fixture.request.path) && 'rejected' in fixture.expect;
    if (isCallRefused) expect(answer.status).toBe(400);
    else if (reply !== undefined && reply.says === undefined) {
      expect(answer).toMatchObject({ status: reply.status, body: reply.body });
      expect(answer.contentType?.split(';')[0]).toBe(reply.contentType.split(';')[0]);
    }
    expect([200, 202, 400]).toContain(answer.status);
    const again = await send(server.url, path, { ...sent, method: fixture.request.method });
    expect(again).toMatchObject({ status: answer.status, body: answer.body });
    const kept = left(fixture);
    if (kept === undefined || isCallRefused) return;
    const [table, count] = kept;
    // Notices and the inbox have no identity: each arrival is one.
    const times = table === 'notices' || table === 'inbox' ? 2 : 1;
    expect({ table, rows: await rows(table, account) }).toEqual({ table, rows: count * times });
  });
});
