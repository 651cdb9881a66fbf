import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Cleanup } from './cleanup.js';

/** A request as it came. */
export interface Received {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Somebody who is told things over HTTP, and answers as it is told to. */
export interface WebhookReceiver {
  readonly url: string;
  /** In the order of their arrival. */
  readonly received: readonly Received[];
  /** Requests to a path, its query aside. */
  to(path: string): readonly Received[];
  /** How the next requests to a path are answered; then 204 again. */
  answer(path: string, ...statuses: number[]): void;
}

export async function startWebhookReceiver(cleanup: Cleanup): Promise<WebhookReceiver> {
  const received: Received[] = [];
  const answers = new Map<string, number[]>();
  const pathOf = (url: string): string => url.split('?')[0] ?? '';
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      received.push({ method, url, headers, body: Buffer.concat(chunks).toString('utf8') });
      response.writeHead(answers.get(pathOf(url))?.shift() ?? 204).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanup.add(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    received,
    to: (path) => received.filter(({ url }) => pathOf(url) === path),
    answer: (path, ...statuses) => answers.set(path, statuses),
  };
}
