import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { PayloadRejected, readFields, readFixture, readQuery } from '@app/provider-kit';
import type {
  Account,
  Fields,
  Fixture,
  Provider,
  TurnReply,
  UssdTurn,
  VoiceCallbacks,
  VoiceTurn,
  WebhookReply,
  WebhookRequest,
} from '@app/provider-kit';
import { encodings, hostileValues, mutated, randomFrom, readXml, type Wire } from '@app/testing';
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
    resendUncertain: false,
    airtimeAllow: [],
    endpoints: {},
    webhookKeys: [],
    allowFrom: [],
    open: true,
    secrets: [],
    repeatWindowMs: 1_500,
    options: {},
    ...fixture?.account,
  };
}

function requestOf(fixture: Fixture, wire: Wire = fixture.request): WebhookRequest {
  const { headers, method } = fixture.request;
  const rawBody = Buffer.from(wire.body);
  const query = { ...readQuery(fixture.request.path.split('?')[1] ?? ''), ...wire.query };
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

type Understood = Record<string, unknown>;

interface ChannelCase {
  readonly has: (provider: Provider) => boolean;
  /** In the words of a fixture. */
  readonly read: (provider: Provider, request: WebhookRequest, account: Account, topic: string) => Understood;
}

/** What is posted to each path, by its first and last part. */
const channels: Readonly<Record<string, ChannelCase>> = {
  ussd: {
    has: ({ ussd }) => ussd !== undefined,
    read: ({ ussd }, request, account) => {
      const inbound = ussd!.parse(request, account);
      return inbound.kind === 'turn' ? { turn: inbound.turn } : { sessionEnd: inbound.end };
    },
  },
  'ussd/events': {
    has: ({ ussd }) => ussd?.parseEvent !== undefined,
    read: ({ ussd }, request, account) => ({ event: ussd!.parseEvent!(request, account) }),
  },
  bot: {
    has: ({ bot }) => bot !== undefined,
    read: ({ bot }, request, account) => {
      const inbound = bot!.parse(request, account);
      return inbound.kind === 'turn' ? { turn: inbound.turn } : { notice: inbound.notice };
    },
  },
  sms: {
    has: ({ sms }) => sms !== undefined,
    read: ({ sms }, request, account) => ({ messages: sms!.parse(request, account) }),
  },
  'sms/delivery': {
    has: ({ sms }) => sms?.parseDelivery !== undefined,
    read: ({ sms }, request, account) => ({ deliveries: sms!.parseDelivery!(request, account) }),
  },
  'sms/opt-out': {
    has: ({ sms }) => sms?.parseOptOut !== undefined,
    read: ({ sms }, request, account) => ({ optOuts: sms!.parseOptOut!(request, account) }),
  },
  'sms/subscriptions': {
    has: ({ sms }) => sms?.parseSubscription !== undefined,
    read: ({ sms }, request, account) => ({ notice: sms!.parseSubscription!(request, account) }),
  },
  voice: {
    has: ({ voice }) => voice !== undefined,
    read: ({ voice }, request, account) => {
      const { kind, ...inbound } = voice!.parse(request, account);
      if ('turn' in inbound) return { turn: inbound.turn };
      return kind === 'final' ? { final: inbound } : { pickedUp: inbound };
    },
  },
  'voice/events': {
    has: ({ voice }) => voice !== undefined,
    read: ({ voice }, request, account) => {
      const { kind, ...event } = voice!.parseEvent(request, account);
      return 'notice' in event ? { notice: event.notice } : { [kind]: event };
    },
  },
  'call-reports': {
    has: ({ callReports }) => callReports !== undefined,
    read: ({ callReports }, request, account) => {
      const inbound = callReports!.parse(request, account);
      return inbound.kind === 'reports' ? { reports: inbound.reports } : { rejected: 'event-unreadable' };
    },
  },
  events: {
    has: ({ notices }) => notices !== undefined,
    read: ({ notices }, request, account, topic) => ({ notice: notices!.read(topic, request, account).notice }),
  },
};

const partsOf = ({ request: { path } }: Fixture): string[] => path.replace(/\?.*/, '').split('/');
const topicOf = (fixture: Fixture): string => partsOf(fixture)[4] ?? '';

function channelOf(fixture: Fixture): string {
  const [, channel = '', , , last] = partsOf(fixture);
  return last === undefined || channel === 'events' ? channel : `${channel}/${last}`;
}

/** Reports that every provider's are answered alike. */
const isAnsweredByProvider = (fixture: Fixture): boolean => !/^(?:ussd|sms|voice)\//.test(channelOf(fixture));

/** What the provider makes of a request, in the words of a fixture; a channel that it does not have is an error. */
function understand(provider: Provider, fixture: Fixture, request: WebhookRequest): Understood {
  const channel = channels[channelOf(fixture)];
  if (channel === undefined) throw new Error(`nothing exercises ${fixture.request.path}`);
  const challenge = provider.challenge?.(request);
  if (challenge !== undefined) return { challenge: JSON.parse(challenge.body) };
  try {
    return channel.read(provider, request, accountOf(provider, fixture), topicOf(fixture));
  } catch (error) {
    if (error instanceof PayloadRejected) return { rejected: error.code };
    throw error;
  }
}

/** As JSON would write it, without the payload that is kept along. */
const comparable = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (name, member: unknown) => (name === 'raw' ? undefined : member)));

const callbacks: VoiceCallbacks = {
  answer: (turn) => `https://app.example/voice?turn=${turn}`,
  noInput: (turn) => `https://app.example/voice?turn=${turn}&noinput=${turn}`,
};

