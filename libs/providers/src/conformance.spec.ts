import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { PayloadRejected, readFields, readFixture } from '@app/provider-kit';
import type {
  Account,
  Fields,
  Fixture,
  Provider,
  TurnReply,
  UssdTurn,
  WebhookReply,
  WebhookRequest,
} from '@app/provider-kit';
import { providers } from './index.js';

const here = new URL('.', import.meta.url);
const receivedAt = 1_772_620_200_123;
const json = 'application/json';

function fixturesOf(provider: Provider): Fixture[] {
  const folder = new URL(`${provider.id}/fixtures/`, here);
  const files = existsSync(folder) ? readdirSync(folder) : [];
  return files.map((file) => readFixture(file.replace(/\.json$/, ''), readFileSync(new URL(file, folder), 'utf8')));
}

function accountOf(provider: Provider, fixture?: Fixture): Account {
  return {
    provider: provider.id,
    account: 'demo',
    timezone: 'UTC',
    credentials: {},
    webhookKeys: [],
    allowFrom: [],
    open: true,
    secrets: [],
    repeatWindowMs: 1_500,
    options: {},
    ...fixture?.account,
  };
}

interface Wire {
  readonly body: string | Uint8Array;
  readonly contentType?: string | undefined;
  readonly query?: Fields;
}

function requestOf(fixture: Fixture, wire: Wire = fixture.request): WebhookRequest {
  const { headers, method } = fixture.request;
  const rawBody = Buffer.from(wire.body);
  const query = wire.query ?? {};
  return {
    id: 'r1',
    method,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    query,
    rawBody,
    contentType: wire.contentType,
    fields: readFields(rawBody, wire.contentType, query),
    receivedAt,
  };
}

const channelOf = ({ request: { path } }: Fixture): string =>
  path.endsWith('/events') ? 'ussd-event' : (path.split('/')[1] ?? '');

/** What the provider makes of a request, in the words of a fixture; a channel that it does not have is an error. */
function understand(provider: Provider, fixture: Fixture, request: WebhookRequest): Record<string, unknown> {
  const account = accountOf(provider, fixture);
  try {
    if (channelOf(fixture) === 'ussd-event') return { event: provider.ussd!.parseEvent!(request, account) };
    if (channelOf(fixture) === 'ussd') {
      const inbound = provider.ussd!.parse(request, account);
      return inbound.kind === 'turn' ? { turn: inbound.turn } : { sessionEnd: inbound.end };
    }
    if (channelOf(fixture) !== 'bot') throw new Error(`nothing exercises ${fixture.request.path}`);
    const inbound = provider.bot!.parse(request, account);
    return inbound.kind === 'turn' ? { turn: inbound.turn } : { notice: inbound.notice };
  } catch (error) {
    if (error instanceof PayloadRejected) return { rejected: error.code };
    throw error;
  }
}

/** As JSON would write it, without the payload that is kept along. */
const comparable = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (name, member: unknown) => (name === 'raw' ? undefined : member)));

function answer(provider: Provider, fixture: Fixture, request: WebhookRequest): WebhookReply {
  const account = accountOf(provider, fixture);
  const says: TurnReply = {
    texts: [''],
    end: false,
    failed: false,
    at: receivedAt,
    outcome: 'reply',
    ...fixture.reply?.says,
  };
  const understood = understand(provider, fixture, request);
  const { ussd, bot } = provider;
  if (bot !== undefined && channelOf(fixture) === 'bot') {
    if ('rejected' in understood) return bot.reject(says.texts[0]!, account);
    return 'notice' in understood ? bot.acknowledgeNotice() : bot.render(says, account);
  }
  if ('rejected' in understood) return ussd!.reject(says.texts[0]!, request, account);
  const inbound = ussd!.parse(request, account);
  if (inbound.kind === 'session-end') return ussd!.acknowledgeEnd(inbound.end, account, receivedAt);
  return ussd!.render(says, inbound.turn, account);
}

