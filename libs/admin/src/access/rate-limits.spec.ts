import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { openPlainRedis, parseRedisUrl, type PlainRedis } from '@app/sessions';
import { startRedisCluster, type PrivateRedisCluster } from '@app/testing';
import { rateLimit } from './rate-limits.js';

const limits = { points: 3, seconds: 60, prefix: 'test' };

let cluster: PrivateRedisCluster;
let clients: readonly PlainRedis[] = [];

beforeAll(async () => {
  cluster = await startRedisCluster();
  clients = [1, 2].map(() => openPlainRedis(parseRedisUrl(cluster.url), 1_000));
  for (const { client } of clients) if (client.status !== 'ready') await once(client, 'ready');
}, 60_000);

afterAll(async () => {
  for (const client of clients) await client.close();
  await cluster.remove();
}, 30_000);

describe('a rate limit', () => {
  it('counts over all processes of a Redis Cluster', async () => {
    const [one, other] = clients.map(({ client }) => rateLimit(limits, client));
    for (const limit of [one, other, one]) expect(await limit?.take('a')).toEqual({ allowed: true });
    expect(await other?.take('a')).toEqual({ allowed: false, waitSeconds: 60 });
    expect(await one?.look('a')).toMatchObject({ allowed: false });
    expect(await one?.take('b')).toEqual({ allowed: true });
  });
});
