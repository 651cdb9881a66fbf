import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { Cleanup } from './cleanup.js';
import { send } from './send.js';

/** A small TCP balancer: new connections go in turn to the nodes that are ready; open ones stay where they are. */
export interface Balancer {
  readonly url: string;
  /** Takes one more node in as soon as it is ready. */
  add(url: string): void;
  remove(url: string): void;
  readonly ready: readonly string[];
}

const checkEveryMs = 250;

/** Asks each node for `/health/ready` all the time, as balancers do. */
export async function startBalancer(cleanup: Cleanup): Promise<Balancer> {
  const nodes = new Map<string, boolean>();
  const sockets = new Set<Socket>();
  let turn = 0;
  const state = { isClosed: false };
  const ready = (): string[] => [...nodes].filter(([, isReady]) => isReady).map(([url]) => url);

  const server = createServer((client) => {
    const target = ready()[turn++ % Math.max(1, ready().length)];
    if (target === undefined) {
      client.destroy();
      return;
    }
    const { hostname, port } = new URL(target);
    const node = connect(Number(port), hostname);
    for (const socket of [client, node]) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    }
    // What one side ends, the other ends after the last byte.
    client.pipe(node);
    node.pipe(client);
    client.on('error', () => node.destroy());
    node.on('error', () => client.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');

  const check = async (): Promise<void> => {
    await Promise.all(
      [...nodes.keys()].map(async (url) => {
        const answer = await send(url, '/health/ready', {
          method: 'GET',
          limitMs: 1_000,
          headers: { connection: 'close' },
        }).catch(() => undefined);
        if (nodes.has(url)) nodes.set(url, answer?.status === 200);
      }),
    );
  };
  const watching = (async () => {
    while (!state.isClosed) {
      await check();
      await new Promise((resolve) => setTimeout(resolve, checkEveryMs));
    }
  })();

  cleanup.add(async () => {
    state.isClosed = true;
    for (const socket of sockets) socket.destroy();
    server.close();
    await watching;
  });

  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    add: (url) => void nodes.set(url, false),
    remove: (url) => void nodes.delete(url),
    get ready() {
      return ready();
    },
  };
}
