import { describe, expect, it } from '@jest/globals';
import { startPrivateRedis, startRedisCluster } from '@app/testing';
import { createSessionStore, MemorySessionStore, type OpenSessionStore } from './index.js';

const minute = 60_000;
const about = (text: string) => text.includes('700000201');

async function removesOnePerson(store: OpenSessionStore): Promise<void> {
  const keep = Array.from({ length: 700 }, (_, i) => `ongea:{ussd:p:a:other-${String(i)}}`);
  await Promise.all(keep.map((key) => store.save(key, 'of somebody else', 0, minute)));
  await store.save('ongea:{ussd:p:a:s1}', '[2,"d","v","+254700000201"]', 0, minute);
  await store.save('ongea:{sms:p:a:44170_+254700000201}', 'x', 0, minute);
  await store.writeNote('ongea:{language:p:a:+254700000201}', 'sw', minute);
  await store.markUnsent('ongea:{ussd:p:a:s1}\n1', 1);
  await store.markUnsent(`${keep[0] ?? ''}\n1`, 2);

  expect(await store.removeMatching(about)).toBe(3);

  expect(await store.load('ongea:{ussd:p:a:s1}')).toBeUndefined();
  expect(await store.readNote('ongea:{language:p:a:+254700000201}')).toBeUndefined();
  expect(await store.unsentBefore(10, 10)).toEqual([`${keep[0] ?? ''}\n1`]);
  const left = await Promise.all(keep.map((key) => store.load(key)));
  expect(left.every((session) => session !== undefined)).toBe(true);
  expect(await store.removeMatching(about)).toBe(0);
}

describe('removing what names one person leaves everything else', () => {
  it('in memory', () => removesOnePerson(new MemorySessionStore()));

  it('in one Redis', async () => {
    const redis = await startPrivateRedis();
    const store = createSessionStore(redis.url);
    try {
      await store.waitUntilUp(5_000);
      await removesOnePerson(store);
    } finally {
      await store.close();
      await redis.remove();
    }
  }, 30_000);

  it('on every node of a cluster', async () => {
    const cluster = await startRedisCluster(3);
    const store = createSessionStore(cluster.url);
    try {
      await store.waitUntilUp(5_000);
      await removesOnePerson(store);
    } finally {
      await store.close();
      await cluster.remove();
    }
  }, 60_000);
});
