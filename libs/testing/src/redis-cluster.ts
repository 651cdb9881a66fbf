import { setTimeout as pause } from 'node:timers/promises';
import { PrivateRedis } from './private-redis.js';

const slots = 16_384;
const formLimitMs = 20_000;

/** A Redis Cluster of a test's own, without replicas. */
export class PrivateRedisCluster {
  constructor(readonly nodes: readonly PrivateRedis[]) {}

  get url(): string {
    return `redis://${this.nodes.map((node) => `${node.host}:${node.port}`).join(',')}`;
  }

  /** The node that has this key's slot, asked of the cluster itself. */
  async slotOf(key: string): Promise<number> {
    return Number(await this.nodes[0]!.command('CLUSTER', 'KEYSLOT', key));
  }

  /** Moves one slot with all its keys while clients go on using them: they meet ASK, TRYAGAIN and then MOVED. */
  async moveSlot(slot: number, from: PrivateRedis, to: PrivateRedis): Promise<void> {
    const [fromId, toId] = await Promise.all([nodeId(from), nodeId(to)]);
    await to.command('CLUSTER', 'SETSLOT', slot, 'IMPORTING', fromId);
    await from.command('CLUSTER', 'SETSLOT', slot, 'MIGRATING', toId);
    for (;;) {
      const keys = await from.command('CLUSTER', 'GETKEYSINSLOT', slot, 3);
      if (!Array.isArray(keys) || keys.length === 0) break;
      await from.command('MIGRATE', to.host, to.port, '', 0, 5_000, 'KEYS', ...keys.map(String));
    }
    await to.command('CLUSTER', 'SETSLOT', slot, 'NODE', toId);
    for (const node of this.nodes) await node.command('CLUSTER', 'SETSLOT', slot, 'NODE', toId);
  }

  async remove(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.remove()));
  }
}

/** Starts so many nodes, shares the slots out evenly and in order, and waits until all of them agree. */
export async function startRedisCluster(count = 3): Promise<PrivateRedisCluster> {
  const nodes = await Promise.all(Array.from({ length: count }, () => PrivateRedis.start({ cluster: true })));
  const [first, ...others] = nodes;
  for (const [index, node] of nodes.entries()) {
    await node.command('CLUSTER', 'SET-CONFIG-EPOCH', index + 1);
    const [from, to] = [Math.floor((index * slots) / count), Math.floor(((index + 1) * slots) / count) - 1];
    await node.command('CLUSTER', 'ADDSLOTSRANGE', from, to);
  }
  for (const node of others) await node.command('CLUSTER', 'MEET', first!.host, first!.port, first!.busPort);
  const cluster = new PrivateRedisCluster(nodes);
  const giveUp = Date.now() + formLimitMs;
  while (!(await Promise.all(nodes.map((node) => agrees(node, count)))).every(Boolean)) {
    if (Date.now() > giveUp) {
      await cluster.remove();
      throw new Error('the Redis Cluster did not form');
    }
    await pause(50);
  }
  return cluster;
}

async function agrees(node: PrivateRedis, count: number): Promise<boolean> {
  const info = String(await node.command('CLUSTER', 'INFO'));
  return info.includes('cluster_state:ok') && info.includes(`cluster_size:${count}`);
}

async function nodeId(node: PrivateRedis): Promise<string> {
  return String(await node.command('CLUSTER', 'MYID'));
}