function answer(provider: Provider, fixture: Fixture, request: WebhookRequest): WebhookReply {
  const account = accountOf(provider, fixture);
  const ours = { texts: [''], end: false, failed: false, at: receivedAt, outcome: 'reply' } as const;
  const says: TurnReply = { ...ours, ...fixture.reply?.says };
  const understood = understand(provider, fixture, request);
  const { ussd, bot, sms, voice, notices, callReports } = provider;
  const rejected = 'rejected' in understood;
  const ok = { status: 200, contentType: 'text/plain; charset=utf-8', body: 'OK' };
  if ('challenge' in understood) return provider.challenge!(request)!;
  switch (channelOf(fixture)) {
    case 'call-reports':
      return callReports!.acknowledge(account);
    case 'bot':
      if (rejected) return bot!.reject(says.texts[0]!, account);
      return 'notice' in understood ? bot!.acknowledgeNotice() : bot!.render(says, account);
    case 'sms':
      return sms!.acknowledge(rejected ? 'bad' : 'kept');
    case 'voice':
      if (rejected) return voice!.refuse();
      return 'turn' in understood ? voice!.render(says, callbacks, account) : voice!.nothing();
    case 'events':
      return notices!.read(topicOf(fixture), request, account).reply ?? ok;
  }
  if (rejected) return ussd!.reject(says.texts[0]!, request, account);
  const inbound = ussd!.parse(request, account);
  if (inbound.kind === 'session-end') return ussd!.acknowledgeEnd(inbound.end, account, receivedAt);
  return ussd!.render(says, inbound.turn, account);
}

interface Kept {
  readonly raw?: Fields;
  readonly report?: { readonly raw: Fields };
}

const kinds = 'turn sessionEnd event notice messages deliveries optOuts pickedUp final reports challenge'.split(' ');

/** Whatever was read has the shape that the contracts promise, and can be kept in any database. */
function expectSound(understood: Record<string, unknown>): void {
  const [kind = '', value] = Object.entries(understood)[0] ?? [];
  const faults: unknown[] = kinds.includes(kind) || kind === 'rejected' ? [] : [kind];
  JSON.stringify(value, (name, member: unknown) => {
    faults.push(...[name, member].filter((text) => typeof text === 'string' && /\0|\p{Surrogate}/u.test(text)));
    return member;
  });
  if (kind === 'turn') {
    const turn = value as Partial<UssdTurn | VoiceTurn> &
      Partial<{ conversation: string; node: string; to: string; serviceCode: string }>;
    const { input } = turn;
    const said = input?.kind === 'digits' ? [input.digits] : [];
    const names = [turn.caller?.id, turn.sessionId ?? turn.conversation, ...said];
    const texts = [
      turn.serviceCode ?? turn.node ?? turn.to,
      ...(input?.kind === 'history' || input?.kind === 'latest' ? [input.text] : []),
    ];
    faults.push(
      ...names.filter((name) => (name?.trim() ?? '') === ''),
      ...texts.filter((one) => typeof one !== 'string'),
    );
  }
  // One call of it for all: it is by far the slowest part.
  expect(faults).toEqual([]);
}

describe('the list of providers', () => {
  it('names every folder, once', () => {
    const folders = readdirSync(here, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(providers.map(({ id }) => id).sort()).toEqual(folders.map(({ name }) => name).sort());
  });

  it.each(providers)('$id has fixtures for each of its channels', (provider) => {
    const own = Object.entries(channels).filter(([, { has }]) => has(provider));
    expect([...new Set(fixturesOf(provider).map(channelOf))].sort()).toEqual(own.map(([name]) => name).sort());
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
    // A composed report may say everything in its query; a notice may say nothing.
    const bodies = fixtures.filter(
      (one) => channelOf(one) !== 'events' && !/^\/call-reports.*\?/.test(one.request.path),
    );
    for (const fixture of bodies)
      expect(understand(provider, fixture, requestOf(fixture, { body }))).toHaveProperty('rejected');
  });

  it('keeps every named value of an event or notice', () => {
    for (const fixture of fixtures) {
      const [value] = Object.values(understand(provider, fixture, requestOf(fixture))).flat() as [Kept];
      const kept = value.raw ?? value.report?.raw;
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
        body: mutated(Buffer.from(wire.body), random),
        contentType: wire.contentType,
      });
      seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
    }
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect([...seen.keys()].filter((outcome) => outcome.startsWith('threw')).slice(0, 3)).toEqual([]);
    // Mutations that only ever end in one place would show nothing.
    expect(seen.get('body-malformed')).toBeGreaterThan(500);
    expect(kinds.reduce((sum, kind) => sum + (seen.get(kind) ?? 0), 0)).toBeGreaterThan(500);
  });

  function outcomeOf(fixture: Fixture, wire: Wire): string {
    try {
      const request = requestOf(fixture, wire);
      const understood = understand(provider, fixture, request);
      if (isAnsweredByProvider(fixture)) expect(answer(provider, fixture, request).body).not.toBe('');
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
        for (const fixture of fixtures.filter(isAnsweredByProvider)) {
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
    expect([200, 202, 400]).toContain(reply.status);
    for (const [name, value] of Object.entries({ ...reply.headers, type: reply.contentType })) {
      expect(name + value).toMatch(/^[\x20-\x7e]+$/);
      expect(value.length).toBeLessThan(100);
    }
    if (reply.contentType === json) expect(JSON.parse(reply.body)).toBeInstanceOf(Object);
    else if (reply.contentType === 'application/xml') expect(readXml(reply.body).name).toBe('Response');
    else if (!['OK', 'GOOD', 'BAD'].includes(reply.body)) expect(reply.body.slice(0, 4)).toBe(end ? 'END ' : 'CON ');
  }
});
