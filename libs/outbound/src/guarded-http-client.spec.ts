import { afterEach, describe, expect, it } from '@jest/globals';
import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { guardedFetch } from './guarded-fetch.js';
import { GuardedHttpClient } from './guarded-http-client.js';
import type { GuardedHttpOptions } from './guarded-http-client.js';
import { OutboundError, outboundFaults } from './outbound-error.js';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

function clientWith(options: GuardedHttpOptions = {}): GuardedHttpClient {
  const client = new GuardedHttpClient({ allowPrivate: ['127.0.0.1'], ...options });
  closers.push(() => client.close());
  return client;
}

async function listening(server: Server): Promise<string> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    // A cut connection is what several of these tests are about.
    socket.on('error', () => socket.destroy());
  });
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`;
}

const http = (listener: RequestListener) => listening(createServer(listener));
const tcp = (listener: (socket: Socket) => void) => listening(createTcpServer(listener));

async function faultOf(client: GuardedHttpClient, url: string, signal?: AbortSignal): Promise<string> {
  try {
    const answer = await client.request({ method: 'GET', url, ...(signal === undefined ? {} : { signals: [signal] }) });
    return String(answer.status);
  } catch (error) {
    if (error instanceof OutboundError) return error.code;
    throw error;
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

describe('a request', () => {
  it('sends method, headers and body, and gives back status, headers and body', async () => {
    const url = await http((request, response) => {
      void textOf(request).then((body) =>
        response
          .writeHead(201, { 'x-seen': `${String(request.method)} ${String(request.headers['x-key'])}` })
          .end(`got ${body}`),
      );
    });
    const answer = await clientWith().request({ method: 'post', url, headers: { 'X-Key': 'k1' }, body: 'hello' });
    expect(answer.status).toBe(201);
    expect(answer.headers['x-seen']).toBe('POST k1');
    expect(answer.body.toString()).toBe('got hello');
  });

  it('keeps its connections for later requests', async () => {
    let connections = 0;
    const server = createServer((_request, response) => response.end('ok'));
    server.on('connection', () => (connections += 1));
    const url = await listening(server);
    const client = clientWith();
    for (let i = 0; i < 20; i += 1) await client.request({ method: 'GET', url });
    // undici may open a second one while the first is being put back.
    expect(connections).toBeLessThanOrEqual(2);
  });

  it('opens no more connections to one origin than allowed', async () => {
    let open = 0;
    const server = createServer((_request, response) => setTimeout(() => response.end('ok'), 20));
    server.on('connection', () => (open += 1));
    const url = await listening(server);
    const client = clientWith({ connectionsPerOrigin: 3 });
    await Promise.all(Array.from({ length: 12 }, () => client.request({ method: 'GET', url })));
    expect(open).toBe(3);
  });

  it.each([
    ['CONNECT', {}],
    ['TRACE', {}],
    ['GET', { host: 'elsewhere.example' }],
    ['GET', { 'Transfer-Encoding': 'chunked' }],
    ['GET', { 'x-split': 'a\r\nx-injected: b' }],
    ['GET', { 'bad name': 'x' }],
  ])('refuses %s with %j', async (method, headers) => {
    const url = await http((_request, response) => response.end());
    await expect(clientWith().request({ method, url, headers })).rejects.toMatchObject({ code: 'bad-request' });
  });

  it('never names path or query in its error', async () => {
    const error: unknown = await clientWith()
      .request({ method: 'GET', url: 'http://10.0.0.1/pay?token=abc' })
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({ message: `${outboundFaults['refused-private-network']} (10.0.0.1)` });
  });
});

describe('the size of an answer', () => {
  it('takes 256 KiB and not one byte more', async () => {
    const url = await http((request, response) => response.end(Buffer.alloc(Number(request.url?.slice(1)))));
    const client = clientWith();
    expect((await client.request({ method: 'GET', url: `${url}262144` })).body.length).toBe(262_144);
    expect(await faultOf(client, `${url}262145`)).toBe('too-large');
  });

  it('#26 cuts a chunked body that never ends', async () => {
    const url = await http((_request, response) => {
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(16_384)));
      };
      response.on('drain', more);
      more();
    });
    expect(await faultOf(clientWith(), url)).toBe('too-large');
  });

  it.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
  ])('unpacks %s, and cuts what grows too large', async (encoding, compress) => {
    const url = await http((request, response) => {
      response.setHeader('content-encoding', encoding);
      response.end(compress(Buffer.alloc(request.url === '/bomb' ? 5_000_000 : 7, 'a')));
    });
    const client = clientWith();
    expect((await client.request({ method: 'GET', url })).body.toString()).toBe('aaaaaaa');
    expect(await faultOf(client, `${url}bomb`)).toBe('too-large');
  });

  it('gives up on headers without end', async () => {
    const url = await tcp((socket) => socket.end(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(100_000)}\r\n\r\n`));
    expect(await faultOf(clientWith(), url)).toBe('too-large');
  });
});

