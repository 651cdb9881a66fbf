import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { FakeProvider } from '@app/fake-provider';
import type { RunningServer } from '../apps/server/src/server.js';
import { sendingAccount, shortCode } from './support/africastalking.js';
import { Cleanup } from './support/cleanup.js';
import { checkFacts, checkReplies, freshFact, tellFact, type Fact } from './support/facts.js';
import { Random } from './support/random.js';
import { until } from './support/send.js';
import { startInProcess } from './support/server-in-process.js';
import { startServices, type Services } from './support/services.js';
import { size } from './support/size.js';
import { workedOff } from './support/worked-off.js';
import { WorkspaceFolder } from './support/workspace-folder.js';

const perSecond = 200;

const cleanup = new Cleanup();
let services: Services;
let server: RunningServer;
let network: FakeProvider;

beforeAll(async () => {
  services = await startServices(cleanup);
  network = await FakeProvider.start();
  cleanup.add(() => network.stop());
  const routes = { sms: { [shortCode]: 'shamba' }, ussd: { default: 'shamba' }, voice: { default: 'shamba' } };
  const accounts = [sendingAccount('demo', { api: network.url }, routes)];
  const workspace = await WorkspaceFolder.make(cleanup, { demo: true, accounts });
  server = await startInProcess(cleanup, workspace, services.settings);
  await server.parts.postgres.whenUp();
}, 60_000);
afterAll(() => cleanup.run(), 30_000);

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Tells facts at a steady rate until `endsAt`, however long each answer takes; gives those that were accepted. */
async function tellSteadily(endsAt: () => number): Promise<{ accepted: Fact[]; refused: number }> {
  const random = new Random(20);
  const accepted: Fact[] = [];
  const underWay: Promise<void>[] = [];
  let refused = 0;
  const began = Date.now();
  const one = async (fact: Fact): Promise<void> => {
    if (await tellFact(server.url, fact).catch(() => false)) accepted.push(fact);
    else refused += 1;
  };
  for (let told = 0; Date.now() < endsAt(); told++) {
    await sleep(Math.max(0, began + (told * 1_000) / perSecond - Date.now()));
    const fact = freshFact(random.below(20) === 0 ? 'message' : random.of(['delivery', 'call', 'session']));
    underWay.push(one(fact));
    // A tenth is told twice.
    if (random.below(10) === 0)
      underWay.push(
        tellFact(server.url, fact).then(
          () => undefined,
          () => undefined,
        ),
      );
  }
  await Promise.all(underWay);
  return { accepted, refused };
}

it('#20 with Postgres away for a minute at 200 events a second, every accepted event is there afterwards, once (R5)', async () => {
  let endsAt = Number.POSITIVE_INFINITY;
  const awayMs = size(60_000, 300_000);
  const telling = tellSteadily(() => endsAt);
  telling.catch(() => undefined);
  await sleep(1_000);
  await services.postgres.kill();
  await sleep(awayMs);
  expect(server.parts.postgres.postgresHealth().spool.rows).toBeGreaterThan((awayMs / 1_000) * perSecond * 0.8);
  await services.postgres.restart();
  await server.parts.postgres.whenUp();
  await sleep(1_000);
  endsAt = Date.now();
  const { accepted, refused } = await telling;
  await until(() => server.parts.postgres.postgresHealth().spool.rows === 0, 60_000, 'an empty spool');
  await services.query("UPDATE outbox SET lease_until = now() WHERE state = 'sending'");
  await workedOff(services, 120_000);

  expect(refused).toBe(0);
  expect(await checkFacts(services, accepted)).toEqual({ lost: [], doubled: [] });
  const { wrong, uncertain } = await checkReplies(services, accepted, network.messages);
  expect({ wrong, isFew: uncertain <= 16 }).toEqual({ wrong: [], isFew: true });
  expect(await services.query('SELECT kind, reason FROM quarantine')).toEqual([]);
}, 900_000);
