import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GuardedHttpClient } from './guarded-http-client.js';
import { NetworkGuard, parseNetworks } from './networks.js';
import { OutboundError } from './outbound-error.js';

let server: Server;
let port: number;
let accepted = 0;

beforeAll(async () => {
  server = createServer((_request, response) => response.end('inside'));
  server.on('connection', () => (accepted += 1));
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  port = (server.address() as AddressInfo).port;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function faultOf(client: GuardedHttpClient, url: string): Promise<string> {
  try {
    return String((await client.request({ method: 'GET', url })).status);
  } catch (error) {
    if (error instanceof OutboundError) return error.code;
    throw error;
  }
}

const privateHosts = [
  '127.0.0.1',
  '127.1',
  '127.0.1',
  '127.255.255.254',
  '0x7f.1',
  '0x7f.0x0.0x0.0x1',
  '0x7f000001',
  '2130706433',
  '017700000001',
  '0177.0.0.1',
  '00000177.1',
  '%31%32%37.0.0.1',
  '①②⑦.⓪.⓪.①',
  '127。0。0。1',
  '127.0.0.1.',
  'localhost',
  'LOCALHOST',
  '0',
  '0.0.0.0',
  '[::1]',
  '[0:0:0:0:0:0:0:1]',
  '[::]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[::127.0.0.1]',
  '[::ffff:0:127.0.0.1]',
  '[::ffff:10.0.0.1]',
  '[64:ff9b::127.0.0.1]',
  '[64:ff9b:1::7f00:1]',
  '[2002:7f00:1::]',
  '[2001:0:7f00:1::]',
  '[fe80::1]',
  '[fec0::1]',
  '[fd00:ec2::254]',
  '[fc00::1]',
  '[ff02::1]',
  '[100::1]',
  '[2001:db8::1]',
  '10.0.0.1',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.0.1',
  '169.254.169.254',
  '0xa9fea9fe',
  '100.64.0.1',
  '100.100.100.200',
  '192.0.0.192',
  '168.63.129.16',
  '198.18.0.1',
  '203.0.113.7',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
];

describe('#48 addresses of private networks', () => {
  const client = new GuardedHttpClient();
  afterAll(() => client.close());

  it.each(privateHosts)('refuses %s on any port', async (host) => {
    expect(await faultOf(client, `http://${host}:${String(port)}/`)).toBe('refused-private-network');
    expect(await faultOf(client, `https://${host}/`)).toBe('refused-private-network');
  });

  it.each([
    ['file:///etc/passwd', 'refused-scheme'],
    ['ftp://127.0.0.1/', 'refused-scheme'],
    ['gopher://127.0.0.1:6379/_INFO', 'refused-scheme'],
    ['data:text/plain,hello', 'refused-scheme'],
    ['javascript:alert(1)', 'refused-scheme'],
    ['unix:/var/run/docker.sock', 'refused-scheme'],
    ['http://someone:secret@8.8.8.8/', 'refused-credentials'],
    ['http://8.8.8.8@127.0.0.1/', 'refused-credentials'],
    ['http://8.8.8.8:22/', 'refused-port'],
    ['http://8.8.8.8:6379/', 'refused-port'],
    ['http://[2606:4700:4700::1111]:25/', 'refused-port'],
    ['http://[fe80::1%25eth0]/', 'bad-url'],
    ['http://256.256.256.256/', 'bad-url'],
    ['http://127.0.0.1:99999/', 'bad-url'],
    ['//127.0.0.1/', 'bad-url'],
    ['', 'bad-url'],
    ['http:\\\\127.0.0.1', 'refused-private-network'],
    ['http:127.0.0.1', 'refused-private-network'],
    ['http://127.0.0.1:80\\@8.8.8.8/', 'refused-private-network'],
    ['http://127.0.0.1#@8.8.8.8/', 'refused-private-network'],
    [' http://127.0.0.1/ ', 'refused-private-network'],
    ['ht\ntp://127.0.0.1/', 'refused-private-network'],
  ])('answers %j with %s', async (url, code) => {
    expect(await faultOf(client, url)).toBe(code);
  });

  it('reaches nothing by a name with a trailing dot, known to the resolver or not', async () => {
    const code = await faultOf(client, `http://localhost.:${String(port)}/`);
    expect(['refused-private-network', 'connection-failed']).toContain(code);
  });

  it('has made no connection in all of the above', async () => {
    expect(privateHosts.length).toBeGreaterThanOrEqual(40);
    expect(accepted).toBe(0);
    await fetch(`http://127.0.0.1:${String(port)}/`);
    expect(accepted).toBe(1);
  });
});

describe('#48 names', () => {
  it('refuses a name that resolves to a private address, and connects to nothing', async () => {
    const before = accepted;
    const client = new GuardedHttpClient({ resolve: () => Promise.resolve(['127.0.0.1', '::1', '10.0.0.1']) });
    expect(await faultOf(client, `http://inside.example:${String(port)}/`)).toBe('refused-private-network');
    expect(accepted).toBe(before);
    await client.close();
  });

  it('refuses a public address on a port that is not open', async () => {
    const client = new GuardedHttpClient({ resolve: () => Promise.resolve(['8.8.8.8']) });
    expect(await faultOf(client, 'http://outside.example:22/')).toBe('refused-port');
    await client.close();
  });

  it('uses only the addresses of a name that pass', async () => {
    const before = accepted;
    const allowed = await listen('127.0.0.2');
    const client = new GuardedHttpClient({
      allowPrivate: ['127.0.0.2'],
      resolve: () => Promise.resolve(['127.0.0.1', '127.0.0.2']),
    });
    expect(await faultOf(client, `http://both.example:${String(allowed.port)}/`)).toBe('200');
    expect(accepted).toBe(before);
    await client.close();
    allowed.server.close();
  });

  it('connects to the address that was checked, whatever the name resolves to afterwards', async () => {
    const allowed = await listen('127.0.0.2', port);
    const before = accepted;
    let asked = 0;
    const client = new GuardedHttpClient({
      allowPrivate: ['127.0.0.2'],
      resolve: () => Promise.resolve(asked++ === 0 ? ['127.0.0.2'] : ['127.0.0.1']),
    });
    const url = `http://rebinding.example:${String(port)}/`;
    expect(await faultOf(client, url)).toBe('200');
    expect(asked).toBe(1);
    allowed.server.closeAllConnections();
    const codes = [await faultOf(client, url), await faultOf(client, url)];
    expect(codes).toContain('refused-private-network');
    expect(codes).not.toContain('200');
    expect(accepted).toBe(before);
    await client.close();
    allowed.server.close();
  });

  it('does not follow a redirect to a private address', async () => {
    const before = accepted;
    const location = `http://127.0.0.1:${String(port)}/latest/meta-data`;
    const allowed = await listen('127.0.0.2', 0, location);
    const client = new GuardedHttpClient({ allowPrivate: ['127.0.0.2/32'] });
    const answer = await client.request({ method: 'GET', url: `http://127.0.0.2:${String(allowed.port)}/` });
    expect(answer.status).toBe(302);
    expect(answer.headers['location']).toBe(location);
    expect(accepted).toBe(before);
    await client.close();
    allowed.server.close();
  });
});

describe('allowPrivate', () => {
  it('opens what it names, on every port and in every notation', async () => {
    const client = new GuardedHttpClient({ allowPrivate: ['127.0.0.0/8'] });
    for (const host of ['127.0.0.1', '127.1', '[::ffff:127.0.0.1]']) {
      expect(await faultOf(client, `http://${host}:${String(port)}/`)).toBe('200');
    }
    expect(await faultOf(client, `http://10.0.0.1:${String(port)}/`)).toBe('refused-private-network');
    await client.close();
  });

  it('names every entry that is no network', () => {
    expect(() => parseNetworks(['10.0.0.0/8', 'inside', '10.0.0.0/99'])).toThrow('inside, 10.0.0.0/99');
  });

  it('lets public addresses pass on open ports alone', () => {
    const guard = new NetworkGuard(['fd12::/16']);
    expect(guard.fault('8.8.8.8', true)).toBeUndefined();
    expect(guard.fault('2606:4700:4700::1111', true)).toBeUndefined();
    expect(guard.fault('::ffff:8.8.8.8', true)).toBeUndefined();
    expect(guard.fault('8.8.8.8', false)).toBe('refused-port');
    expect(guard.fault('fd12::7', false)).toBeUndefined();
    expect(guard.fault('fd13::7', true)).toBe('refused-private-network');
  });
});

async function listen(host: string, at = 0, location?: string): Promise<{ server: Server; port: number }> {
  const listener = createServer((_request, response) => {
    if (location === undefined) response.end('allowed');
    else response.writeHead(302, { location }).end();
  });
  await new Promise<void>((ready) => listener.listen(at, host, ready));
  return { server: listener, port: (listener.address() as AddressInfo).port };
}
