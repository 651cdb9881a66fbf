import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { v7 as uuid } from 'uuid';
import { AccountBook, ProviderRegistry } from '@app/provider-kit';
import type { ForwardOrder } from '@app/reporting';
import { MemoryOptOuts, MemoryOutbox } from '@app/testing';
import { GuardedHttpClient, type GuardedHttpOptions } from '../guarded-http-client.js';
import type { SendAttempt } from '../sending/send-observer.js';
import { Sender } from '../sending/sender.js';
import { signerOf } from './signature.js';

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

let server: Server;
let port: number;
let connections = 0;
let answer: (request: IncomingMessage, response: ServerResponse, body: string) => void;

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => answer(request, response, Buffer.concat(chunks).toString()));
  });
  server.on('connection', () => (connections += 1));
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  answer = (_request, response) => void response.writeHead(204).end();
});

/** A forward sender within the sender of everything, on a clock of its own. */
function bench(options: GuardedHttpOptions = { allowPrivate: ['127.0.0.1'] }) {
  let now = Date.parse('2026-03-04T09:00:00Z');
  const outbox = new MemoryOutbox(() => now);
  const client = new GuardedHttpClient({ circuit: { minRequests: 1_000, probeAfterMs: 10_000 }, ...options });
  const book = { disabledOnes: new Set<string>(), log: [] as string[] };
  const attempts: SendAttempt[] = [];
  const sender = new Sender({
    ...{ work: outbox, optOuts: new MemoryOptOuts(), accounts: new AccountBook([]), client, worker: 'w' },
    providers: new ProviderRegistry([]),
    observer: {
      attempt: (record) => attempts.push(record),
      putBack: () => undefined,
      fault: (error) => {
        throw error;
      },
    },
    clock: { now: () => now, after: () => () => undefined },
    random: () => 0,
    forwards: {
      client,
      book: {
        disabled: () => Promise.resolve(book.disabledOnes),
        succeeded: (id) => Promise.resolve(void book.log.push(`${id} succeeded`)),
        failed: (id, _at, reason, limitMs) => {
          book.log.push(`${id} ${reason} ${String(limitMs)}`);
          return Promise.resolve('enabled');
        },
      },
      targets: new Map([['crm', { headers: { authorization: 'Bearer x' }, sign: signerOf(secret) }]]),
    },
  });
  const put = async (fields: Partial<ForwardOrder> = {}): Promise<ForwardOrder> => {
    const order: ForwardOrder = {
      ...{ kind: 'forward', id: uuid(), provider: 'generic', account: 'pbx', forwardId: 'crm', event: 'call-report' },
      ...{ recordId: uuid(), method: 'POST', url: `http://127.0.0.1:${String(port)}/in`, body: '{"ü":"€"}' },
      ...{ headers: { 'content-type': 'application/json' }, createdAt: new Date(now) },
      ...fields,
    };
    await outbox.put([order]);
    return order;
  };
  const pass = (ms: number) => {
    now += ms;
  };
  return { outbox, sender, put, pass, book, attempts, client, now: () => now };
}

