import { sessionStoreContract, startPrivateRedis, startRedisCluster } from '@app/testing';
import { createSessionStore, MemorySessionStore } from './index.js';

sessionStoreContract('memory', () => {
  let now = 1_700_000_000_000;
  const store = new MemorySessionStore({ now: () => now });
  return Promise.resolve({
    store,
    pass: (ms) => {
      now += ms;
    },
  });
});

sessionStoreContract('one Redis', async () => {
  const redis = await startPrivateRedis();
  const store = createSessionStore(redis.url);
  await store.waitUntilUp(5_000);
  return { store, stop: () => redis.remove() };
});

sessionStoreContract('a Redis Cluster of three nodes', async () => {
  const cluster = await startRedisCluster(3);
  const store = createSessionStore(cluster.url);
  await store.waitUntilUp(5_000);
  return { store, stop: () => cluster.remove() };
});
