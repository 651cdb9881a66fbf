import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Cleanup } from './cleanup.js';

/** How a service behind a dialog behaves. */
export type Manner = 'well' | 'slow' | 'hangs' | 'resets' | 'drips' | 'html' | 'fails';

/** A business system of a test's own, which counts what it is asked. */
export interface BusinessApi {
  readonly url: string;
  become(manner: Manner): void;
  /** Idempotency keys in the order of their arrival. */
  readonly keys: readonly string[];
  readonly requests: number;
}

export async function startBusinessApi(cleanup: Cleanup): Promise<BusinessApi> {
  let manner: Manner = 'well';
  const keys: string[] = [];
  let requests = 0;
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    requests += 1;
    keys.push(String(request.headers['idempotency-key']));
    request.resume();
    answer(manner, response, requests);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanup.add(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    become: (next) => {
      manner = next;
    },
    keys,
    get requests() {
      return requests;
    },
  };
}

function answer(manner: Manner, response: ServerResponse, n: number): void {
  const json = JSON.stringify({ amount: 42.5, n });
  switch (manner) {
    case 'well':
      response.writeHead(200, { 'content-type': 'application/json' }).end(json);
      break;
    case 'slow':
      setTimeout(() => response.end(json), 20_000).unref();
      break;
    case 'hangs':
      break;
    case 'resets':
      response.socket?.resetAndDestroy();
      break;
    case 'drips': {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': String(json.length) });
      let sent = 0;
      const drip = setInterval(() => {
        if (sent < json.length) response.write(json.charAt(sent++));
        else clearInterval(drip);
      }, 1_000).unref();
      response.on('close', () => clearInterval(drip));
      break;
    }
    case 'html':
      response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>It works!</h1>');
      break;
    case 'fails':
      response.writeHead(500).end('oops');
      break;
  }
}
