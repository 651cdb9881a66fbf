import { createHmac } from 'node:crypto';
import { request as httpRequest, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { Controller, Global, Logger, Module, Post, Body } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AccountBook, isSignedBy, ProviderRegistry, type Account, type Provider } from '@app/provider-kit';
import { Peers } from './peers.js';
import { pathOf } from './request-log.js';
import { CLOCK } from './tokens.js';
import { WebhookModule } from './webhook.module.js';
import { WebhookRoutes } from './webhook-routes.js';
import type { WebhookCall } from './webhook-call.js';

const scheme = { algorithm: 'sha1', prefix: 'sha1=' } as const;
const plain: Provider = { id: 'plain', name: 'Plain', accountOptions: {} };
const signing: Provider = {
  id: 'signing',
  name: 'Signing',
  accountOptions: {},
  signature: {
    signs: (account) => account.secrets.length > 0,
    verify: ({ headers, rawBody }, account) => isSignedBy(scheme, headers['x-hub-signature'], rawBody, account.secrets),
  },
};

function account(provider: string, name: string, more: Partial<Account> = {}): Account {
  const lists = { webhookKeys: [], allowFrom: [], secrets: [], airtimeAllow: [] };
  const empty = { ...lists, credentials: {}, endpoints: {}, resendUncertain: false, open: false, options: {} };
  return { provider, account: name, timezone: 'UTC', repeatWindowMs: 1_500, ...empty, ...more };
}

const accounts = new AccountBook([
  account('plain', 'open'),
  account('plain', 'keyed', { webhookKeys: ['old-key', 'new-key'] }),
  account('plain', 'here', { allowFrom: ['127.0.0.1/32'] }),
  account('plain', 'elsewhere', { allowFrom: ['203.0.113.0/24'] }),
  account('plain', 'both', { allowFrom: ['203.0.113.0/24'], webhookKeys: ['k'] }),
  account('plain', 'no-channel', { options: { silent: true } }),
  account('signing', 'signed', { secrets: ['s1', 's2'] }),
  account('signing', 'unsigned'),
]);

let calls: WebhookCall[] = [];
let broken: string[] = [];
let hold: Promise<void> = Promise.resolve();
const logged: string[] = [];

const bindings = [
  { provide: ProviderRegistry, useValue: new ProviderRegistry([plain, signing]) },
  { provide: AccountBook, useValue: accounts },
  { provide: Peers, useValue: new Peers(['127.0.0.1', '10.0.0.0/8']) },
  { provide: CLOCK, useValue: { now: () => 1_700_000_000_000 } },
];

@Global()
@Module({ providers: bindings, exports: bindings.map(({ provide }) => provide) })
class Bindings {}

@Controller('admin')
class StrictController {
  @Post()
  take(@Body() body: unknown): unknown {
    return { body };
  }
}

@Module({ imports: [Bindings, WebhookModule], controllers: [StrictController] })
class TestModule {
  constructor(routes: WebhookRoutes) {
    const serves = (_provider: Provider, owner: Account): boolean => owner.options.silent !== true;
    const handle = async (call: WebhookCall) => {
      calls.push(call);
      await hold;
      const reply = { status: 200, contentType: 'text/plain', headers: { 'x-echo': 'yes' }, body: 'taken' };
      return { reply, whenBroken: () => Promise.resolve(void broken.push(call.route)) };
    };
    for (const method of ['GET', 'POST', 'PUT'] as const) {
      routes.add({ method, path: '/hook/:provider/:account', serves, handle });
    }
    routes.add({ method: 'GET', path: '/page/:provider/:account', page: true, serves, handle });
    routes.add({
      method: 'POST',
      path: '/failing/:provider/:account',
      serves,
      handle: () => Promise.reject(new Error('no handler does this')),
    });
  }
}

interface Answer {
  readonly status: number;
  readonly contentType: string | undefined;
  readonly body: string;
}

let app: NestFastifyApplication;
let port = 0;

/** Sends the path as it is, which fetch would not. */
function send(
  path: string,
  body: string | Buffer = '',
  headers: Record<string, string> = {},
  method = 'POST',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          contentType: response.headers['content-type'],
          body: Buffer.concat(chunks).toString(),
        }),
      );
    });
    request.on('error', reject);
    request.end(body);
  });
}

