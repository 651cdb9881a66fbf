import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { StoreUnavailable } from '@app/dialog';
import { startRedisCluster, type PrivateRedisCluster } from '@app/testing';
import { createSessionStore, type OpenSessionStore } from './index.js';

const minute = 60_000;

describe('sessions in a Redis Cluster that changes', () => {
  let cluster: PrivateRedisCluster;
  let store: OpenSessionStore;

  beforeAll(async () => {
    cluster = await startRedisCluster(3);
    store = createSessionStore(cluster.url);
    expect(await store.waitUntilUp(5_000)).toBe(true);
  });
  afterAll(async () => {
    await store.close();
    await cluster.remove();
  });

  it('#16 keeps every turn while slots move between nodes under load', async () => {
    const moving = await keysOn(0, 12);
    const resting = await keysOn(2, 12);
    const keys = [...moving, ...resting];
    const turnsOf = new Map<string, number>();
    let over = false;
    const callers = keys.map(async (key) => {
      let version = 0;
      while (!over || version === 0) {
        expect((await store.load(key))?.version ?? 0).toBe(version);
        expect(await store.save(key, `turn ${version + 1}`, version, minute)).toBe('saved');
        version += 1;
        await pause(1);
      }
      turnsOf.set(key, version);
    });
    const moves = (async () => {
      const slots = await Promise.all(moving.map((key) => cluster.slotOf(key)));
      for (const slot of slots) await cluster.moveSlot(slot, cluster.nodes[0]!, cluster.nodes[1]!);
      over = true;
    })();
    await Promise.all([...callers, moves]);
    for (const key of keys) {
      const version = turnsOf.get(key)!;
      expect(await store.load(key)).toEqual({ version, payload: `turn ${version}` });
    }
    // The proof that they did move.
    const now = await Promise.all(moving.map((key) => cluster.nodes[1]!.command('EXISTS', key)));
    expect(now).toEqual(moving.map(() => 1));
  });

  it('#16 serves the slots of a node again once it is back', async () => {
    const [key] = await keysOn(2, 1);
    const [elsewhere] = await keysOn(1, 1);
    await store.save(elsewhere!, 'first', 0, minute);
    await cluster.nodes[2]!.stop();
    await expect(store.load(key!)).rejects.toBeInstanceOf(StoreUnavailable);
    await cluster.nodes[2]!.start();
    expect(await untilItWorks(() => store.save(key!, 'back', 0, minute))).toBe('saved');
    expect(await store.load(key!)).toEqual({ version: 1, payload: 'back' });
  });

  it('#17 goes on at the other nodes while one answers nothing, and returns to it', async () => {
    const [silent] = await keysOn(1, 2);
    const [elsewhere] = await keysOn(0, 3);
    await store.save(silent!, 'before', 0, minute);
    cluster.nodes[1]!.freeze();
    await expect(store.load(silent!)).rejects.toBeInstanceOf(StoreUnavailable);
    await expect(store.load(silent!)).rejects.toBeInstanceOf(StoreUnavailable);
    expect(await untilItWorks(() => store.save(elsewhere!, 'meanwhile', 0, minute))).toBe('saved');
    cluster.nodes[1]!.thaw();
    expect(await untilItWorks(() => store.load(silent!))).toEqual({ version: 1, payload: 'before' });
  });

  async function keysOn(node: number, count: number): Promise<string[]> {
    const found: string[] = [];
    for (let index = 0; found.length < count; index++) {
      const key = `ongea:{ussd:at:demo:${node}-${count}-${index}}`;
      const slot = await cluster.slotOf(key);
      if (Math.floor((slot * 3) / 16_384) === node) found.push(key);
    }
    return found;
  }
});

async function untilItWorks<Answer>(work: () => Promise<Answer>): Promise<Answer> {
  const giveUp = Date.now() + 15_000;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() > giveUp || !(error instanceof StoreUnavailable)) throw error;
      await pause(50);
    }
  }
}
