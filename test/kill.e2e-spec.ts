import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { FakeProvider } from '@app/fake-provider';
import { sendingAccount, shortCode } from './support/africastalking.js';
import { Cleanup } from './support/cleanup.js';
import { checkFacts, checkReplies, FactSenders } from './support/facts.js';
import { Random } from './support/random.js';
import { send, until } from './support/send.js';
import type { ServerSettings } from './support/server-in-process.js';
import { ServerProcess } from './support/server-process.js';
import { startServices, type Services } from './support/services.js';
import { size } from './support/size.js';
import { workedOff } from './support/worked-off.js';
import { WorkspaceFolder } from './support/workspace-folder.js';

const adminKey = 'an admin key of the tests';

const cleanup = new Cleanup();
let services: Services;
let workspace: WorkspaceFolder;
let network: FakeProvider;

beforeAll(async () => {
  services = await startServices(cleanup);
  network = await FakeProvider.start();
  cleanup.add(() => network.stop());
  const routes = { sms: { [shortCode]: 'shamba' }, ussd: { default: 'shamba' }, voice: { default: 'shamba' } };
  workspace = await WorkspaceFolder.make(cleanup, {
    demo: true,
    accounts: [sendingAccount('demo', { api: network.url }, routes)],
  });
}, 60_000);
afterAll(() => cleanup.run(), 30_000);

interface Node {
  readonly settings: ServerSettings;
  server: ServerProcess;
  launching: Promise<void>;
}

async function startNode(): Promise<Node> {
  const settings = { ...services.settings, ONGEA_ADMIN_KEY: adminKey, ONGEA_DATA_DIR: workspace.newDataDir() };
  const server = await ServerProcess.start(cleanup, workspace, settings);
  return { settings, server, launching: Promise.resolve() };
}

async function relaunch(node: Node): Promise<void> {
  node.server = await ServerProcess.launch(cleanup, workspace, node.settings);
}

async function spooled({ url }: ServerProcess): Promise<number> {
  // Outside the gateway's own paths, a server in production asks for the operator's key.
  const headers = { authorization: `Bearer ${adminKey}` };
  const { body } = await send(url, '/metrics', { method: 'GET', headers });
  return Number(/ongea_spool_rows (\d+)/.exec(body)?.[1]);
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

it('#11 a server that is killed at any moment loses nothing that it took and does nothing twice, spool in use or not (R6)', async () => {
  const random = new Random(11);
  const nodes = await Promise.all([1, 2].map(startNode));
  const urls = (): string[] => nodes.map(({ server }) => server.url);
  const senders = new FactSenders(urls, random, { senders: 4, pauseMs: () => random.below(60), messages: 25 });
  cleanup.add(() => senders.giveUp());
  for (let kill = 0; kill < size(20, 100); kill++) {
    const node = nodes[kill % nodes.length] as Node;
    await node.launching;
    // Of four kills, one comes while Postgres is away, so that what was taken stands in the spool alone.
    const isAway = kill % 4 === 3;
    if (isAway) await services.postgres.kill();
    await sleep(random.below(400));
    await node.server.kill();
    // The next kill may come while this node starts.
    node.launching = relaunch(node);
    if (isAway) {
      await node.launching;
      await services.postgres.restart();
    }
  }
  await Promise.all(nodes.map(({ launching }) => launching));
  await senders.end();
  for (const { server } of nodes) await until(async () => (await spooled(server)) === 0, 30_000, 'an empty spool');
  // The leases of the dead end.
  await services.query("UPDATE outbox SET lease_until = now() WHERE state = 'sending'");
  await workedOff(services, 90_000);

  const { accepted } = senders;
  expect(senders.refused).toBeGreaterThan(0);
  expect(accepted.filter(({ kind }) => kind === 'message').length).toBeGreaterThan(size(30, 150));
  expect(await checkFacts(services, accepted)).toEqual({ lost: [], doubled: [] });
  const { wrong, uncertain } = await checkReplies(services, accepted, network.messages);
  expect(wrong).toEqual([]);
  // No more than a node has under way for one account.
  expect(uncertain).toBeLessThanOrEqual(16 * size(20, 100));
  expect(await services.query('SELECT kind, reason FROM quarantine')).toEqual([]);
}, 900_000);
