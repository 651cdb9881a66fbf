import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { Cleanup } from './cleanup.js';
import { send } from './send.js';

/** Stands before another server, passes requests on at once, and holds each answer back; gives its own address. */
export async function startLateAnswers(cleanup: Cleanup, target: string, delayMs: () => number): Promise<string> {
  const server = createServer((request, response) => {
    const pass = async (): Promise<void> => {
      const { host: _host, connection: _connection, ...headers } = request.headers;
      const answer = await send(target, request.url ?? '/', {
        method: request.method ?? 'POST',
        headers: headers as Record<string, string>,
        body: await buffer(request),
      });
      await new Promise((resolve) => setTimeout(resolve, delayMs()));
      response.writeHead(answer.status, { 'content-type': answer.contentType ?? 'text/plain' }).end(answer.body);
    };
    pass().catch(() => response.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanup.add(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}