describe('a forward', () => {
  it('is signed over the very bytes that are sent, with the headers of both sides', async () => {
    const { sender, put, client, book, now } = bench();
    const seen: { headers: Record<string, string>; body: string; method: string | undefined }[] = [];
    answer = ({ headers, method }, response, body) => {
      seen.push({ headers: headers as Record<string, string>, body, method });
      response.writeHead(202).end('anything');
    };
    const order = await put();
    expect(await sender.work(order.id)).toBe('sent');
    const { headers, body } = seen[0]!;
    expect(headers).toMatchObject({ authorization: 'Bearer x', 'content-type': 'application/json' });
    expect(headers).toMatchObject({ 'webhook-id': order.id, 'webhook-timestamp': String(now() / 1_000) });
    expect(headers['webhook-signature']).toBe(new Webhook(secret).sign(order.id, new Date(now()), body));
    expect(book.log).toEqual(['crm succeeded']);
    await client.close();
  });

  it('is tried eleven times within a day, and is dead then', async () => {
    const { sender, put, pass, client, outbox, now } = bench();
    answer = (_request, response) => void response.writeHead(500).end('no <b>luck</b>');
    const order = await put();
    const gaps: number[] = [];
    for (;;) {
      const outcome = await sender.work(order.id);
      if (outcome !== 'retry') {
        expect(outcome).toBe('dead');
        break;
      }
      const { nextAt } = (await outbox.standingOf(order.id))!;
      gaps.push((nextAt!.getTime() - now()) / 1_000);
      pass(nextAt!.getTime() - now());
    }
    expect(gaps).toEqual([5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 28_800, 28_800]);
    expect(gaps.reduce((sum, gap) => sum + gap)).toBeLessThanOrEqual(24 * 3_600);
    await outbox.redrive(order.id);
    expect(await sender.work(order.id)).toBe('retry');
    await client.close();
  });

  it('that ended early is tried eleven times once it is redriven', async () => {
    const { sender, put, pass, client, outbox } = bench();
    const order = await put();
    answer = (_request, response) => void response.writeHead(410).end();
    expect(await sender.work(order.id)).toBe('dead');
    answer = (_request, response) => void response.writeHead(500).end();
    await outbox.redrive(order.id);
    const outcomes: string[] = [];
    for (let tries = 1; tries <= 11; tries += 1) {
      outcomes.push(await sender.work(order.id));
      pass(9 * 3_600_000);
    }
    expect(outcomes).toEqual([...Array<string>(10).fill('retry'), 'dead']);
    await client.close();
  });

  it.each([429, 503, 301, 400])('that is answered %i waits for Retry-After (#27)', async (status) => {
    const { sender, put, client, outbox, now } = bench();
    answer = (_request, response) => void response.writeHead(status, { 'retry-after': '3600' }).end();
    const order = await put();
    expect(await sender.work(order.id)).toBe('retry');
    expect((await outbox.standingOf(order.id))!.nextAt!.getTime() - now()).toBe(3_600_000);
    await client.close();
  });

  it('that is cut off, hangs or finds nobody is tried again (#26)', async () => {
    const { sender, put, client, attempts, book } = bench({ allowPrivate: ['127.0.0.1'], timeoutMs: 200 });
    answer = (request) => void request.socket.resetAndDestroy();
    expect(await sender.work((await put()).id)).toBe('retry');
    answer = () => undefined;
    expect(await sender.work((await put()).id)).toBe('retry');
    expect(await sender.work((await put({ url: 'http://127.0.0.1:1/' })).id)).toBe('retry');
    expect(attempts.map(({ error }) => error)).toEqual(['interrupted', 'interrupted', 'provider-unreachable']);
    expect(book.log).toHaveLength(3);
    await client.close();
  });

  it('that nobody wants any more is dead, and disables its like at once', async () => {
    const { sender, put, client, book } = bench();
    answer = (_request, response) => void response.writeHead(410).end();
    expect(await sender.work((await put()).id)).toBe('dead');
    expect(book.log).toEqual(['crm receiver-gone 0']);
    await client.close();
  });

  it('is not sent where the forward is disabled or no longer configured', async () => {
    const { sender, put, client, book, outbox } = bench();
    const before = connections;
    book.disabledOnes.add('crm');
    const disabled = await put();
    expect(await sender.work(disabled.id)).toBe('dead');
    expect((await outbox.standingOf(disabled.id))!.lastError).toBe('forward-disabled');
    const unknown = await put({ forwardId: 'nobody' });
    expect(await sender.work(unknown.id)).toBe('dead');
    expect((await outbox.standingOf(unknown.id))!.lastError).toBe('forward-gone');
    expect([connections, book.log]).toEqual([before, []]);
    await client.close();
  });

  it('of a process that is gone is tried again, since the receiver knows a repeat by its id', async () => {
    const { sender, put, client, outbox, pass, now } = bench();
    const order = await put();
    await outbox.claim(order.id, 'gone', 60_000);
    pass(61_000);
    expect(await sender.sweep(new Date(now()))).toMatchObject({ abandoned: 1 });
    expect(await outbox.standingOf(order.id)).toMatchObject({ state: 'retry', lastError: 'abandoned' });
    await client.close();
  });
});