/** The same named values in every other form that a request can take. */
function encodings(fields: Fields): Record<string, Wire> {
  const flat = Object.entries(fields)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)] as [string, string]);
  const form = new URLSearchParams(flat).toString();
  const parts = flat.map(
    ([name, value]) => `--b0\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  return {
    form: { body: form, contentType: 'application/x-www-form-urlencoded; charset=utf-8' },
    'form labelled JSON': { body: form, contentType: json },
    JSON: { body: JSON.stringify(fields), contentType: `${json};charset=UTF-8` },
    'JSON labelled form': {
      body: `\ufeff ${JSON.stringify(fields, null, 2)}\n`,
      contentType: 'application/x-www-form-urlencoded',
    },
    'JSON without a label': { body: JSON.stringify(fields) },
    multipart: { body: `${parts.join('')}--b0--\r\n`, contentType: 'multipart/form-data; boundary=b0' },
    query: { body: '', query: { ...Object.fromEntries(flat), key: 'webhook-key' } },
  };
}

const hostileValues: readonly unknown[] = [
  null, true, 0, -1, 1e21, '', ' ', '\0', '\ud800', 'END x', 'a\r\nb: c', 'é 世 😀', '1'.repeat(5_000), '__proto__',
  [], [[]], ['x', 'y'], [null], [{ a: 1 }], {}, { value: 1 }, { a: { b: { c: [] } } }, '{"a":', '{}', '[', '%', '+',
]; // prettier-ignore

/** Mulberry32: the same numbers for the same seed. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

const shards: readonly Buffer[] = [
  ...['__proto__', '"__proto__":{"polluted":1},', '&__proto__[polluted]=1&', '&constructor=1', '%', '%00', '%ff%', '+'],
  ...['{', '}', '[', ']', '"', "'", ':', ',', '\\u0000', '\\ud800', '=', '&', '--', '\r\n', '\0', '//', 'null', 'NaN', '1e999'],
  ...['9'.repeat(30), '['.repeat(100), '&a'.repeat(1_200), 'END ', '\ufeff', '😀', '--b0\r\nContent-Disposition: form-data; name="x"'],
].map((text) => Buffer.from(text)).concat(Buffer.from([0xff]), Buffer.from([0xc3]), Buffer.from([0xed, 0xa0, 0x80])); // prettier-ignore

function mutate(body: Buffer, random: (below: number) => number): Buffer {
  let result = body;
  for (let times = 1 + random(4); times > 0; times--) {
    const at = random(result.length + 1);
    const to = Math.min(result.length, at + random(12));
    const [head, middle, tail] = [result.subarray(0, at), result.subarray(at, to), result.subarray(to)];
    const shard = shards[random(shards.length)]!;
    const kinds = [
      [head, tail],
      [head, middle, middle, tail],
      [head, shard, middle, tail],
      [head, shard, tail],
      [head],
      [tail, head],
      [head, Buffer.from([random(256)]), tail],
    ];
    result = Buffer.concat(kinds[random(kinds.length)]!);
  }
  return result;
}

/** Whatever was read has the shape that the contracts promise, and can be kept in any database. */
function expectSound(understood: Record<string, unknown>): void {
  const [kind = '', value] = Object.entries(understood)[0] ?? [];
  expect(['turn', 'sessionEnd', 'event', 'notice', 'rejected']).toContain(kind);
  const unfit: unknown[] = [];
  JSON.stringify(value, (name, member: unknown) => {
    unfit.push(...[name, member].filter((text) => typeof text === 'string' && /\0|\p{Surrogate}/u.test(text)));
    return member;
  });
  expect(unfit).toEqual([]);
  if (kind !== 'turn') return;
  const turn = value as Partial<UssdTurn> & { conversation?: string; node?: string };
  for (const name of [turn.caller?.id, turn.sessionId ?? turn.conversation]) expect(name?.trim()).toMatch(/./s);
  expect(typeof (turn.serviceCode ?? turn.node)).toBe('string');
  if (turn.input !== undefined) expect(typeof turn.input.text).toBe('string');
}

describe('the list of providers', () => {
  it('names every folder, once', () => {
    const folders = readdirSync(here, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(providers.map(({ id }) => id).sort()).toEqual(folders.map(({ name }) => name).sort());
  });

  it.each(providers)('$id has fixtures for each of its channels', (provider) => {
    const channels = new Set(fixturesOf(provider).map(channelOf));
    const own = [provider.ussd && 'ussd', provider.ussd?.parseEvent && 'ussd-event', provider.bot && 'bot'];
    expect([...channels].sort()).toEqual(own.filter((channel) => channel !== undefined).sort());
  });

  it.each(providers)('$id describes its account options', ({ accountOptions }) => {
    for (const option of Object.values(accountOptions)) expect(option.description).not.toBe('');
  });
});

describe.each(providers)('$id', (provider) => {
  const fixtures = fixturesOf(provider);

  describe.each(fixtures)('$name', (fixture) => {
    const request = requestOf(fixture);
    const understood = comparable(understand(provider, fixture, request));

    it('is understood', () => {
      expect(understood).toEqual(fixture.expect);
    });

    it('has its signature judged', () => {
      const account = accountOf(provider, fixture);
      expect(provider.signature?.signs(account) ?? false).toBe(fixture.signature !== undefined);
      expect(provider.signature?.verify(request, account) ?? false).toBe(fixture.signature === 'good');
    });

    if (fixture.reply !== undefined) {
      it('is answered with the expected bytes, and with the same ones again', () => {
        const { says: _says, ...reply } = fixture.reply!;
        expect(answer(provider, fixture, request)).toEqual(reply);
        expect(answer(provider, fixture, requestOf(fixture))).toEqual(reply);
      });
    }

    it.each(Object.keys(encodings({})))('#39 means the same as %s', (name) => {
      const again = requestOf(fixture, encodings(request.fields)[name]);
      expect(comparable(understand(provider, fixture, again))).toEqual(understood);
    });

    it('means the same with fields that nobody knows', () => {
      const more = JSON.stringify({ unknown: 'x', zzz: [{ deep: { er: null } }], ...request.fields, last: 12.5 });
      expect(comparable(understand(provider, fixture, requestOf(fixture, { body: more })))).toEqual(understood);
    });

    it('#38 is read or refused by a code with any field missing or of a wrong kind', () => {
      for (const name of Object.keys(request.fields)) {
        const { [name]: _left, ...rest } = request.fields;
        expectSound(understand(provider, fixture, requestOf(fixture, { body: JSON.stringify(rest) })));
        for (const value of hostileValues) {
          const wire = { body: JSON.stringify({ ...request.fields, [name]: value }) };
          expectSound(understand(provider, fixture, requestOf(fixture, wire)));
        }
      }
    });
  });

  it.each([[''], ['\0'], ['{}'], ['a=1']])('refuses a body that says nothing: %j', (body) => {
    for (const fixture of fixtures)
      expect(understand(provider, fixture, requestOf(fixture, { body }))).toHaveProperty('rejected');
  });

  it('keeps every named value of an event or notice', () => {
    for (const fixture of fixtures) {
      const understood = understand(provider, fixture, requestOf(fixture)) as Record<
        string,
        { raw?: Fields; report?: { raw: Fields } }
      >;
      const kept = Object.values(understood).map((value) => value.raw ?? value.report?.raw)[0];
      if (kept !== undefined) expect(kept).toEqual(requestOf(fixture).fields);
    }
  });

  it('#38 #43 reads or refuses 10 000 mutated bodies, and nothing leaks from one into another', () => {
    const random = randomFrom(38_043);
    const seen = new Map<string, number>();
    const seeds = fixtures.flatMap((fixture) =>
      [fixture.request, ...Object.values(encodings(requestOf(fixture).fields))].map((wire) => ({ fixture, wire })),
    );
    for (let i = 0; i < 10_000; i++) {
      const { fixture, wire } = seeds[random(seeds.length)]!;
      const outcome = outcomeOf(fixture, {
        body: mutate(Buffer.from(wire.body), random),
        contentType: wire.contentType,
      });
      seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
    }
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect([...seen.keys()].filter((outcome) => outcome.startsWith('threw')).slice(0, 3)).toEqual([]);
    // Mutations that only ever end in one place would show nothing.
    expect(seen.get('body-malformed')).toBeGreaterThan(500);
    expect((seen.get('turn') ?? 0) + (seen.get('event') ?? 0)).toBeGreaterThan(500);
  });

  function outcomeOf(fixture: Fixture, wire: Wire): string {
    try {
      const request = requestOf(fixture, wire);
      const understood = understand(provider, fixture, request);
      if (channelOf(fixture) !== 'ussd-event') expect(answer(provider, fixture, request).body).not.toBe('');
      expectSound(understood);
      return 'rejected' in understood ? String(understood.rejected) : String(Object.keys(understood)[0]);
    } catch (error) {
      return error instanceof PayloadRejected ? error.code : `threw ${String(error)} for ${String(wire.body)}`;
    }
  }

  const hostileTexts = [
    'END x',
    'CON x',
    '\nEND x',
    '\ufeffEND',
    '',
    'a\r\nx: y\r\n\r\nEND',
    '"}',
    '{"type":"CAROUSEL"}',
    '😀\ud800',
  ];
  const marks = ['x\r\ny: z', 'v=1;|', '', '3f9a02bc9', 'é'.repeat(8)];

  it.each(hostileTexts)('#45 writes envelope and headers itself, whatever a screen says: %j', (text) => {
    for (const end of [true, false]) {
      for (const version of marks) {
        const says = { texts: [text], end, hop: { version, inputs: [1], resumed: true } };
        for (const fixture of fixtures.filter((one) => channelOf(one) !== 'ussd-event')) {
          const reply = answer(
            provider,
            { ...fixture, reply: { status: 200, contentType: '', body: '', says } },
            requestOf(fixture),
          );
          expectSafe(reply, end || 'rejected' in fixture.expect || 'sessionEnd' in fixture.expect);
        }
      }
    }
  });

  function expectSafe(reply: WebhookReply, end: boolean): void {
    expect([200, 400]).toContain(reply.status);
    for (const [name, value] of Object.entries({ ...reply.headers, type: reply.contentType })) {
      expect(name + value).toMatch(/^[\x20-\x7e]+$/);
      expect(value.length).toBeLessThan(100);
    }
    if (reply.contentType === json) expect(JSON.parse(reply.body)).toBeInstanceOf(Object);
    else if (reply.body !== 'OK') expect(reply.body.slice(0, 4)).toBe(end ? 'END ' : 'CON ');
  }
});
