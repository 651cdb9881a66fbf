import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Cleanup } from './support/cleanup.js';
import { encoded, freshId, HistoryPhone, KairosPhone } from './support/gateways.js';
import { send, until } from './support/send.js';
import { ServerProcess } from './support/server-process.js';
import { startServices, type Services } from './support/services.js';
import { size } from './support/size.js';
import { WorkspaceFolder } from './support/workspace-folder.js';

const echo = `
dialog: echo
start: ask
steps:
  ask: { ask: "<{{ said }}>", save: said, attempts: 9, go: more }
  more: { choose: [{ when: 'said == "stop"', go: end }, { go: ask }] }
  end: { end: Bye }
`;
const code = `
dialog: code
start: ask
steps:
  ask: { ask: Code, type: pattern, pattern: "(a+)+b|(x|xx)*y", save: code, attempts: 9, go: end }
  end: { end: Taken }
`;
const accounts = [
  ...['africastalking', 'kairos', 'cradlebots'].map((provider) => ({
    ...{ provider, account: 'demo', country: 'KE', open: true },
    ussd: { default: 'echo' },
  })),
  { provider: 'cradlebots', account: 'code', country: 'KE', open: true, ussd: { default: 'code' } },
];

const cleanup = new Cleanup();
let services: Services;
let server: ServerProcess;
beforeAll(async () => {
  services = await startServices(cleanup);
  const workspace = await WorkspaceFolder.make(cleanup, { dialogs: { echo, code }, accounts });
  server = await ServerProcess.start(cleanup, workspace, services.settings);
}, 60_000);
afterAll(() => cleanup.run(), 30_000);

const url = (): string => server.url;