describe('the secret', () => {
  it.each([
    ['whsec_ and base64', secret, new Webhook(secret)],
    ['any other text', 'such as ü', new Webhook(new TextEncoder().encode('such as ü'), { format: 'raw' })],
  ])('may be %s', (_what, given, webhook) => {
    const at = new Date();
    const headers = {
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
      'webhook-signature': signerOf(given)('msg_1', at, ''),
    };
    expect(() => webhook.verify('', headers)).not.toThrow();
    expect(() => webhook.verify('x', headers, { jsonParse: false })).toThrow();
  });
});

const insideHosts = [
  ...['127.0.0.1', '127.1', '127.0.1', '127.255.255.254', '0x7f.1', '0x7f000001', '2130706433', '017700000001'],
  ...[
    '0177.0.0.1',
    '00000177.1',
    '%31%32%37.0.0.1',
    '①②⑦.⓪.⓪.①',
    '127。0。0。1',
    '127.0.0.1.',
    'localhost',
    'LOCALHOST',
  ],
  ...['0', '0.0.0.0', '[::1]', '[::]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::127.0.0.1]', '[::ffff:10.0.0.1]'],
  ...['[64:ff9b::127.0.0.1]', '[2002:7f00:1::]', '[2001:0:7f00:1::]', '[fe80::1]', '[fd00:ec2::254]', '[fc00::1]'],
  ...['10.0.0.1', '172.16.0.1', '192.168.0.1', '169.254.169.254', '0xa9fea9fe', '100.64.0.1', '100.100.100.200'],
  ...['168.63.129.16', '198.18.0.1', '224.0.0.1', '255.255.255.255', 'rebinding.example', 'inside.example'],
];

const urls = (): readonly string[] => [
  ...insideHosts.map((host) => `http://${host}:${String(port)}/`),
  `http://127.0.0.1:${String(port)}\\@8.8.8.8/`,
  `http:127.0.0.1:${String(port)}`,
  `http://8.8.8.8@127.0.0.1:${String(port)}/`,
  `http://user:secret@127.0.0.1:${String(port)}/`,
  'file:///etc/passwd',
  'ftp://127.0.0.1/',
  'gopher://127.0.0.1:6379/_INFO',
  'data:text/plain,hello',
  'unix:/var/run/docker.sock',
  'http://8.8.8.8:22/',
  'http://[2606:4700:4700::1111]:25/',
  'http://256.256.256.256/',
];

describe('#48 forwards', () => {
  it('reach no private network, whatever the address says: each is dead at once', async () => {
    const before = connections;
    const resolve = (name: string) =>
      Promise.resolve(name.startsWith('rebinding') ? ['127.0.0.1', '10.0.0.1'] : ['127.0.0.1', '::1']);
    const { sender, put, client, outbox } = bench({ resolve });
    expect(urls().length).toBeGreaterThanOrEqual(40);
    for (const url of urls()) {
      const order = await put({ url });
      expect([url, await sender.work(order.id)]).toEqual([url, 'dead']);
      expect([url, (await outbox.standingOf(order.id))!.lastError]).toEqual([url, 'address-refused']);
    }
    expect(connections).toBe(before);
    await client.close();
  }, 30_000);

  it('connect to the address that was checked, whatever the name resolves to afterwards', async () => {
    let asked = 0;
    const resolve = () => Promise.resolve(asked++ === 0 ? ['127.0.0.1'] : ['10.0.0.1']);
    const { sender, put, client } = bench({ allowPrivate: ['127.0.0.1'], resolve });
    const before = connections;
    answer = (_request, response) => void response.writeHead(204, { connection: 'close' }).end();
    const url = `http://rebinding.example:${String(port)}/`;
    expect(await sender.work((await put({ url })).id)).toBe('sent');
    expect(await sender.work((await put({ url })).id)).toBe('dead');
    expect([asked, connections]).toEqual([2, before + 1]);
    await client.close();
  });

  it('follow no redirect to the metadata of a cloud', async () => {
    const { sender, put, client, outbox } = bench();
    const seen: (string | undefined)[] = [];
    answer = ({ url }, response) => {
      seen.push(url);
      response.writeHead(307, { location: `http://127.0.0.1:${String(port)}/latest/meta-data` }).end();
    };
    const order = await put();
    expect(await sender.work(order.id)).toBe('retry');
    expect((await outbox.standingOf(order.id))!.lastError).toBe('receiver-refused');
    expect(seen).toEqual(['/in']);
    await client.close();
  });
});
