import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FakeProvider } from '@app/fake-provider';
import { deliveryRank } from '@app/telephony';
import type { RunningServer } from '../apps/server/src/server.js';
import { deliveryReport, post, sendingAccount, shortCode } from './support/africastalking.js';
import { Cleanup } from './support/cleanup.js';
import { freshId, freshMsisdn } from './support/gateways.js';
import { startLateAnswers } from './support/late-answers.js';
import { Random } from './support/random.js';
import { until } from './support/send.js';
import { startInProcess } from './support/server-in-process.js';
import { startServices, type Services } from './support/services.js';
import { size } from './support/size.js';
import { sentTo, workedOff } from './support/worked-off.js';
import { WorkspaceFolder } from './support/workspace-folder.js';

/** How much later than its reports the answer to a send may come, in milliseconds. */
const inversionMs = size(400, 5_000);

const cleanup = new Cleanup();
let services: Services;
let server: RunningServer;
/** Reports nothing by itself: the tests do. */
let network: FakeProvider;
beforeAll(async () => {
  services = await startServices(cleanup);
  network = await FakeProvider.start();
  cleanup.add(() => network.stop());
  const random = new Random(60);
  const api = await startLateAnswers(cleanup, network.url, () => random.below(inversionMs));
  const sms = { [shortCode]: 'shamba' };
  const accounts = ['demo', 'second'].map((account) => sendingAccount(account, { api }, { sms }));
  const workspace = await WorkspaceFolder.make(cleanup, { demo: true, accounts });
  server = await startInProcess(cleanup, workspace, services.settings);
  await server.parts.postgres.whenUp();
}, 60_000);
afterAll(() => cleanup.run(), 30_000);

type Report = Record<string, string>;

async function tell(report: Report, account = 'demo'): Promise<void> {
  const answer = await post(server.url, `/sms/africastalking/${account}/delivery`, report);
  if (answer.status !== 200 || answer.body !== 'OK') throw new Error(`a report was answered ${String(answer.status)}`);
}

interface State {
  readonly account: string;
  readonly external_id: string;
  readonly recipient: string;
  readonly message_id: string | null;
  readonly rank: number;
  readonly provider_status: string;
  readonly reason: string | null;
}

async function stateOf(externalIds: readonly string[]): Promise<State[]> {
  const rows = await services.query(
    `SELECT account, external_id, recipient, message_id, rank, provider_status, reason
     FROM delivery_states WHERE external_id = ANY($1)`,
    [externalIds],
  );
  return rows as unknown as State[];
}

async function each<T>(list: readonly T[], work: (one: T) => Promise<void>, senders = 32): Promise<void> {
  let next = 0;
  const sender = async (): Promise<void> => {
    for (let one = list[next++]; one !== undefined; one = list[next++]) await work(one);
  };
  await Promise.all(Array.from({ length: senders }, sender));
}

function permutations<T>(list: readonly T[]): T[][] {
  if (list.length < 2) return [[...list]];
  return list.flatMap((one, i) => permutations(list.filter((_, j) => j !== i)).map((rest) => [one, ...rest]));
}

