import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PassThrough } from 'node:stream';
import { v7 as uuidv7 } from 'uuid';
import type { RunningServer } from '../apps/server/src/server.js';
import { run } from '../apps/cli/src/program.js';
import { environmentKey } from './support/admin.js';
import { post } from './support/africastalking.js';
import { Cleanup } from './support/cleanup.js';
import { freshId } from './support/gateways.js';
import { until } from './support/send.js';
import { environmentOf, startInProcess } from './support/server-in-process.js';
import { startServices, type Services } from './support/services.js';
import { WorkspaceFolder } from './support/workspace-folder.js';

const cleanup = new Cleanup();
let services: Services;
let workspace: WorkspaceFolder;
let server: RunningServer;

beforeAll(async () => {
  services = await startServices(cleanup);
  const ussd = { default: 'shamba' };
  workspace = await WorkspaceFolder.make(cleanup, {
    demo: true,
    accounts: [
      { provider: 'africastalking', account: 'demo', country: 'KE', ussd, webhookKeys: ['a-key'] },
      { provider: 'cradlebots', account: 'demo', country: 'KE', ussd },
      { provider: 'haptik', account: 'demo', secrets: ['a-secret'], bot: { default: 'shamba' } },
      { provider: 'mobtexting', account: 'demo', country: 'IN', secrets: ['a-token'], callReports: { fields: {} } },
      { provider: 'generic', account: 'far', allowFrom: ['196.201.212.0/22'], callReports: { fields: { to: 'to' } } },
    ],
  });
  server = await startInProcess(cleanup, workspace, { ...services.settings, ONGEA_ADMIN_KEY: environmentKey });
  await server.parts.postgres.whenUp();
}, 60_000);
afterAll(() => cleanup.run(), 30_000);

async function ongea(words: readonly string[], settings: Readonly<Record<string, string | undefined>> = {}) {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const env = environmentOf(workspace, {
    ...services.settings,
    ...{ ONGEA_PUBLIC_URL: server.url, ONGEA_ADMIN_KEY: environmentKey },
    ...settings,
  });
  const code = await run(words, { stdin, stdout, stderr, env });
  return { code, stdout: String(stdout.read() ?? ''), stderr: String(stderr.read() ?? '') };
}

interface Finding {
  readonly of: string;
  readonly state: string;
  readonly detail: string;
}

async function findings(settings: Readonly<Record<string, string | undefined>> = {}) {
  const { code, stdout } = await ongea(['doctor', '--json'], settings);
  const found = JSON.parse(stdout) as Finding[];
  return { code, found, of: (name: string) => found.filter((finding) => finding.of === name) };
}

describe('ongea doctor', () => {
  it('finds no fault in an installation that runs, and makes a signed round trip to each account', async () => {
    const { code, found, of } = await findings();
    expect(found.filter(({ state }) => state === 'fault')).toEqual([]);
    expect(code).toBe(0);
    for (const name of ['database', 'migrations', 'audit log', 'redis', 'clock of redis', 'spool']) {
      expect(of(name)).toMatchObject([{ state: 'well' }]);
    }
    const trips = found.filter((finding) => finding.of.startsWith('round trip')).map(({ of, detail }) => [of, detail]);
    const both = 'answered 200, and 401 without key and signature';
    expect(trips).toEqual([
      ['round trip africastalking/demo', both],
      ['round trip cradlebots/demo', 'answered 200'],
      ['round trip haptik/demo', both],
      ['round trip mobtexting/demo', both],
      ['round trip generic/far', 'this machine is not among the addresses of allowFrom'],
    ]);
    expect(of('account cradlebots/demo')).toMatchObject([{ state: 'warning', detail: 'nothing guards it' }]);
  }, 30_000);

  it('finds what is away, what is wrong and what was tampered with (exit 1)', async () => {
    const dead = 'http://127.0.0.1:1';
    const away = await findings({
      REDIS_URL: 'redis://127.0.0.1:1',
      DATABASE_URL: 'postgres://127.0.0.1:1/x',
      ONGEA_PUBLIC_URL: dead,
    });
    expect(away.code).toBe(1);
    for (const name of ['database', 'redis', 'public url', 'round trip africastalking/demo']) {
      expect(away.of(name).some(({ state }) => state === 'fault')).toBe(true);
    }
    const empty = await findings({ DATABASE_URL: await services.postgres.createDatabase() });
    expect(empty.of('migrations')).toMatchObject([{ state: 'fault' }]);

    await ongea(['keys', 'create', '--name', 'one', '--all']);
    await services.query('ALTER TABLE audit_log DISABLE TRIGGER append_only');
    await services.query(`UPDATE audit_log SET actor = 'nobody'`);
    await services.query('ALTER TABLE audit_log ENABLE TRIGGER append_only');
    expect((await findings()).of('audit log')).toMatchObject([
      { state: 'fault', detail: expect.stringMatching(/line 1/) },
    ]);
  }, 30_000);

  it('prints lines for people, and nothing secret', async () => {
    const { code, stdout } = await ongea(['doctor']);
    expect([code, stdout]).toEqual([1, expect.stringMatching(/✓ redis: answers\n/)]);
    expect(stdout).toMatch(/1 fault, \d warnings?\n$/);
    for (const secret of ['a-key', 'a-secret', 'a-token', environmentKey]) expect(stdout).not.toContain(secret);
  }, 30_000);
});

