import { afterEach, describe, expect, it } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { StoreUnavailable } from '@app/dialog';
import { startAddressInFront, startPrivateRedis, type PrivateRedis, type PrivateRedisOptions } from '@app/testing';
import { createSessionStore, SessionStoreFailed, type OpenSessionStore, type StoreFailure } from './index.js';

const minute = 60_000;
/** Far above every limit of the store: what takes longer hangs. */
const hangsMs = 5_000;

describe('sessions in one Redis that fails', () => {
  const toClose: (() => Promise<void>)[] = [];
  const failures: StoreFailure[] = [];
  const lines: string[] = [];

  afterEach(async () => {
    for (const close of toClose.splice(0).reverse()) await close();
    failures.splice(0);
    lines.splice(0);
  });

  async function privateRedis(options: PrivateRedisOptions = {}): Promise<PrivateRedis> {
    const redis = await startPrivateRedis(options);
    toClose.push(() => redis.remove());
    return redis;
  }

  async function openStore(url: string): Promise<OpenSessionStore> {
    const store = createSessionStore(url, {
      observer: { failed: (reason) => failures.push(reason) },
      log: { info: (line) => lines.push(line), warn: (line) => lines.push(line) },
    });
    toClose.push(() => inTime(store.close()));
    expect(await store.waitUntilUp(hangsMs)).toBe(true);
    return store;
  }

  it('#13 answers unavailable while Redis is away, and finds every session again after the restart', async () => {
    const redis = await privateRedis({ appendOnly: true });
    const store = await openStore(redis.url);
    const keys = Array.from({ length: 100 }, (_, index) => `ongea:{ussd:at:demo:${index}}`);
    await Promise.all(keys.map((key) => store.save(key, `state of ${key}`, 0, minute)));
    await redis.stop();
    for (const key of keys) {
      await expect(inTime(store.load(key))).rejects.toBeInstanceOf(StoreUnavailable);
      await expect(inTime(store.save(key, 'lost', 1, minute))).rejects.toBeInstanceOf(StoreUnavailable);
    }
    expect(store.state().kind).toBe('down');
    await redis.start();
    await untilItWorks(() => store.load(keys[0]!));
    const loaded = await Promise.all(keys.map((key) => store.load(key)));
    expect(loaded).toEqual(keys.map((key) => ({ version: 1, payload: `state of ${key}` })));
    expect(await store.save(keys[0]!, 'on it goes', 1, minute)).toBe('saved');
    expect(lines.filter((line) => line.includes('down'))).toHaveLength(1);
    expect(new Set(failures)).toEqual(new Set(['connection']));
  });

  it('#13 recovers from a crash with turns in flight, each of which was answered', async () => {
    const redis = await privateRedis({ appendOnly: true });
    const store = await openStore(redis.url);
    const outcomes = Promise.all(
      Array.from({ length: 500 }, (_, index) => inTime(outcomeOf(store.save(`crash ${index}`, 'x', 0, minute)))),
    );
    await redis.kill();
    expect((await outcomes).every((outcome) => outcome === 'saved' || outcome === 'connection')).toBe(true);
    await redis.start();
    await untilItWorks(() => store.load('crash 0'));
    expect(
      await Promise.all(Array.from({ length: 500 }, (_, index) => store.save(`crash ${index}`, 'x', 0, minute))),
    ).toEqual(Array.from({ length: 500 }, () => 'saved'));
  });

  it('#17 answers within the command limit when Redis takes commands and never answers, and recovers', async () => {
    const redis = await privateRedis();
    const store = await openStore(redis.url);
    await store.save('frozen', 'before', 0, minute);
    redis.freeze();
    for (let round = 0; round < 4; round++) {
      const outcomes = await inTime(
        Promise.all(Array.from({ length: 50 }, () => outcomeOf(store.save('frozen', 'while', 1, minute)))),
      );
      expect(outcomes.every((outcome) => outcome === 'timeout' || outcome === 'connection')).toBe(true);
      await pause(200);
    }
    expect(failures[0]).toBe('timeout');
    expect(store.state().kind).toBe('down');
    redis.thaw();
    const after = await untilItWorks(() => store.load('frozen'));
    expect(['before', 'while']).toContain(after?.payload);
  });

  it('#17 drops a connection that has gone silent and makes a new one', async () => {
    const redis = await privateRedis();
    const front = await startAddressInFront(redis.port);
    toClose.push(() => front.close());
    const store = await openStore(front.url);
    front.become('swallow');
    expect(await inTime(outcomeOf(store.load('any')))).toBe('timeout');
    // The connection that was open stays silent for good; only a new one can work.
    front.become('forward');
    expect(await untilItWorks(() => store.load('any'))).toBeUndefined();
    expect(await store.save('any', 'x', 0, minute)).toBe('saved');
  });

  it('#17 closes at once while Redis answers nothing', async () => {
    const redis = await privateRedis();
    const store = await openStore(redis.url);
    redis.freeze();
    await inTime(store.close());
    await expect(store.load('any')).rejects.toBeInstanceOf(StoreUnavailable);
  });

  it('#18 refuses new sessions when Redis is full, while old ones go on', async () => {
    const redis = await privateRedis();
    const store = await openStore(redis.url);
    await store.save('old', 'first', 0, minute);
    await redis.command('CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
    await redis.command('CONFIG', 'SET', 'maxmemory', '1mb');
    expect(await outcomeOf(store.save('new', 'first', 0, minute))).toBe('full');
    await expect(store.writeNote('note', 'sw', minute)).rejects.toMatchObject({ reason: 'full' });
    expect(await store.save('old', 'second', 1, minute)).toBe('saved');
    expect(await store.save('old', 'third', 2, minute)).toBe('saved');
    expect(await store.save('old', 'other', 2, minute)).toBe('conflict');
    expect(await store.load('old')).toEqual({ version: 3, payload: 'third' });
    expect(await redis.command('PTTL', 'old')).toBeGreaterThan(0);
    expect(failures).toEqual(['full', 'full']);
    expect(store.state()).toEqual({ kind: 'up' });
    await redis.command('CONFIG', 'SET', 'maxmemory', '0');
    expect(await store.save('new', 'first', 0, minute)).toBe('saved');
  });

  it('#15 finds the promoted replica behind the same address after the old primary turned read-only', async () => {
    const [primary, front, store] = await behindAnAddress();
    const replica = await privateRedis({ replicaOf: primary.port });
    expect(await store.save('moved', 'first', 0, minute)).toBe('saved');
    await primary.command('WAIT', 1, hangsMs);
    await until(async () => (await replica.command('GET', 'moved')) !== null);

    front.leadTo(replica.port);
    await replica.command('REPLICAOF', 'NO', 'ONE');
    await primary.command('REPLICAOF', replica.host, replica.port);
    expect(await outcomeOf(store.save('moved', 'second', 1, minute))).toBe('refused');

    expect(await untilItWorks(() => store.save('moved', 'second', 1, minute))).toBe('saved');
    expect(await replica.command('GET', 'moved')).toBe('2:second');
    expect(await store.save('moved', 'third', 1, minute)).toBe('conflict');
  });

  it('#13 goes on when Redis has lost the script', async () => {
    const redis = await privateRedis();
    const store = await openStore(redis.url);
    await store.save('scripted', 'first', 0, minute);
    await redis.command('SCRIPT', 'FLUSH');
    expect(await store.save('scripted', 'second', 1, minute)).toBe('saved');
  });

  it('costs one GET to load and one EVALSHA to save', async () => {
    const redis = await privateRedis();
    const store = await openStore(redis.url);
    await store.save('warm', 'x', 0, minute);
    await redis.command('CONFIG', 'RESETSTAT');
    for (let version = 0; version < 10; version++) {
      await store.load('counted');
      await store.save('counted', `turn ${version}`, version, minute);
    }
    const stats = String(await redis.command('INFO', 'commandstats'));
    expect(/cmdstat_evalsha:calls=(\d+)/.exec(stats)?.[1]).toBe('10');
    // The script itself reads once for each save.
    expect(/cmdstat_get:calls=(\d+)/.exec(stats)?.[1]).toBe('20');
  });

  it('starts without a Redis and serves as soon as there is one', async () => {
    const redis = await privateRedis();
    await redis.stop();
    const store = createSessionStore(redis.url);
    toClose.push(() => inTime(store.close()));
    expect(await store.waitUntilUp(100)).toBe(false);
    await expect(inTime(store.load('any'))).rejects.toBeInstanceOf(StoreUnavailable);
    expect(store.state().kind).toBe('down');
    await redis.start();
    expect(await store.waitUntilUp(hangsMs)).toBe(true);
    expect(await store.load('any')).toBeUndefined();
  });

  async function behindAnAddress(): Promise<
    [PrivateRedis, Awaited<ReturnType<typeof startAddressInFront>>, OpenSessionStore]
  > {
    const primary = await privateRedis();
    const front = await startAddressInFront(primary.port);
    toClose.push(() => front.close());
    return [primary, front, await openStore(front.url)];
  }
});

async function outcomeOf(work: Promise<unknown>): Promise<unknown> {
  try {
    return await work;
  } catch (error) {
    return error instanceof SessionStoreFailed ? error.reason : error;
  }
}

async function untilItWorks<Answer>(work: () => Promise<Answer>): Promise<Answer> {
  const giveUp = Date.now() + hangsMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() > giveUp || !(error instanceof StoreUnavailable)) throw error;
      await pause(20);
    }
  }
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const giveUp = Date.now() + hangsMs;
  while (!(await holds())) {
    if (Date.now() > giveUp) throw new Error('it never came about');
    await pause(20);
  }
}

function inTime<Answer>(work: Promise<Answer>): Promise<Answer> {
  const late = new AbortController();
  const limit = pause(hangsMs, undefined, { signal: late.signal }).then(() => {
    throw new Error(`no answer within ${hangsMs} ms`);
  });
  limit.catch(() => undefined);
  return Promise.race([work, limit]).finally(() => {
    late.abort();
  });
}
