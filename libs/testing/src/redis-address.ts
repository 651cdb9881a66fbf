import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { portOf } from './private-redis.js';

/** A fixed address in front of servers that change, as a virtual IP or a DNS name is in front of a primary. */
export interface RedisAddressInFront {
  readonly port: number;
  readonly url: string;
  /** New connections lead to this port; open ones stay where they are. */
  leadTo(port: number): void;
  /**
   * `swallow` takes connections and bytes and never answers, and what it has swallowed stays dead, as behind a firewall
   * that has forgotten a connection; `refuse` drops every connection.
   */
  become(manner: 'forward' | 'swallow' | 'refuse'): void;
  close(): Promise<void>;
}

/** Listens on a free port of 127.0.0.1 and passes everything on to the port given. */
export async function startAddressInFront(firstPort: number): Promise<RedisAddressInFront> {
  let target = firstPort;
  let manner: 'forward' | 'swallow' | 'refuse' = 'forward';
  const open = new Set<Socket>();
  const dead = new WeakSet<Socket>();
  const keep = (socket: Socket): void => {
    open.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => open.delete(socket));
  };
  const server = createServer((client) => {
    keep(client);
    if (manner === 'refuse') {
      client.destroy();
      return;
    }
    if (manner === 'swallow') {
      dead.add(client);
      client.resume();
      return;
    }
    const behind = connect(target, '127.0.0.1');
    keep(behind);
    client.on('data', (bytes) => dead.has(client) || behind.write(bytes));
    behind.on('data', (bytes) => dead.has(client) || client.write(bytes));
    client.on('close', () => behind.destroy());
    behind.on('close', () => dead.has(client) || client.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const port = portOf(server);
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    leadTo: (next) => {
      target = next;
    },
    become: (next) => {
      manner = next;
      for (const socket of open) {
        if (next === 'refuse') socket.destroy();
        else if (next === 'swallow') dead.add(socket);
      }
    },
    close: async () => {
      for (const socket of open) socket.destroy();
      await once(server.close(), 'close');
    },
  };
}