describe('ongea replay', () => {
  const words = () => ['replay', '--url', server.url, '--json'];

  /** A report that nobody could read when it came. */
  async function unread(): Promise<string> {
    const id = freshId('ATUid_');
    const fields = { sessionId: id, phoneNumber: '+254700000201', serviceCode: '*384*4417#', status: 'Success' };
    await post(server.url, '/ussd/africastalking/demo/events?key=a-key', fields);
    await until(
      async () => (await services.query('SELECT 1 FROM session_reports WHERE session_id = $1', [id])).length > 0,
    );
    // As if it had been kept instead: what comes of it must come from the replay.
    await services.query('DELETE FROM report_keys');
    await services.query('DELETE FROM session_reports');
    const receivedAt = new Date();
    const body = Buffer.from(new URLSearchParams(fields).toString());
    await services.query(
      `INSERT INTO inbox (id, received_at, route, provider, account, state, reason, content_type, body)
       VALUES ($2, $3, 'POST /ussd/africastalking/demo/events', 'africastalking', 'demo', 'failed', 'x',
         'application/x-www-form-urlencoded', $1)`,
      [body, uuidv7({ msecs: receivedAt.getTime() }), receivedAt],
    );
    return id;
  }

  it('replays what failed, and says what could not be replayed (exit 1)', async () => {
    const session = await unread();
    const well = await ongea([...words(), '--all', '--state', 'failed']);
    expect([well.code, JSON.parse(well.stdout)]).toEqual([
      0,
      [expect.objectContaining({ replayed: true, status: 200 })],
    ]);
    expect(await services.query('SELECT session_id FROM session_reports')).toEqual([{ session_id: session }]);

    const [{ id } = { id: '' }] = JSON.parse(well.stdout) as { id: string }[];
    const again = await ongea([...words(), id]);
    expect([again.code, JSON.parse(again.stdout)]).toEqual([
      1,
      [{ id, replayed: false, status: 409, reason: 'the record was replayed already' }],
    ]);
    expect(await ongea([...words(), '--all'])).toMatchObject({ code: 0, stdout: '[]\n' });
  }, 30_000);

  it.each([
    ['nothing to replay', () => words()],
    ['both ids and --all', () => [...words(), 'x', '--all']],
    ['a state that is none', () => [...words(), '--all', '--state', 'lost']],
    ['an address that is none', () => ['replay', '--all', '--url', 'nowhere']],
  ])('calls %s wrong use (exit 2)', async (_name, wrong) => {
    expect(await ongea(wrong())).toMatchObject({ code: 2, stdout: '' });
  });

  it('says so where the server is away, or refuses the key', async () => {
    const away = await ongea(['replay', '--all', '--url', 'http://127.0.0.1:1']);
    expect([away.code, away.stderr]).toEqual([1, expect.stringContaining('does not answer')]);
    const refused = await ongea([...words(), '--all'], { ONGEA_ADMIN_KEY: 'a-wrong-key-of-enough-length-00000' });
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('refuses the admin key')]);
  }, 30_000);
});