describe('the state of a message', () => {
  const five: readonly Report[] = [
    { status: 'Buffered' },
    { status: 'Sent' },
    { status: 'Failed', failureReason: 'AbsentSubscriber' },
    { status: 'Rejected', failureReason: 'UserInBlacklist' },
    { status: 'Success' },
  ];

  it('is the same for every order of five statuses with repeats, one after the other and all at once (#7)', async () => {
    const random = new Random(7);
    const orders = permutations(five).flatMap((order) => [
      { id: freshId('perm'), order, isAtOnce: false },
      { id: freshId('perm'), order, isAtOnce: true },
    ]);
    let regressions = 0;
    await each(
      orders,
      async ({ id, order, isAtOnce }) => {
        const repeated = order.flatMap((report) => Array.from({ length: 1 + random.below(2) }, () => report));
        const tellOne = ({ status = '', ...rest }: Report): Promise<void> => tell(deliveryReport(id, status, rest));
        if (isAtOnce) await Promise.all(repeated.map(tellOne));
        else {
          let wasDelivered = false;
          for (const report of repeated) {
            await tellOne(report);
            wasDelivered ||= report.status === 'Success';
            const isDelivered = (await stateOf([id])).some(({ rank }) => rank === deliveryRank('delivered'));
            if (isDelivered !== wasDelivered) regressions += 1;
          }
        }
      },
      8,
    );
    expect(regressions).toBe(0);
    const states = await stateOf(orders.map(({ id }) => id));
    expect(states).toHaveLength(240);
    const distinct = new Set(
      states.map(({ rank, provider_status: word, reason }) => JSON.stringify([rank, word, reason])),
    );
    expect(distinct).toEqual(new Set([JSON.stringify([deliveryRank('delivered'), 'Success', null])]));
    const events = await services.query(
      "SELECT count(*)::int AS kept FROM delivery_events WHERE external_id LIKE 'perm%'",
    );
    expect(events).toEqual([{ kept: 240 * 5 }]);
  }, 120_000);

  it('counts a repeat on the event that it repeats', async () => {
    const id = freshId('seen');
    for (let i = 0; i < 3; i++) await tell(deliveryReport(id, 'Sent'));
    await tell(deliveryReport(id, 'Sent', { retryCount: '2' }));
    const events = await services.query(
      'SELECT seen, retry_count FROM delivery_events WHERE external_id = $1 ORDER BY id',
      [id],
    );
    expect(events).toEqual([
      { seen: 3, retry_count: null },
      { seen: 1, retry_count: 2 },
    ]);
  });

  it('is unknown for a word that nobody knows, which is kept, and is no step back', async () => {
    const [odd, known] = [freshId('odd'), freshId('odd')];
    await tell(deliveryReport(odd, 'Teleported', { failureReason: 'NoSuchReason' }));
    await tell(deliveryReport(known, 'Submitted'));
    await tell(deliveryReport(known, 'Teleported'));
    expect(await stateOf([odd])).toEqual([
      expect.objectContaining({ rank: deliveryRank('unknown'), provider_status: 'Teleported', reason: 'unknown' }),
    ]);
    expect(await stateOf([known])).toEqual([expect.objectContaining({ rank: deliveryRank('sent') })]);
  });

  it('is kept for an id that is never known, and apart for each account (#8)', async () => {
    const id = freshId('nobody');
    await tell(deliveryReport(id, 'Success'));
    await tell(deliveryReport(id, 'Failed'), 'second');
    const states = await stateOf([id]);
    expect(
      states.map(({ account, rank, message_id: message }) => ({ account, rank, message })).sort(byAccount),
    ).toEqual([
      { account: 'africastalking/demo', rank: deliveryRank('delivered'), message: null },
      { account: 'africastalking/second', rank: deliveryRank('failed'), message: null },
    ]);
  });
});

function byAccount(one: { account: string }, other: { account: string }): number {
  return one.account < other.account ? -1 : 1;
}

it('a report that comes before the answer to the send is joined with its message (#6)', async () => {
  const { composer, postgres } = server.parts;
  const count = size(200, 1_000);
  const random = new Random(6);
  const people = Array.from({ length: count }, () => freshMsisdn());
  // Half of the reports come at once, the others at any time around the answer.
  const early = (async () => {
    let told = 0;
    const work: Promise<void>[] = [];
    while (told < count) {
      await until(() => network.messages.length > told, 60_000, 'the next send');
      for (; told < network.messages.length; told++) {
        const { messageId, to } = network.messages[told] ?? { messageId: '', to: '' };
        const waitMs = random.below(2) === 0 ? 0 : random.below(inversionMs);
        work.push(
          new Promise((resolve) => setTimeout(resolve, waitMs)).then(() =>
            tell(deliveryReport(messageId, 'Success', { phoneNumber: to })),
          ),
        );
      }
    }
    await Promise.all(work);
  })();
  const createdAt = new Date();
  const message = { provider: 'africastalking', account: 'demo', text: 'News', lane: 'bulk' as const, createdAt };
  await postgres.outbox.put(people.flatMap((to) => composer.compose({ ...message, to: [to] })));
  await early;
  await workedOff(services, 120_000);
  await until(
    async () => (await stateOf(network.messages.map(({ messageId }) => messageId))).every(isJoined),
    5_000,
    'every report joined',
  );
  const states = await stateOf(network.messages.map(({ messageId }) => messageId));
  expect(states).toHaveLength(count);
  expect(new Set(states.map(({ rank }) => rank))).toEqual(new Set([deliveryRank('delivered')]));
  expect((await sentTo(services, people[0] ?? ''))[0]).toMatchObject({
    state: 'sent',
    rank: deliveryRank('delivered'),
  });
}, 300_000);

function isJoined({ message_id: message }: State): boolean {
  return message !== null;
}
