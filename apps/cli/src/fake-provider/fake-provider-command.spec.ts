import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { failures } from '@app/fake-provider';
import { run } from '../program.js';
import { readTypedMessage } from './typed-message.js';

/** What came to our webhooks: path with query, and the form. */
let got: { readonly path: string; readonly fields: Readonly<Record<string, string>> }[] = [];
let server: Server;
let webhooks: string;

beforeEach(async () => {
  got = [];
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      got.push({
        path: request.url ?? '',
        fields: Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString())),
      });
      response.end('GOOD');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  webhooks = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** The command at a terminal, where the next thing that matches can be waited for. */
function atTerminal(words: readonly string[]) {
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined });
  const stdout = Object.assign(new PassThrough(), { isTTY: true, columns: 100 });
  const stderr = new PassThrough();
  const code = run(['fake-provider', '--port', '0', '--webhooks', webhooks, ...words], {
    stdin,
    stdout,
    stderr,
    env: {},
  });
  let seen = '';
  stdout.on('data', (bytes: Buffer) => (seen += bytes.toString()));
  const sees = async (pattern: RegExp): Promise<RegExpExecArray> => {
    for (;;) {
      const found = pattern.exec(seen);
      if (found !== null) return found;
      await once(stdout, 'data');
    }
  };
  return { code, sees, types: (text: string) => void stdin.write(text) };
}

function sendTo(url: string): Promise<Response> {
  return fetch(`${url}/version1/messaging`, {
    method: 'POST',
    headers: { apiKey: 'any', 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ username: 'sandbox', to: '+254700000202', message: 'Maize 42.50', from: '44170' }),
  });
}

describe('ongea fake-provider', () => {
  it('prints what phones get, reports it, sends what is typed, and ends well with Ctrl-C', async () => {
    const { code, sees, types } = atTerminal(['--key', 'k y', '--account', 'me', '--reports', 'Sent,Failed']);
    const [, url = ''] = await sees(/listens on (\S+): /);
    expect((await sendTo(url)).status).toBe(201);
    await sees(/44170 to \+254700000202: Maize 42\.50/);
    await sees(/\+254700000202: Failed/);
    types('+254 is no number\r');
    await sees(/Write the sender, the address and the text/);
    types('+254700000202 44170 PRICE maize\r');
    await sees(/the webhook answered 200/);
    types('\x03');
    expect(await code).toBe(0);
    const paths = ['/delivery', '/delivery', ''].map((rest) => `/sms/africastalking/me${rest}?key=k%20y`);
    expect(got.map(({ path }) => path)).toEqual(paths);
    expect(got.map(({ fields }) => fields.status)).toEqual(['Sent', 'Failed', undefined]);
    expect(got[2]?.fields).toMatchObject({ from: '+254700000202', to: '44170', text: 'PRICE maize' });
  });

  it('fails as often as it is told to', async () => {
    const { code, sees, types } = atTerminal(['--fail', '429', '--failures', '1', '--retry-after', '7']);
    const [, url = ''] = await sees(/listens on (\S+): /);
    const refused = await sendTo(url);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '7']);
    expect((await sendTo(url)).status).toBe(201);
    types('\x03');
    expect(await code).toBe(0);
  });

  it.each([
    ['a way to fail that nobody knows', ['--fail', 'hnag'], '--fail knows no "hnag". Did you mean "hang"?'],
    ['a port that is none', ['--port', 'x'], '--port takes a whole number from 0 to 65535, not "x".'],
    ['a delay that is none', ['--delay', '-1'], '--delay takes a whole number from 0 to 600000, not "-1".'],
    [
      'webhooks that are no address',
      ['--webhooks', 'localhost'],
      '--webhooks takes an address such as http://127.0.0.1:3000, not "localhost".',
    ],
  ])('calls it wrong use to ask for %s', async (_, words, message) => {
    const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
    expect(await run(['fake-provider', ...words], { stdin, stdout, stderr, env: {} })).toBe(2);
    expect(String(stderr.read())).toBe(`ongea: ${message}\n`);
  });

  it('cannot listen where somebody else does (exit 1)', async () => {
    const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
    const { port } = new URL(webhooks);
    expect(await run(['fake-provider', '--port', port], { stdin, stdout, stderr, env: {} })).toBe(1);
    expect(String(stderr.read())).toMatch(new RegExp(`^ongea: Port ${port} cannot be listened on: .*EADDRINUSE`));
  });

  it('names every way to fail in its help', async () => {
    const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
    await run(['help', 'fake-provider'], { stdin, stdout, stderr, env: {} });
    const help = String(stdout.read());
    for (const failure of failures) expect(help).toContain(failure);
  });
});

describe('a typed message', () => {
  it.each([
    ['+254700000202 44170 PRICE maize', { from: '+254700000202', to: '44170', text: 'PRICE maize' }],
    ['  +254700000202   SHAMBA', { from: '+254700000202', to: 'SHAMBA', text: '' }],
    ['+254700000202 44170  two blanks', { from: '+254700000202', to: '44170', text: ' two blanks' }],
    ['44170 hello', undefined],
    ['+254700000202', undefined],
    ['+1 44170 x', undefined],
  ])('%j', (line, message) => expect(readTypedMessage(line)).toEqual(message));
});
