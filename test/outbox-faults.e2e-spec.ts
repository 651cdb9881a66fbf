import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FakeProvider, type Failure } from '@app/fake-provider';
import type { RunningServer } from '../apps/server/src/server.js';
import { incoming, post, sendingAccount, shortCode } from './support/africastalking.js';
import { Cleanup } from './support/cleanup.js';
import { freshMsisdn } from './support/gateways.js';
import { send, until } from './support/send.js';
import { startInProcess } from './support/server-in-process.js';
import { ServerProcess } from './support/server-process.js';
import { query, startServices, type Services } from './support/services.js';
import { size } from './support/size.js';
import { workedOff } from './support/worked-off.js';
import { WorkspaceFolder } from './support/workspace-folder.js';

interface Case {
  readonly failure: Failure;
  /** Undefined: every request fails. */
  readonly failures?: number;
  readonly retryAfter?: number;
  readonly account?: object;
}

// An account and a provider each, since a failing one rests.
const cases = {
  'too-many': { failure: '429', failures: 1, retryAfter: 2 },
  failing: { failure: '500', failures: 2 },
  busy: { failure: '500', failures: 1, retryAfter: 3 },
  'html-gateway': { failure: 'html-500', failures: 1 },
  'html-page': { failure: 'html-200' },
  locked: { failure: '401', failures: 1 },
  'dropped-before': { failure: 'drop-before', failures: 1 },
  'dropped-after': { failure: 'drop-after', failures: 1 },
  repeating: { failure: 'drop-after', failures: 1, account: { resendUncertain: true } },
  hanging: { failure: 'hang' },
} as const satisfies Readonly<Record<string, Case>>;
type Name = keyof typeof cases;

const cleanup = new Cleanup();
const networks = new Map<string, FakeProvider>();
const orders = new Map<string, string>();
let services: Services;
let workspace: WorkspaceFolder;
let server: RunningServer;

beforeAll(async () => {
  services = await startServices(cleanup);
  const sms = { [shortCode]: 'shamba' };
  const accounts = [];
  for (const [name, { account = {}, ...behaviour }] of Object.entries<Case>({
    ...cases,
    good: { failure: '500', failures: 0 },
  })) {
    const network = await FakeProvider.start({ behaviour });
    cleanup.add(() => network.stop());
    networks.set(name, network);
    accounts.push(sendingAccount(name, { api: network.url }, { sms, ...account }));
  }
  accounts.push(sendingAccount('nowhere', { api: 'http://127.0.0.1:9' }, { sms }));
  workspace = await WorkspaceFolder.make(cleanup, { demo: true, accounts });
  server = await startInProcess(cleanup, workspace, services.settings);
  await server.parts.postgres.whenUp();
  for (const name of [...Object.keys(cases), 'nowhere']) orders.set(name, await order(name, freshMsisdn(), 'Hello'));
}, 60_000);
afterAll(() => cleanup.run(), 30_000);

async function order(account: string, to: string, text: string): Promise<string> {
  const { postgres, composer } = server.parts;
  const message = { provider: 'africastalking', account, to: [to], text, lane: 'bulk' as const, createdAt: new Date() };
  const [made] = composer.compose(message);
  if (made === undefined) throw new Error('no order');
  await postgres.outbox.put([made]);
  return made.id;
}

function network(name: string): FakeProvider {
  const found = networks.get(name);
  if (found === undefined) throw new Error(name);
  return found;
}

interface Standing {
  readonly state: string;
  readonly last_error: string | null;
  readonly may_repeat: boolean;
  /** How long after the end of the last failed attempt the next one was planned, in seconds. */
  readonly planned: number;
  readonly attempts: readonly { readonly state: string; readonly error: string | null; readonly http: number | null }[];
}

async function standingOf(name: string): Promise<Standing> {
  const [row] = await services.query(
    `SELECT o.state, o.last_error, o.may_repeat,
       extract(epoch FROM o.next_at - (SELECT max(a.at) FROM send_attempts a WHERE a.outbox_id = o.id AND a.error IS NOT NULL))::float8 AS planned,
       (SELECT json_agg(json_build_object('state', a.state, 'error', a.error, 'http', a.http_status) ORDER BY attempt)
        FROM send_attempts a WHERE a.outbox_id = o.id) AS attempts
     FROM outbox o WHERE o.id = $1`,
    [orders.get(name)],
  );
  return row as unknown as Standing;
}

async function ended(name: Name | 'nowhere', states: readonly string[], limitMs = 20_000): Promise<Standing> {
  await until(async () => states.includes((await standingOf(name)).state), limitMs, `the end of ${name}`);
  return standingOf(name);
}