/** A connection of its own, and all that came back on it. */
class Wire {
  received = '';
  isClosed = false;
  private constructor(readonly socket: Socket) {
    socket.on('data', (bytes: Buffer) => (this.received += bytes.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('close', () => (this.isClosed = true));
  }

  static async open(bytes = ''): Promise<Wire> {
    const wire = new Wire(connect(Number(new URL(server.url).port), '127.0.0.1'));
    cleanup.add(() => wire.socket.destroy());
    await once(wire.socket, 'connect');
    wire.socket.write(bytes, 'latin1');
    return wire;
  }

  get statuses(): number[] {
    return [...this.received.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
  }
}

const turnOf = (sessionId: string): { body: string; length: number } => {
  const { body } = encoded({ sessionId, phoneNumber: '+254700000201', serviceCode: '*1#', text: '' });
  return { body: String(body), length: Buffer.byteLength(String(body)) };
};
const head =
  'POST /ussd/africastalking/demo HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\n';
const isServed = async (): Promise<void> => {
  const phone = new HistoryPhone('africastalking', { url });
  expect((await phone.dial()).text).toBe('<>');
  expect((await phone.answer('hello')).text).toBe('<hello>');
};

describe('a body or a header out of all measure (#40)', () => {
  it('is refused, and nobody else notices', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const path = '/ussd/africastalking/demo';
    const fields = Array.from({ length: 10_000 }, (_, i) => `f${String(i)}=1`).join('&');
    expect([200, 400]).toContain(
      (await send(url(), path, { headers: form, body: `${turnOf(freshId()).body}&${fields}` })).status,
    );
    const json = { 'content-type': 'application/json' };
    for (const body of ['['.repeat(20_000), '{"a":'.repeat(20_000), `${'['.repeat(20_000)}${']'.repeat(20_000)}`]) {
      expect(await send(url(), path, { headers: json, body })).toMatchObject({
        status: 400,
        body: expect.stringMatching(/^END /),
      });
    }
    for (let i = 0; i < size(5, 100); i++) {
      expect((await send(url(), path, { headers: form, body: 'a'.repeat(300 * 1024) })).status).toBe(413);
      await isServed();
    }
    // Said to be a gigabyte: refused before it comes.
    const huge = await Wire.open(`${head}content-length: 1073741824\r\n\r\na=`);
    await until(() => huge.statuses.includes(413));
    // Comes in pieces without an end.
    const chunked = await Wire.open(`${head}transfer-encoding: chunked\r\n\r\n`);
    const chunk = `8000\r\n${'a'.repeat(0x8000)}\r\n`;
    for (let i = 0; i < 16 && !chunked.isClosed; i++) chunked.socket.write(chunk);
    await until(() => chunked.statuses.includes(413) || chunked.isClosed);
    await isServed();
  });

  it.each([
    ['one header of 64 KB', `x-long: ${'x'.repeat(64 * 1024)}\r\n`],
    [
      'a thousand headers',
      Array.from({ length: 1_000 }, (_, i) => `x-header-${String(i)}: ${'y'.repeat(20)}\r\n`).join(''),
    ],
  ])('is refused with 431: %s', async (_what, headers) => {
    const { body, length } = turnOf(freshId());
    const wire = await Wire.open(`${head}${headers}content-length: ${String(length)}\r\n\r\n${body}`);
    await until(() => wire.statuses.length > 0 && wire.isClosed);
    expect(wire.statuses).toEqual([431]);
    await isServed();
  });

  it('is answered at once where the sender asks before it sends', async () => {
    const { body, length } = turnOf(freshId());
    const wire = await Wire.open(`${head}expect: 100-continue\r\ncontent-length: ${String(length)}\r\n\r\n`);
    await until(() => wire.statuses.includes(100));
    wire.socket.write(body);
    await until(() => wire.statuses.includes(200));
    const odd = await Wire.open(`${head}expect: the-unexpected\r\ncontent-length: 2\r\n\r\na=`);
    await until(() => odd.statuses.length > 0);
    expect(odd.statuses[0]).toBeLessThan(500);
  });

  it('is no reason to mix up what comes in one breath', async () => {
    const sessions = ['one', 'two', 'three'].map((name) => freshId(name));
    const requests = sessions.map((sessionId) => {
      const { body, length } = turnOf(sessionId);
      return `${head}content-length: ${String(length)}\r\n\r\n${body}`;
    });
    const wire = await Wire.open(requests.join(''));
    await until(() => wire.statuses.length === 3);
    expect(wire.statuses).toEqual([200, 200, 200]);
  });
});

describe('a request hidden in another one (#40)', () => {
  const hidden = (sessionId: string): string => {
    const { body, length } = turnOf(sessionId);
    return `${head}content-length: ${String(length)}\r\n\r\n${body}`;
  };

  it.each([
    [
      'both lengths',
      (inner: string) =>
        `content-length: ${String(inner.length + 5)}\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n${inner}`,
    ],
    [
      'both lengths, the other way round',
      (inner: string) => `transfer-encoding: chunked\r\ncontent-length: 4\r\n\r\n0\r\n\r\n${inner}`,
    ],
    [
      'two lengths',
      (inner: string) => `content-length: 2\r\ncontent-length: ${String(inner.length + 2)}\r\n\r\na=${inner}`,
    ],
    ['a list of lengths', (inner: string) => `content-length: 2, ${String(inner.length)}\r\n\r\na=${inner}`],
    ['a signed length', (inner: string) => `content-length: +2\r\n\r\na=${inner}`],
    ['a length in hexadecimal', (inner: string) => `content-length: 0x2\r\n\r\na=${inner}`],
    [
      'a blank before the colon',
      (inner: string) => `transfer-encoding : chunked\r\ncontent-length: 2\r\n\r\na=${inner}`,
    ],
    ['an odd encoding', (inner: string) => `transfer-encoding: xchunked\r\ncontent-length: 2\r\n\r\na=${inner}`],
    ['an encoding twice', (inner: string) => `transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n${inner}`],
    [
      'an encoding behind a tab',
      (inner: string) => `transfer-encoding:\x0bchunked\r\ncontent-length: 2\r\n\r\na=${inner}`,
    ],
    [
      'a folded header',
      (inner: string) => `x: y\r\n transfer-encoding: chunked\r\ncontent-length: 2\r\n\r\na=${inner}`,
    ],
    ['a wrong chunk', (inner: string) => `transfer-encoding: chunked\r\n\r\nzz\r\na=\r\n0\r\n\r\n${inner}`],
    [
      'a chunk that is too long',
      (inner: string) => `transfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\na=${inner}`,
    ],
    ['line feeds alone', (inner: string) => `transfer-encoding: chunked\n\n0\n\n${inner}`],
    [
      'a bare carriage return',
      (inner: string) => `x: y\rcontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n${inner}`,
    ],
  ])('is not taken: %s', async (_what, rest) => {
    const sessionId = freshId('smuggled');
    const wire = await Wire.open(head + rest(hidden(sessionId)));
    await until(() => wire.isClosed || wire.statuses.length > 0);
    expect(wire.statuses.filter((status) => status < 400)).toEqual([]);
    expect(wire.isClosed || wire.statuses.includes(400)).toBe(true);
    await isServed();
    expect(await services.redis.command('EXISTS', `ongea:{ussd:africastalking:demo:${sessionId}}`)).toBe(0);
  });
});

describe('whoever takes their time (#41)', () => {
  const sockets = size(60, 1_000);
  it(`is cut, all ${String(sockets)} of them, while others are served`, async () => {
    const begins = [
      'POST /ussd/africastalking/demo HTTP/1.1\r\nhost: x\r\nx-a: ',
      `${head}content-length: 5000\r\n\r\nsessionId=`,
      `${head}transfer-encoding: chunked\r\n\r\n1\r\na\r\n`,
    ];
    const wires = await Promise.all(Array.from({ length: sockets }, (_, i) => Wire.open(begins[i % begins.length])));
    const drip = setInterval(() => {
      for (const [i, { socket }] of wires.entries())
        if (!socket.destroyed) socket.write(i % 3 === 2 ? '1\r\na\r\n' : 'a');
    }, 1_000);
    cleanup.add(() => clearInterval(drip));
    const served = (async () => {
      while (wires.some(({ isClosed }) => !isClosed)) await isServed();
    })();
    // 10 s for a whole request, half a second for looking, and the pace of this machine.
    await until(() => wires.every(({ isClosed }) => isClosed), 12_500, 'the cut');
    clearInterval(drip);
    await served;
    expect(new Set(wires.flatMap(({ statuses }) => statuses))).toEqual(new Set([408]));
  }, 40_000);

  it('and never reads an answer keeps nobody else waiting', async () => {
    const { body, length } = turnOf(freshId());
    const request = `${head}content-length: ${String(length)}\r\n\r\n${body}`;
    for (let i = 0; i < size(20, 300); i++) {
      const wire = await Wire.open();
      wire.socket.pause();
      wire.socket.write(request.repeat(50));
    }
    await isServed();
  });
});

describe('what people type, where it could be run (#49, #50)', () => {
  it.each([
    '{{ caller.msisdn }}',
    '{% for i in (1..100000000) %}x{% endfor %}',
    '{{ "a" | constructor }}',
    '${process.exit(1)}',
    'constructor.constructor("return process")()',
    '__proto__',
    '{{#with "s" as |string|}}{{/with}}',
    'said == "stop" || true',
    '$eval("1")',
  ])('is only text: %s', async (text) => {
    const phone = new KairosPhone({ url });
    await phone.dial();
    const shown = (await phone.answer(text)).text;
    expect(shown.replace(/\n.*$/s, '')).toBe(`<${text}>`.slice(0, shown.replace(/\n.*$/s, '').length));
    expect(shown).not.toContain('+233');
  });

  it('does not block a pattern, however it is made', async () => {
    for (const text of ['a'.repeat(50_000), 'x'.repeat(50_000), `${'a'.repeat(50_000)}!`]) {
      const phone = new HistoryPhone('cradlebots', { url, account: 'code' });
      await phone.dial();
      const [screen] = await Promise.all([phone.answer(text), isServed(), isServed()]);
      expect(screen.text).toBe('That does not look right.\nCode');
    }
    const phone = new HistoryPhone('cradlebots', { url, account: 'code' });
    await phone.dial();
    expect((await phone.answer('aaab')).text).toBe('Taken');
  });
});

describe('the log (#46)', () => {
  const breakers = [
    '\r\n{"level":"error","msg":"forged"}',
    '"}\n{"msg":"forged"',
    '\x1b[31mred\x1b[0m',
    '\u2028forged',
    '\0',
    'x'.repeat(100_000),
  ];

  it('has one line of JSON for each event, whatever is sent', async () => {
    const unread = (): number => server.logLines.filter(({ msg }) => msg === 'a USSD turn could not be read').length;
    const before = unread();
    let sent = 0;
    for (const breaker of breakers) {
      for (const field of ['sessionId', 'phoneNumber', 'serviceCode', 'text', breaker.slice(0, 500)]) {
        const fields = { sessionId: 'x', serviceCode: '*1#', [field]: breaker };
        const { headers, body } = encoded(field === 'phoneNumber' ? { ...fields, sessionId: '' } : fields);
        const { status } = await send(url(), '/ussd/africastalking/demo', { headers, body });
        expect(status).toBe(400);
        sent += 1;
      }
      const path = `/ussd/${encodeURIComponent(breaker.slice(0, 150))}/demo?key=${encodeURIComponent(breaker.slice(0, 500))}`;
      expect((await send(url(), path)).status).toBe(404);
      await send(url(), `/ussd/cradlebots/demo`, {
        headers: { 'content-type': 'x/y', 'user-agent': 'z' },
        body: breaker,
      });
      await send(url(), '/ussd/africastalking/demo/events', {
        headers: { 'content-type': 'application/json' },
        body: breaker,
      });
    }
    await until(() => unread() - before >= sent);
    // Throws for a line that is no JSON.
    const lines = server.logLines;
    expect(lines.filter(({ msg }) => msg === 'forged')).toEqual([]);
    expect(lines.every(({ level, time }) => typeof level === 'string' && typeof time === 'string')).toBe(true);
    const texts = server.output.split('\n');
    expect(Math.max(...texts.map(({ length }) => length))).toBeLessThan(10_000);
    expect(server.output).not.toMatch(/[\x00-\x09\x0b-\x1f]/);
  });
});
