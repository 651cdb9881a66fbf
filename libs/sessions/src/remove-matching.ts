import type { Redis } from 'ioredis';
import type { RedisConnection } from './redis-connection.js';

const perScan = 500;

/** The key of the session that a mark of unsent messages is of. */
export function keyOfMark(mark: string): string {
  return mark.slice(0, mark.lastIndexOf('\n'));
}

/**
 * Removes what is matched by key or content, on every node of a cluster, and its marks in the sorted set `marks`; resolves to
 * how many entries. What is written meanwhile may be missed.
 */
export async function removeMatching(
  redis: RedisConnection,
  marks: string,
  matches: (text: string) => boolean,
): Promise<number> {
  const { commands } = redis;
  const gone = new Set<string>();
  for (const node of redis.masters()) {
    for await (const keys of keysOf(node)) {
      const names = keys.filter((key) => key !== marks);
      const texts = await Promise.all(names.map((key) => commands.get(key)));
      const found = names.filter((key, i) => matches(key) || matches(texts[i] ?? ''));
      await Promise.all(found.map((key) => commands.del(key)));
      for (const key of found) gone.add(key);
    }
  }
  const held = await commands.zrange(marks, '-inf', '+inf', 'BYSCORE', 'LIMIT', 0, -1);
  for (const mark of held) if (matches(mark) || gone.has(keyOfMark(mark))) await commands.zrem(marks, mark);
  return gone.size;
}

async function* keysOf(node: Redis): AsyncGenerator<readonly string[]> {
  let cursor = '0';
  do {
    const [next, keys] = await node.scan(cursor, 'MATCH', 'ongea:{*', 'COUNT', perScan);
    cursor = next;
    yield keys;
  } while (cursor !== '0');
}