describe('a provider that fails (#27)', () => {
  it.each([
    ['too-many', 'rate-limited', 429, 2],
    ['busy', 'provider-error', 500, 3],
    ['html-gateway', 'provider-error', 502, 0],
  ] as const)('%s is asked again when the plan says, after Retry-After', async (name, error, http, retryAfter) => {
    const { attempts, planned, may_repeat: mayRepeat } = await ended(name, ['sent']);
    expect(attempts).toEqual([
      { state: 'retry', error, http },
      { state: 'sent', error: null, http: 201 },
    ]);
    // Full jitter of at most 2 s behind it; the database wrote the time of the attempt a little later.
    expect(planned).toBeGreaterThan(retryAfter - 0.5);
    expect(planned).toBeLessThan(retryAfter + 2);
    expect(mayRepeat).toBe(false);
    expect(network(name).messages).toHaveLength(1);
  });

  it('again and again is asked again, with a longer wait', async () => {
    const { attempts, planned } = await ended('failing', ['sent']);
    expect(attempts.map(({ state }) => state)).toEqual(['retry', 'retry', 'sent']);
    expect(planned).toBeLessThan(4);
    expect(network('failing').messages).toHaveLength(1);
  });

  it.each([
    ['html-page', 'reply-unreadable', 0],
    ['dropped-before', 'interrupted', 0],
    ['dropped-after', 'interrupted', 1],
  ] as const)('%s leaves a send uncertain, which is not repeated', async (name, error, taken) => {
    const { attempts, may_repeat: mayRepeat } = await ended(name, ['uncertain']);
    expect(attempts).toEqual([expect.objectContaining({ state: 'uncertain', error })]);
    expect(mayRepeat).toBe(true);
    await server.parts.postgres.outboxWork.wakeDue(new Date(Date.now() + 3_600_000));
    expect(network(name).requests).toBe(1);
    expect(network(name).messages).toHaveLength(taken);
  });

  it('breaks off, and an account that wants it so has the send repeated, marked as such', async () => {
    const { attempts, may_repeat: mayRepeat } = await ended('repeating', ['sent']);
    expect(attempts.map(({ state, error }) => ({ state, error }))).toEqual([
      { state: 'retry', error: 'interrupted' },
      { state: 'sent', error: null },
    ]);
    expect(mayRepeat).toBe(true);
    expect(network('repeating').messages).toHaveLength(2);
  });

  it('refuses our key, and the message goes out when it is sent again after that is mended', async () => {
    const dead = await ended('locked', ['dead']);
    expect(dead).toMatchObject({ last_error: 'credentials-refused', attempts: [{ state: 'dead', http: 401 }] });
    expect(await server.parts.postgres.outboxWork.redrive(orders.get('locked') ?? '')).toBe(true);
    const sent = await ended('locked', ['sent']);
    expect(sent.attempts.map(({ state }) => state)).toEqual(['dead', 'sent']);
    expect(network('locked').messages).toHaveLength(1);
  });

  it('that nobody can connect to is tried again without a doubt', async () => {
    const { attempts, may_repeat: mayRepeat } = await ended('nowhere', ['retry']);
    expect(attempts[0]).toEqual({ state: 'retry', error: 'provider-unreachable', http: null });
    expect(mayRepeat).toBe(false);
  });

  it('keeps the messages to one person in their order', async () => {
    const good = network('good');
    good.behave({ failure: '500', failures: 1 });
    const to = freshMsisdn();
    for (const text of ['1', '2', '3', '4', '5']) await order('good', to, text);
    const received = (): string[] => good.messages.filter((message) => message.to === to).map(({ text }) => text);
    await until(() => received().length === 5, 20_000, 'five messages');
    expect(received()).toEqual(['1', '2', '3', '4', '5']);
  }, 30_000);

  it('and never answers leaves the send uncertain in the end', async () => {
    const { attempts } = await ended('hanging', ['uncertain'], 60_000);
    expect(attempts).toEqual([expect.objectContaining({ state: 'uncertain', error: 'interrupted' })]);
    expect(network('hanging').requests).toBe(1);
  }, 70_000);
});

describe('a process killed between the provider taking a message and our mark (#12)', () => {
  it('leaves at most what was in flight uncertain, and sends nothing twice in silence', async () => {
    const fresh = await services.postgres.createDatabase();
    const settings = { ...services.settings, DATABASE_URL: fresh, ONGEA_DATA_DIR: workspace.newDataDir() };
    const own: Services = { ...services, databaseUrl: fresh, query: (text, values) => query(fresh, text, values) };
    const good = network('good');
    const people: string[] = [];
    let inFlight = 0;
    for (let round = 0; round < size(2, 20); round++) {
      good.behave({ delayMs: 300, failure: undefined });
      const node = await ServerProcess.start(cleanup, workspace, settings);
      const before = good.requests;
      const callers = Array.from({ length: 12 }, () => freshMsisdn());
      people.push(...callers);
      for (const from of callers) {
        expect((await post(node.url, '/sms/africastalking/good', incoming({ from, text: 'hi' }))).body).toBe('GOOD');
      }
      await until(() => good.requests >= before + 6, 20_000, 'sends under way');
      await node.kill();
      // The provider carries out what it has heard.
      await new Promise((resolve) => setTimeout(resolve, 400));
      // Time passes: the leases of the dead process end.
      const [held] = await own.query(
        `WITH held AS (UPDATE outbox SET lease_until = now() WHERE state = 'sending' RETURNING id)
         SELECT count(*)::int AS count FROM held`,
      );
      inFlight += Number(held?.count);
    }
    good.behave({ delayMs: 0 });
    const last = await ServerProcess.start(cleanup, workspace, settings);
    await workedOff(own, 60_000);
    const rows = await own.query(
      `SELECT m.recipient, o.state, o.may_repeat FROM messages m JOIN outbox o ON o.id = m.outbox_id
       WHERE m.direction = 'mt' ORDER BY m.recipient`,
    );
    expect(rows.map(({ recipient }) => String(recipient))).toEqual([...people].sort());
    const uncertain = rows.filter(({ state }) => state === 'uncertain');
    expect(inFlight).toBeGreaterThan(0);
    expect(uncertain.length).toBeLessThanOrEqual(inFlight);
    expect(rows.filter(({ state }) => state !== 'sent' && state !== 'uncertain')).toEqual([]);
    for (const { recipient, state } of rows) {
      const taken = good.messages.filter(({ to }) => to === recipient).length;
      if (state === 'sent') expect(taken).toBe(1);
      else expect(taken).toBeLessThanOrEqual(1);
    }
    const ready = await send(last.url, '/health/ready?strict', { method: 'GET' });
    expect(ready.status).toBe(200);
    await last.kill();
  }, 300_000);
});