describe('#26 a host that does not behave', () => {
  it('is cut when it sends one byte at a time', async () => {
    const url = await tcp((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n');
      const drip = setInterval(() => socket.write('x'), 10);
      socket.on('close', () => clearInterval(drip));
    });
    expect(await faultOf(clientWith({ timeoutMs: 150 }), url)).toBe('timeout');
  });

  it('is cut when it says nothing at all', async () => {
    const url = await tcp(() => undefined);
    expect(await faultOf(clientWith({ timeoutMs: 100 }), url)).toBe('timeout');
  });

  it('is left when the caller gives up, before or during the request', async () => {
    const url = await tcp(() => undefined);
    const client = clientWith();
    expect(await faultOf(client, url, AbortSignal.timeout(50))).toBe('aborted');
    expect(await faultOf(client, url, AbortSignal.abort())).toBe('aborted');
  });

  it.each([
    ['resets the connection', (socket: Socket) => socket.resetAndDestroy(), 'connection-failed'],
    ['closes without an answer', (socket: Socket) => socket.end(), 'connection-failed'],
    ['speaks no HTTP', (socket: Socket) => socket.end('220 smtp.example ESMTP\r\n'), 'bad-answer'],
    [
      'closes in mid-body',
      (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc'),
      'connection-failed',
    ],
    [
      'has an impossible status',
      (socket: Socket) => socket.end('HTTP/1.1 999 No\r\ncontent-length: 0\r\n\r\n'),
      'bad-answer',
    ],
  ])('has its failure named when it %s', async (_what, listener, code) => {
    const url = await tcp((socket) => socket.once('data', () => listener(socket)));
    expect(await faultOf(clientWith(), url)).toBe(code);
  });

  it('has its failure named when nothing listens, and when the name is not known', async () => {
    const url = await tcp(() => undefined);
    await closers.splice(-1)[0]?.();
    expect(await faultOf(clientWith(), url)).toBe('connection-failed');
    const unknown = clientWith({ resolve: () => Promise.reject(new Error('ENOTFOUND')) });
    expect(await faultOf(unknown, 'http://nowhere.example/')).toBe('connection-failed');
  });
});

describe('#26 the circuit of a host', () => {
  const circuit = { minRequests: 4, probeAfterMs: 1_000 };
  const stateOf = (client: GuardedHttpClient) => client.circuits()[0]?.state;
  const becomes = async (client: GuardedHttpClient, state: string) => {
    while (stateOf(client) !== state) await new Promise((resolve) => setTimeout(resolve, 10));
  };

  it('opens after the set number of failures, time-outs and giving up included, and then asks no more', async () => {
    let requests = 0;
    const url = await tcp((socket) => {
      socket.once('data', () => (requests += 1));
    });
    const client = clientWith({ timeoutMs: 60, circuit: { ...circuit, probeAfterMs: 60_000 } });
    const codes = [await faultOf(client, url), await faultOf(client, url, AbortSignal.timeout(20))];
    while (codes.length < 8) codes.push(await faultOf(client, url));
    expect(codes.slice(0, 4)).toEqual(['timeout', 'aborted', 'timeout', 'timeout']);
    expect(codes.slice(4)).toEqual(['circuit-open', 'circuit-open', 'circuit-open', 'circuit-open']);
    expect(requests).toBeLessThanOrEqual(4);
    expect(stateOf(client)).toBe('open');
  });

  it('lets one probe an interval through, and closes when a probe is answered', async () => {
    let requests = 0;
    let well = false;
    const url = await http((request, response) => {
      requests += 1;
      if (well) response.end('ok');
      else request.socket.resetAndDestroy();
    });
    const client = clientWith({ circuit });
    while (stateOf(client) !== 'open') await faultOf(client, url);
    for (const interval of [1, 2]) {
      await becomes(client, 'half-open');
      const before = requests;
      const codes = await Promise.all(Array.from({ length: 20 }, () => faultOf(client, url)));
      expect(codes.filter((code) => code !== 'circuit-open')).toHaveLength(1);
      expect([interval, requests]).toEqual([interval, before + 1]);
      expect(stateOf(client)).toBe('open');
    }
    well = true;
    await becomes(client, 'half-open');
    expect(await faultOf(client, url)).toBe('200');
    expect(stateOf(client)).toBe('closed');
  });

  it('stays closed for answers that are errors of HTTP, and for what we refused ourselves', async () => {
    const url = await http((_request, response) => response.writeHead(503).end());
    const client = clientWith({ circuit });
    for (let i = 0; i < 10; i += 1) {
      expect(await faultOf(client, url)).toBe('503');
      expect(await faultOf(client, 'http://10.0.0.1/')).toBe('refused-private-network');
    }
    expect(client.circuits().map(({ state }) => state)).toEqual(['closed', 'closed']);
  });

  it('concerns that host alone', async () => {
    const bad = await tcp((socket) => socket.resetAndDestroy());
    const good = await http((_request, response) => response.end('ok'));
    const client = clientWith({ circuit });
    while (client.circuits()[0]?.state !== 'open') await faultOf(client, bad);
    expect(await faultOf(client, good)).toBe('200');
  });
});

describe('the fetch of actions', () => {
  const never = new AbortController().signal;

  it('behaves like fetch for JSON both ways, without following a redirect', async () => {
    const url = await http((request, response) => {
      if (request.url === '/moved') response.writeHead(302, { location: '/' }).end();
      else void textOf(request).then((body) => response.setHeader('content-type', 'application/json').end(body));
    });
    const fetch = guardedFetch(clientWith(), never);
    const answer = await fetch(new URL(url), { method: 'POST', body: JSON.stringify({ crop: 'maize' }) });
    expect(answer.ok).toBe(true);
    expect(await answer.json()).toEqual({ crop: 'maize' });
    expect((await fetch(`${url}moved`)).status).toBe(302);
  });

  it('is guarded as the client is, also against a dispatcher of the caller', async () => {
    const fetch = guardedFetch(new GuardedHttpClient(), never);
    await expect(fetch('http://127.0.0.1:1/')).rejects.toMatchObject({ code: 'refused-private-network' });
    await expect(fetch('http://u:p@8.8.8.8/')).rejects.toMatchObject({ code: 'refused-credentials' });
    await expect(fetch('http://8.8.8.8/', { method: 'GET', body: 'x' })).rejects.toMatchObject({ code: 'bad-request' });
    await expect(fetch('/relative')).rejects.toMatchObject({ code: 'bad-url' });
  });

  it('is cut by the run it belongs to and by its own signal', async () => {
    const url = await tcp(() => undefined);
    const client = clientWith();
    await expect(guardedFetch(client, AbortSignal.timeout(30))(url)).rejects.toMatchObject({ code: 'aborted' });
    await expect(guardedFetch(client, never)(url, { signal: AbortSignal.timeout(30) })).rejects.toMatchObject({
      code: 'aborted',
    });
  });

  it('gives an empty 204', async () => {
    const url = await http((_request, response) => response.writeHead(204).end());
    expect((await guardedFetch(clientWith(), never)(url)).status).toBe(204);
  });
});
