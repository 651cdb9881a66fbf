import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startAddressInFront, startPrivateRedis, type PrivateRedis, type RedisAddressInFront } from '@app/testing';
import type { RunningServer } from '../apps/server/src/server.js';
import { Cleanup } from './support/cleanup.js';
import { countingAction, EffectLogFile } from './support/counting-actions.js';
import { freshMsisdn, HistoryPhone, KairosPhone } from './support/gateways.js';
import { send, until } from './support/send.js';
import { startInProcess } from './support/server-in-process.js';
import { startServices, type Services } from './support/services.js';
import { size } from './support/size.js';
import { trail, trailAfter } from './support/trail-dialog.js';
import { WorkspaceFolder } from './support/workspace-folder.js';

const accounts = ['africastalking', 'cradlebots', 'kairos'].map((provider) => ({
  ...{ provider, account: 'demo', country: 'KE' },
  ussd: { default: 'trail' },
}));
const unavailable = 'The service is not available right now. Please try again later.';

const cleanup = new Cleanup();
let services: Services;
let workspace: WorkspaceFolder;
let effects: EffectLogFile;
afterAll(() => cleanup.run(), 30_000);

beforeAll(async () => {
  services = await startServices(cleanup, { appendOnly: true, args: ['--appendfsync', 'always'] });
  workspace = await WorkspaceFolder.make(cleanup, { dialogs: { trail }, accounts });
  effects = EffectLogFile.in(workspace.folder);
  await workspace.writeAction('buy.mjs', countingAction('shop.buy', effects.file));
}, 60_000);

async function nodeOn(redisUrl: string): Promise<RunningServer> {
  const server = await startInProcess(cleanup, workspace, { ...services.settings, REDIS_URL: redisUrl });
  await server.parts.postgres.whenUp();
  return server;
}

const health = async (server: RunningServer, query = ''): Promise<number> =>
  (await send(server.url, `/health/ready${query}`, { method: 'GET' })).status;

/** People who dial and answer without a pause; every screen must be right, whatever happens behind. */
function load(server: RunningServer): { end(): Promise<number> } {
  const providers = ['africastalking', 'cradlebots'] as const;
  let over = false;
  let turns = 0;
  const person = async (provider: 'africastalking' | 'cradlebots'): Promise<void> => {
    while (!over) {
      const msisdn = freshMsisdn();
      const phone = new HistoryPhone(provider, { url: () => server.url, msisdn });
      expect((await phone.dial()).text).toBe('0 -');
      const answers: string[] = [];
      for (const answer of 'abcbdq') {
        answers.push(answer);
        // By the deadline of the provider, the reply is there.
        expect(await phone.hop(answers.join('*'), 8_000)).toMatchObject({
          text: trailAfter(answers),
          open: answer !== 'q',
        });
        turns += 1;
      }
      expect(await effects.runsOf(msisdn)).toHaveLength(2);
    }
  };
  const people = Promise.all([...providers, ...providers].map(person));
  people.catch(() => undefined);
  return {
    end: async () => {
      over = true;
      await people;
      return turns;
    },
  };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('a Redis with an append-only file', () => {
  it('#13 restarts in the middle of sessions, which go on', async () => {
    const server = await nodeOn(services.redis.url);
    const kairos = Array.from({ length: 10 }, () => new KairosPhone({ url: () => server.url }));
    for (const phone of kairos) {
      await phone.dial();
      await phone.answer('a');
    }
    const running = load(server);
    await pause(300);
    await services.redis.stop();
    // A provider that sends the last input alone gets a closing screen of its own form.
    for (const phone of kairos) expect(await phone.answer('x')).toMatchObject({ text: unavailable, open: false });
    await services.redis.start();
    // The scenario allows 2 s from here on.
    await until(async () => (await new KairosPhone({ url: () => server.url }).dial()).open, 2_000, 'the recovery');
    expect(await running.end()).toBeGreaterThan(20);
    const screens = await Promise.all(kairos.map((phone) => phone.answer('c')));
    expect(new Set(screens.map(({ text }) => text))).toEqual(new Set([trailAfter(['a', 'c'])]));
  }, 60_000);
});

describe('a Redis that is away under load', () => {
  const awayMs = size(3_000, 30_000);
  it(`R4 is done without for ${String(awayMs / 1_000)} s, and comes back by itself`, async () => {
    const redis = await startPrivateRedis();
    cleanup.add(() => redis.remove());
    const server = await nodeOn(redis.url);
    const kairos = new KairosPhone({ url: () => server.url });
    await until(async () => (await health(server, '?strict')) === 200);
    const running = load(server);
    await pause(300);
    await redis.kill();
    const back = Date.now() + awayMs;
    while (Date.now() < back) {
      expect(await kairos.dial()).toMatchObject({ text: unavailable, open: false });
      expect(await health(server, '?strict')).toBe(503);
      expect(await health(server)).toBe(200);
      await pause(100);
    }
    await redis.start();
    await until(async () => (await health(server, '?strict')) === 200, 10_000, 'the recovery');
    expect(await running.end()).toBeGreaterThan(50);
    expect((await kairos.dial()).open).toBe(true);
  }, 90_000);
});

describe('a Redis behind a black hole', () => {
  let front: RedisAddressInFront;
  it('#17 is not waited for longer than a turn has', async () => {
    front = await startAddressInFront(services.redis.port);
    cleanup.add(() => front.close());
    const server = await nodeOn(front.url);
    const kairos = new KairosPhone({ url: () => server.url });
    await kairos.dial();
    await kairos.answer('a');
    const running = load(server);
    await pause(200);
    front.become('swallow');
    const limits = Array.from({ length: 5 }, () => kairos.answer('x'));
    for (const screen of await Promise.all(limits)) expect(screen).toMatchObject({ text: unavailable, open: false });
    await pause(size(1_000, 10_000));
    expect(await health(server, '?strict')).toBe(503);
    front.become('forward');
    await until(async () => (await health(server, '?strict')) === 200, 10_000, 'the recovery');
    expect(await running.end()).toBeGreaterThan(10);
    expect((await kairos.answer('c')).text).toBe(trailAfter(['a', 'c']));
  }, 60_000);
});

describe('a full Redis', () => {
  let redis: PrivateRedis;
  it('#18 takes no new session, serves the old ones, and is counted', async () => {
    redis = await startPrivateRedis({ maxmemory: '100mb' });
    cleanup.add(() => redis.remove());
    const server = await nodeOn(redis.url);
    const old = Array.from({ length: 5 }, () => new KairosPhone({ url: () => server.url }));
    for (const phone of old) {
      await phone.dial();
      await phone.answer('a');
    }
    await redis.command('CONFIG', 'SET', 'maxmemory', '1mb');
    for (const phone of old) expect((await phone.answer('c')).text).toBe(trailAfter(['a', 'c']));
    for (let i = 0; i < 5; i++) {
      const screen = await new KairosPhone({ url: () => server.url }).dial();
      expect(screen).toMatchObject({ text: unavailable, open: false });
    }
    const { body } = await send(server.url, '/metrics', { method: 'GET' });
    const counted = /ongea_session_store_failures_total\{reason="full"\} (\d+)/.exec(body)?.[1];
    expect(Number(counted)).toBeGreaterThan(0);
    await redis.command('CONFIG', 'SET', 'maxmemory', '0');
    expect((await new KairosPhone({ url: () => server.url }).dial()).open).toBe(true);
  }, 60_000);
});