async function until(holds: () => boolean): Promise<void> {
  for (let waited = 0; !holds(); waited += 5) {
    if (waited > 5_000) throw new Error('it never came to pass');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

beforeAll(async () => {
  Logger.overrideLogger(false);
  const logger = {
    level: 'trace',
    serializers: { req: ({ url }: { readonly url: string }) => ({ url: pathOf(url) }) },
    stream: { write: (line: string) => void logged.push(line) },
  };
  const adapter = new FastifyAdapter({ logger });
  app = await NestFactory.create<NestFastifyApplication>(TestModule, adapter);
  await app.listen(0, '127.0.0.1');
  port = (app.getHttpServer().address() as AddressInfo).port;
});
afterAll(() => app.close());
beforeEach(() => {
  calls = [];
  broken = [];
  hold = Promise.resolve();
});

describe('the body of a webhook', () => {
  const formBody = 'sessionId=1&text=1%2A2';
  const jsonBody = '{"sessionId":"1","text":"1*2"}';
  it.each([
    ['a form', formBody, { 'content-type': 'application/x-www-form-urlencoded' }],
    ['JSON', jsonBody, { 'content-type': 'application/json; charset=utf-8' }],
    ['a form labelled JSON', formBody, { 'content-type': 'application/json' }],
    ['JSON labelled a form', jsonBody, { 'content-type': 'application/x-www-form-urlencoded' }],
    ['JSON labelled plain text', jsonBody, { 'content-type': 'text/plain' }],
    ['JSON of an unknown type', jsonBody, { 'content-type': 'application/x-nobody-knows' }],
    ['JSON with a broken label', jsonBody, { 'content-type': 'json;;=' }],
    ['JSON without a label', jsonBody, {}],
    ['JSON with a byte order mark', `\ufeff${jsonBody}`, {}],
    [
      'multipart',
      '--x\r\nContent-Disposition: form-data; name="sessionId"\r\n\r\n1\r\n--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n1*2\r\n--x--\r\n',
      { 'content-type': 'multipart/form-data; boundary=x' },
    ],
  ])('is read alike as %s (#39)', async (_name, body, headers: Record<string, string>) => {
    expect((await send('/hook/plain/open', body, headers)).status).toBe(200);
    const { request, malformed } = calls[0]!;
    expect(malformed).toBeUndefined();
    expect({ ...request.fields }).toEqual({ sessionId: '1', text: '1*2' });
    expect(Buffer.from(request.rawBody).equals(Buffer.from(body))).toBe(true);
    expect(request.contentType).toBe(headers['content-type']);
  });

  it('may be missing, the query standing in', async () => {
    await send('/hook/plain/open?sessionId=7&text=a%2Bb&key=x');
    expect({ ...calls[0]!.request.fields }).toEqual({ sessionId: '7', text: 'a+b' });
    expect({ ...calls[0]!.request.query }).toEqual({ sessionId: '7', text: 'a+b' });
    expect(calls[0]!.request.rawBody).toHaveLength(0);
  });

  it.each(['{"a":', "{'a':1}", '<xml/>', 'XXXX', '['.repeat(20_000), `{"a":${'['.repeat(20_000)}`])(
    'that cannot be read reaches the handler with the reason (#38)',
    async (body) => {
      expect((await send('/hook/plain/open', body, { 'content-type': 'application/json' })).status).toBe(200);
      expect(calls[0]!.malformed?.code).toMatch(/^body-/);
      expect({ ...calls[0]!.request.fields }).toEqual({});
    },
  );

  it('is refused above 256 KiB (#40)', async () => {
    expect((await send('/hook/plain/open', `a=${'x'.repeat(256 * 1024 - 2)}`)).status).toBe(200);
    expect(await send('/hook/plain/open', `a=${'x'.repeat(256 * 1024 - 1)}`)).toMatchObject({ status: 413, body: '' });
    expect(calls).toHaveLength(1);
  });

  it('keeps the digits of long numbers and no unsafe names (#43)', async () => {
    await send('/hook/plain/open', '{"sessionId":260304103000771123,"__proto__":{"x":1},"a":1}');
    expect({ ...calls[0]!.request.fields }).toEqual({ sessionId: '260304103000771123', a: 1 });
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  it('is read strictly on all other routes', async () => {
    expect((await send('/admin', '{"a":1}', { 'content-type': 'application/json' })).body).toBe('{"body":{"a":1}}');
    expect((await send('/admin', '{"a":', { 'content-type': 'application/json' })).status).toBe(400);
    expect((await send('/admin', 'a', { 'content-type': 'application/x-nobody-knows' })).status).toBe(415);
  });
});

describe('a call', () => {
  it('tells the handler whose it is, when it came, and its path without the query', async () => {
    await send('/hook/plain/open?key=secret-canary', 'a=1', { 'X-Odd': 'y' });
    expect(calls[0]).toMatchObject({ provider: plain, account: { account: 'open' }, route: 'POST /hook/plain/open' });
    expect(calls[0]!.request).toMatchObject({ method: 'POST', receivedAt: 1_700_000_000_000 });
    expect(calls[0]!.request.headers['x-odd']).toBe('y');
  });

  it('is answered with the status, type, headers and bytes of the reply', async () => {
    expect(await send('/hook/plain/open', 'a=1')).toEqual({ status: 200, contentType: 'text/plain', body: 'taken' });
  });

  it('is answered 500 without a word where a handler rejects', async () => {
    expect(await send('/failing/plain/open', 'a=1')).toMatchObject({ status: 500, body: '' });
  });

  it('is logged with its account where it is turned away', async () => {
    await send('/hook/plain/keyed?key=wrong', 'a=1');
    const line = logged.findLast((text) => text.includes('turned away')) ?? '{}';
    expect(JSON.parse(line)).toMatchObject({ provider: 'plain', account: 'keyed', admission: 'wrong-key' });
  });

  it('leaves no key in the log (#56)', async () => {
    await send('/hook/plain/keyed?key=canary-wrong-key', 'a=1');
    await send('/failing/plain/keyed?key=old-key&q=canary-query', 'a=1');
    expect(logged.join('')).toContain('turned away');
    expect(logged.join('')).not.toMatch(/canary|old-key/);
  });
});

describe('the gate', () => {
  it.each([
    '/hook/nobody/open',
    '/hook/plain/nobody',
    '/hook/plain/no-channel',
    '/hook/signing/open',
    '/hook/plain/__proto__',
    '/hook/constructor/open',
    '/hook/Plain/keyed',
    '/hook/plain/KEYED',
    '/hook/plain/keyed.',
    '/hook/plain/keyed%20',
    '/hook/plain/keyed%00',
    '/hook/plain%2fkeyed/x',
    '/hook/plain/keyed%2f',
    '/hook/plain/keyed%3fkey=old-key',
    '/hook/plain/..%2fplain%2fkeyed',
    '/hook/plain/%2e%2e',
    `/hook/plain/${'a'.repeat(90)}`,
  ])('answers %s with 404 and nothing else (#52)', async (path) => {
    expect(await send(path, 'a=1')).toEqual({ status: 404, contentType: undefined, body: '' });
    expect(calls).toEqual([]);
  });

  it.each([
    '//hook/plain/keyed',
    '/hook//plain/keyed',
    '/hook/plain//keyed',
    '/hook/plain/keyed/',
    '/HOOK/plain/keyed',
    '/hook/plain%2fkeyed',
    '/hook%2fplain%2fkeyed',
    '/./hook/plain/keyed',
    '/x/../hook/plain/keyed',
    '/hook\\plain\\keyed',
    '/hook/plain/keyed;x',
    'http://127.0.0.1//hook/plain/keyed',
  ])('knows no way around by %s (#52)', async (path) => {
    expect((await send(path, 'a=1')).status).toBe(404);
    expect(calls).toEqual([]);
  });

  it.each([
    ['?key=old-key', {}, 200],
    ['?key=new-key', {}, 200],
    ['', { 'x-webhook-key': 'new-key' }, 200],
    ['', {}, 401],
    ['?key=', {}, 401],
    ['?key=old-ke', {}, 401],
    ['?key=old-key2', {}, 401],
    ['?key=OLD-KEY', {}, 401],
    ['?KEY=old-key', {}, 401],
    ['?key=wrong&key=old-key', {}, 401],
    ['?key=old-key,new-key', {}, 401],
    ['?key=old-key%00', {}, 401],
    ['', { 'x-webhook-key': 'old-key new-key' }, 401],
    ['', { authorization: 'Bearer old-key' }, 401],
  ])('asks for one of the keys: %s %j gives %i (#51)', async (query, headers: Record<string, string>, status) => {
    const answer = await send(`/hook/plain/keyed${query}`, 'a=1', headers);
    expect(answer.status).toBe(status);
    if (status === 401) expect(answer).toEqual({ status, contentType: undefined, body: '' });
    expect(calls).toHaveLength(status === 200 ? 1 : 0);
  });

  it('turns a stranger away before reading the body', async () => {
    expect((await send('/hook/plain/keyed', 'x'.repeat(300_000))).status).toBe(401);
    expect((await send('/hook/plain/nobody', 'x'.repeat(300_000))).status).toBe(404);
  });

  const signature = (secret: string, body: string): string =>
    `sha1=${createHmac('sha1', secret).update(body).digest('hex')}`;
  it.each([
    ['the first secret', signature('s1', '{"a":1}'), 200],
    ['the second secret', signature('s2', '{"a":1}'), 200],
    ['another secret', signature('s3', '{"a":1}'), 401],
    ['another body', signature('s1', '{"a": 1}'), 401],
    ['a cut signature', signature('s1', '{"a":1}').slice(0, -2), 401],
    ['the bare digest', signature('s1', '{"a":1}').slice(5), 401],
    ['nothing', '', 401],
  ])('checks a signature over the bytes as they came: %s (#51)', async (_name, value, status) => {
    const headers = value === '' ? {} : { 'x-hub-signature': value };
    const answer = await send('/hook/signing/signed', '{"a":1}', { ...headers, 'content-type': 'application/json' });
    expect(answer.status).toBe(status);
    expect(calls).toHaveLength(status === 200 ? 1 : 0);
  });

  it('asks for no signature where the account has no secret, nor for a page that takes nothing in', async () => {
    expect((await send('/hook/signing/unsigned', '{"a":1}')).status).toBe(200);
    expect((await send('/page/signing/signed', '', {}, 'GET')).status).toBe(200);
  });

  it.each(['GET', 'PUT'])('asks for a signature with %s too', async (method) => {
    expect((await send('/hook/signing/signed?a=1', '', {}, method)).status).toBe(401);
    const headers = { 'x-hub-signature': signature('s1', '') };
    expect((await send('/hook/signing/signed?a=1', '', headers, method)).status).toBe(200);
  });

  it.each([
    ['here', undefined, 200],
    ['elsewhere', undefined, 403],
    ['elsewhere', '203.0.113.9', 200],
    ['elsewhere', '203.0.113.9, 10.0.0.7', 200],
    ['elsewhere', '203.0.113.9, 198.51.100.1', 403],
    ['elsewhere', '203.0.113.9, garbage', 403],
    ['elsewhere', '::ffff:203.0.113.9', 200],
    ['elsewhere', '203.0.113.9:4711', 200],
    ['elsewhere', '', 403],
    ['here', '198.51.100.1', 403],
  ])('compares the true peer of %s, forwarded for %s: %i (#52)', async (name, forwardedFor, status) => {
    const headers = forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor };
    const answer = await send(`/hook/plain/${name}`, 'a=1', {
      ...headers,
      host: '203.0.113.9',
      'x-real-ip': '203.0.113.9',
    });
    expect(answer.status).toBe(status);
    if (status === 403) expect(answer).toEqual({ status, contentType: undefined, body: '' });
  });

  it.each([
    ['203.0.113.9', 'k', 200],
    ['203.0.113.9', 'x', 401],
    ['198.51.100.1', 'k', 403],
  ])('asks for address and key where both are given: %s %s %i', async (forwardedFor, key, status) => {
    const answer = await send(`/hook/plain/both?key=${key}`, 'a=1', { 'x-forwarded-for': forwardedFor });
    expect(answer.status).toBe(status);
  });
});

describe('a connection that breaks', () => {
  it('is told to the handler when its reply could not leave', async () => {
    let release = (): void => undefined;
    hold = new Promise((resolve) => (release = resolve));
    let closed = false;
    const server: Server = app.getHttpServer();
    server.once('connection', (peer: Socket) => peer.once('close', () => (closed = true)));
    const socket = connect(port, '127.0.0.1');
    socket.write('POST /hook/plain/open HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\na=1');
    await until(() => calls.length > 0);
    socket.destroy();
    await until(() => closed);
    release();
    await until(() => broken.length > 0);
    expect(broken).toEqual(['POST /hook/plain/open']);
  });

  it('is not confused with one that is closed after the reply', async () => {
    await send('/hook/plain/open', 'a=1', { connection: 'close' });
    await send('/hook/plain/open', 'a=1');
    expect(broken).toEqual([]);
  });
});
