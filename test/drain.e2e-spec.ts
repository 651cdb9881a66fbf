import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect } from 'node:net';
import { startBalancer, type Balancer } from './support/balancer.js';
import { Cleanup } from './support/cleanup.js';
import { countingAction, EffectLogFile } from './support/counting-actions.js';
import { freshMsisdn, HistoryPhone, KairosPhone } from './support/gateways.js';
import { send, until } from './support/send.js';
import { ServerProcess } from './support/server-process.js';
import { startServices, type Services } from './support/services.js';
import { size } from './support/size.js';
import { trail, trailAfter } from './support/trail-dialog.js';
import { WorkspaceFolder } from './support/workspace-folder.js';

const accounts = ['africastalking', 'kairos'].map((provider) => ({
  ...{ provider, account: 'demo', country: 'KE', open: true },
  ussd: { default: 'trail' },
}));
const hardStopMs = 10_000;

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

const start = (): Promise<ServerProcess> => ServerProcess.start(cleanup, workspace, services.settings);

/** Walks conversations until told to stop; every screen must be right. */
async function person(balancer: Balancer, isOver: () => boolean): Promise<number> {
  let turns = 0;
  const url = (): string => balancer.url;
  while (!isOver()) {
    const msisdn = freshMsisdn();
    const history = new HistoryPhone('africastalking', { url, msisdn });
    const latest = new KairosPhone({ url, msisdn: msisdn.slice(1) });
    for (const phone of [history, latest]) {
      expect((await phone.dial()).text).toBe('0 -');
      const answers: string[] = [];
      for (const answer of 'abcsq') {
        answers.push(answer);
        expect((await phone.answer(answer)).text).toBe(trailAfter(answers));
        turns += 1;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
    expect(await effects.runsOf(msisdn)).toHaveLength(4);
  }
  return turns;
}

describe('a rolling restart under load (#30, R10)', () => {
  const restarts = size(2, 20);
  it(`fails no request over ${String(restarts)} restarts of two nodes behind a balancer`, async () => {
    const balancer = await startBalancer(cleanup);
    const nodes = await Promise.all([start(), start()]);
    for (const node of nodes) balancer.add(node.url);
    await until(() => balancer.ready.length === 2, 10_000, 'readiness');
    let over = false;
    const people = Promise.all(Array.from({ length: 6 }, () => person(balancer, () => over)));
    people.catch(() => undefined);
    for (let i = 0; i < restarts; i++) {
      const old = nodes[i % 2]!;
      const fresh = await start();
      balancer.add(fresh.url);
      await until(() => balancer.ready.includes(fresh.url), 10_000, 'readiness');
      expect(await old.stop('SIGTERM')).toBeLessThan(hardStopMs);
      expect(await old.ended()).toBe(0);
      balancer.remove(old.url);
      nodes[i % 2] = fresh;
    }
    over = true;
    const turns = await people;
    expect(Math.min(...turns)).toBeGreaterThan(0);
  }, 300_000);
});

describe('a stop', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    '#30 by %s lets a turn finish, and waits for no idle or half-sent request',
    async (signal) => {
      const node = await start();
      const { port } = new URL(node.url);
      const sockets = await Promise.all(
        [
          '',
          'POST /ussd/kairos/demo HTTP/1.1\r\nhost: x\r\n',
          'POST /ussd/kairos/demo HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\na=',
        ].map(async (begin) => {
          const socket = connect(Number(port), '127.0.0.1');
          socket.on('error', () => undefined);
          await once(socket, 'connect');
          socket.write(begin);
          return socket;
        }),
      );
      cleanup.add(() => sockets.forEach((socket) => socket.destroy()));
      const phone = new KairosPhone({ url: () => node.url });
      await phone.dial();
      const slow = phone.answer('s');
      await new Promise((resolve) => setTimeout(resolve, 150));
      node.signal(signal);
      // npm hands on a signal that the terminal has sent already: it must not cut the stop short.
      node.signal(signal);
      expect((await slow).text).toBe(trailAfter(['s']));
      const began = performance.now();
      expect(await node.ended()).toBe(0);
      expect(performance.now() - began).toBeLessThan(hardStopMs);
    },
    30_000,
  );

  it('#30 is announced before it happens', async () => {
    const node = await start();
    await until(async () => (await send(node.url, '/health/ready', { method: 'GET' })).status === 200);
    node.signal('SIGTERM');
    await until(async () => (await send(node.url, '/health/ready', { method: 'GET' })).status === 503, 2_000);
    expect((await send(node.url, '/health/live', { method: 'GET' })).status).toBe(200);
    expect((await new KairosPhone({ url: () => node.url }).dial()).text).toBe('0 -');
    expect(await node.ended()).toBe(0);
  }, 30_000);
});
