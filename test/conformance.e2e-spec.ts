import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readFields } from '@app/provider-kit';
import { providers } from '@app/providers';
import type { RunningServer } from '../apps/server/src/server.js';
import { Cleanup } from './support/cleanup.js';
import { shapeOf } from './support/envelope.js';
import { turnFixtures, type ProviderFixture } from './support/fixtures.js';
import { encoded, freshId, HistoryPhone, KairosPhone } from './support/gateways.js';
import { mutated } from './support/mutations.js';
import { Random } from './support/random.js';
import { checkSeptets } from './support/screen-length.js';
import { send, type Answer, type Sent } from './support/send.js';
import { startInProcess } from './support/server-in-process.js';
import { startServices, type Services } from './support/services.js';
import { size } from './support/size.js';
import { WorkspaceFolder } from './support/workspace-folder.js';

const echo = `
dialog: echo
start: say
steps:
  say:
    ask: "{{ said }}"
    save: said
    attempts: 9
    go: more
  more:
    choose:
      - { when: 'said == "stop"', go: close }
      - { go: say }
  close: { end: Bye }
`;

const fixtures = turnFixtures();

/** Those that hold conversations at once. */
const conversing = providers.filter(({ ussd, bot }) => ussd !== undefined || bot !== undefined);

/** A turn that a provider of the list is known to send to an account that asks for nothing. */
function seedOf(id: string): ProviderFixture {
  const seed = fixtures.find(
    (it) => it.provider === id && 'turn' in it.expect && it.reply?.status === 200 && it.signature === undefined,
  );
  if (seed === undefined) throw new Error(`${id} has no fixture of an unsigned turn with its reply`);
  return seed;
}

const channelOf = (id: string): 'ussd' | 'bot' =>
  providers.find((it) => it.id === id)?.ussd === undefined ? 'bot' : 'ussd';

const accounts = conversing.flatMap(({ id: provider }) => {
  const common = { provider, country: 'KE', [channelOf(provider)]: { default: 'echo' } };
  return [
    { ...common, account: 'demo' },
    { ...common, account: 'keyed', webhookKeys: ['old-key', 'new-key'] },
    { ...common, account: 'elsewhere', allowFrom: ['203.0.113.0/24'] },
    { ...common, account: 'both', webhookKeys: ['new-key'], allowFrom: ['203.0.113.0/24'] },
    { provider, account: 'no-channel' },
    ...(provider === 'haptik' ? [{ ...common, account: 'signed', secrets: ['secret-one', 'secret-two'] }] : []),
  ];
});

const cleanup = new Cleanup();
let services: Services;
let workspace: WorkspaceFolder;
let server: RunningServer;

beforeAll(async () => {
  services = await startServices(cleanup);
  workspace = await WorkspaceFolder.make(cleanup, { dialogs: { echo }, accounts });
  server = await startInProcess(cleanup, workspace, services.settings);
  await server.parts.postgres.whenUp();
}, 60_000);
afterAll(() => cleanup.run(), 30_000);

describe.each(conversing.map(({ id }) => id))('%s', (id) => {
  const seed = seedOf(id);
  const path = `/${channelOf(id)}/${id}/demo`;
  const { request, reply } = seed;
  const good = shapeOf({ contentType: reply!.contentType, body: reply!.body });
  const labelled = (contentType = request.contentType): Record<string, string> =>
    contentType === undefined ? {} : { 'content-type': contentType };
  const post = (sent: Sent, to = path): Promise<Answer> => send(server.url, to, sent);
  const fields = readFields(Buffer.from(request.body), request.contentType, {});
  const json = (changes: Readonly<Record<string, unknown>>): Sent => ({
    headers: labelled('application/json'),
    body: JSON.stringify({ ...fields, ...changes }),
  });

  const isWell = (answer: Answer): void => {
    expect(answer.status).toBe(200);
    expect(shapeOf(answer)).toBe(good);
  };
  const isRefusedPolitely = (answer: Answer): void => {
    expect(answer.status).toBe(400);
    expect(shapeOf(answer)).toBe(good);
    if (good.startsWith('text/plain')) expect(answer.body).toMatch(/^END ./);
  };

  it('gets 200 for a turn, and not Nest’s 201', async () => {
    isWell(await post({ body: request.body, headers: labelled() }));
  });

  it.each([
    '{',
    '{"a":1,}',
    "{'a':1}",
    '{"a":NaN}',
    'XXXX',
    '<xml/>',
    '[1,2',
    '"text"',
    '[]',
    '\0\0',
    '%%%=%',
    '{"a":1',
  ])('gets 400 and a closing screen for %j (#38)', async (body) => {
    isRefusedPolitely(await post({ body, headers: labelled('application/json') }));
  });

  it('gets 400 and a closing screen for no body at all', async () => {
    isRefusedPolitely(await post({ headers: labelled() }));
  });

  it('is served whatever else a body holds, and whatever it is called (#39, #43)', async () => {
    isWell(await post(json({ zzz: 'new', nested: { deep: [1, null] }, ['x'.repeat(200)]: 'y', __proto__: { x: 1 } })));
    for (const contentType of ['text/plain', 'application/vnd.unknown', 'json;;=']) {
      isWell(await post({ body: request.body, headers: labelled(contentType) }));
    }
    isWell(await post({ body: request.body }));
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  it.each(Object.keys(fields))('never gets a 5xx for an odd %s (#38, #42, #43)', async (name) => {
    const odd: unknown[] = [
      undefined,
      null,
      '',
      ' ',
      [],
      ['a', 'b'],
      {},
      { a: { b: [] } },
      true,
      -1,
      1e21,
      'x'.repeat(20_000),
    ];
    for (const value of [...odd, '\0', '\ud800', '\u202e', 'é世😀', '__proto__', 'END x', 'a\r\nset-cookie: b']) {
      const answer = await post(json({ [name]: value }));
      expect([200, 400]).toContain(answer.status);
      expect(shapeOf(answer)).toBe(good);
      expect(answer.headers).not.toHaveProperty('set-cookie');
    }
  });

  it('sends its turn again and gets the same bytes', async () => {
    const sent = { body: request.body, headers: labelled() };
    const first = await post(sent);
    const [second, third] = await Promise.all([post(sent), post(sent)]);
    expect([second.body, third.body]).toEqual([first.body, first.body]);
  });

  it('gets 413 for a body of 300 KiB, and no body (#40)', async () => {
    const body = `${request.body.slice(0, -1)}${'x'.repeat(300 * 1024)}`;
    expect(await post({ body, headers: labelled() })).toMatchObject({ status: 413, body: '' });
  });

  it.each(['PUT', 'DELETE', 'PATCH'])('is answered 404 with an empty body for %s', async (method) => {
    const sent = { method, body: request.body, headers: labelled() };
    expect(await post(sent, `${path}?key=old-key`)).toMatchObject({ status: 404, body: '' });
  });

  it.each([
    `/${channelOf(id)}/${id}/nobody`,
    `/${channelOf(id)}/${id}/no-channel`,
    `/${channelOf(id)}/nobody/demo`,
    `/nowhere/${id}/demo?key=k`,
  ])('is answered 404 with an empty body at %s', async (unknown) => {
    expect(await post({ body: request.body, headers: labelled() }, unknown)).toMatchObject({ status: 404, body: '' });
  });

  it('is let in with any of the keys of an account, in the query or in a header (#51)', async () => {
    const keyed = path.replace('demo', 'keyed');
    const sent = { body: request.body, headers: labelled() };
    isWell(await post(sent, `${keyed}?key=old-key`));
    isWell(await post(sent, `${keyed}?key=new-key`));
    isWell(await post({ ...sent, headers: { ...labelled(), 'x-webhook-key': 'new-key' } }, keyed));
    const wrong = ['', 'OLD-KEY', 'old-ke', 'old-keyy', 'old-key ', 'old-key,new-key', '__proto__', 'x'.repeat(5_000)];
    for (const key of wrong) {
      expect(await post(sent, `${keyed}?key=${encodeURIComponent(key)}`)).toMatchObject({ status: 401, body: '' });
    }
    expect(await post(sent, keyed)).toMatchObject({ status: 401, body: '' });
    expect(await post(sent, `${keyed}?key=old-ke&key=old-key`)).toMatchObject({ status: 401, body: '' });
    expect(await post(sent, `${keyed}?key[]=old-key`)).toMatchObject({ status: 401, body: '' });
  });

  it('is kept out by its address, whatever it says of it (#52)', async () => {
    const sent = { body: request.body, headers: labelled() };
    const claims = ['x-forwarded-for', 'x-real-ip', 'forwarded', 'x-client-ip', 'true-client-ip', 'cf-connecting-ip'];
    for (const name of claims) {
      const headers = { ...labelled(), [name]: name === 'forwarded' ? 'for=203.0.113.7' : '203.0.113.7' };
      for (const account of ['elsewhere', 'both']) {
        const answer = await post({ ...sent, headers }, `${path.replace('demo', account)}?key=new-key`);
        expect(answer).toMatchObject({ status: 403, body: '' });
      }
    }
  });

  it.each(['/', '//', '/%2f', '%2f', '.', '%20', ';', '%00', '/../keyed', '?x=/demo'])(
    'finds no way around a key with %j behind the path (#52)',
    async (end) => {
      const answer = await post({ body: request.body, headers: labelled() }, path.replace('demo', 'keyed') + end);
      expect([400, 401, 404]).toContain(answer.status);
    },
  );

  it.each(['//', '/./', '/demo/../'])('finds no way around a key with %j in the path (#52)', async (begin) => {
    const tricked = begin + path.replace('demo', 'keyed').slice(1);
    const answer = await post({ body: request.body, headers: labelled() }, tricked);
    expect([400, 401, 404]).toContain(answer.status);
    expect((await post({ body: request.body, headers: labelled() }, path.toUpperCase())).status).toBe(404);
  });

  it(`never gets a 5xx for ${String(size(400, 10_000))} mutations of its requests (#38, #43, R11)`, async () => {
    const own = fixtures.filter((it) => it.provider === id && it.request.path.endsWith('/demo'));
    const random = new Random(20_260_304);
    const statuses = new Set<number>();
    for (let sent = 0; sent < size(400, 10_000); sent += 20) {
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => post(mutated(random, random.of(own).request))),
      );
      for (const answer of answers) {
        statuses.add(answer.status);
        if (answer.body !== 'OK') expect(shapeOf(answer)).toBe(good);
      }
    }
    expect([...statuses].sort()).toEqual([200, 400]);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  }, 300_000);
});

describe('a signed account (#51)', () => {
  const body = '{"node":"n","user":{"user_name":"hk_s"},"entities":{}}';
  const hmac = async (key: string, over: string, algorithm = 'sha1', form: 'hex' | 'base64' = 'hex') => {
    const { createHmac } = await import('node:crypto');
    return createHmac(algorithm, key).update(over).digest(form);
  };
  const post = (signature: string | undefined, sent = body): Promise<Answer> =>
    send(server.url, '/bot/haptik/signed', {
      headers: {
        'content-type': 'application/json',
        ...(signature === undefined ? {} : { 'x-hub-signature': signature }),
      },
      body: sent,
    });

  it.each(['secret-one', 'secret-two'])('takes what is signed with %s', async (secret) => {
    expect((await post(`sha1=${await hmac(secret, body)}`)).status).toBe(200);
  });

  it('takes nothing else', async () => {
    const right = await hmac('secret-one', body);
    const flipped = (at: number): string => right.slice(0, at) + (right[at] === '0' ? '1' : '0') + right.slice(at + 1);
    const forms: (string | undefined)[] = [
      ...[undefined, '', 'sha1=', 'sha1', '=', right, `sha1:${right}`, `SHA1=${right}`, `sha1=sha1=${right}`],
      ...[`sha256=${right}`, `sha1=${right}0`, `sha1=${right.slice(0, -1)}`, `sha1=${right.slice(0, 20)}`],
      ...[`sha1=${await hmac('other', body)}`, `sha1=${await hmac('', body)}`, `sha1=${await hmac('secret-one', '')}`],
      ...[`sha256=${await hmac('secret-one', body, 'sha256')}`, `sha1=${await hmac('secret-one', body, 'sha256')}`],
      ...[`sha1=${await hmac('secret-one', body, 'sha1', 'base64')}`, 'sha1=secret-one', 'secret-one'],
      ...[`sha1=${'0'.repeat(40)}`, `sha1=${'z'.repeat(40)}`, `sha1=${await hmac('secret-one', `${body}\n`)}`],
      ...[`sha1= ${right}`, `sha1=${right},sha1=${right}`, `md5=${await hmac('secret-one', body, 'md5')}`],
      ...Array.from({ length: 40 }, (_, at) => `sha1=${flipped(at)}`),
    ];
    for (const signature of forms) expect(await post(signature)).toMatchObject({ status: 401, body: '' });
    const same = JSON.stringify(JSON.parse(body), null, 1);
    for (const other of [same, ` ${body}`, `${body} `, body.replace('n"', 'm"'), `\ufeff${body}`, '']) {
      expect(await post(`sha1=${right}`, other)).toMatchObject({ status: 401, body: '' });
    }
  });
});

describe('behind a proxy that is trusted (#52)', () => {
  let behind: RunningServer;
  beforeAll(async () => {
    behind = await startInProcess(cleanup, workspace, {
      ...services.settings,
      ONGEA_TRUSTED_PROXIES: '127.0.0.1, 198.51.100.1',
    });
  });

  it.each([
    ['203.0.113.7', 200],
    ['1.2.3.4, 203.0.113.7', 200],
    ['203.0.113.7, 198.51.100.1', 200],
    ['::ffff:203.0.113.7', 200],
    ['203.0.113.7, 192.0.2.1', 403],
    ['203.0.113.7, , 192.0.2.1', 403],
    ['203.0.113.7,x', 403],
    ['', 403],
    ['127.0.0.1', 403],
  ])('what it says of the way here counts: %j is %i', async (forwardedFor, status) => {
    const phone = { sessionId: freshId(), phoneNumber: '+254700000201', serviceCode: '*1#', text: '' };
    const { headers, body } = encoded(phone);
    const sent = { headers: { ...headers, 'x-forwarded-for': forwardedFor }, body };
    expect((await send(behind.url, '/ussd/africastalking/elsewhere', sent)).status).toBe(status);
  });
});

describe('what people type', () => {
  const texts = fc.oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 160 }),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 160 }),
    fc.constantFrom(
      'END you owe us',
      'CON 1. Pay',
      'END\r\n\r\nx',
      '\r\nEND x',
      '{{ caller.msisdn }}',
      '{% raw %}',
      '😀'.repeat(80),
    ),
  );

  it('cannot make a screen end, nor make it too long (#42, #45)', async () => {
    await fc.assert(
      fc.asyncProperty(texts, fc.boolean(), async (text, json) => {
        const phone = new HistoryPhone('africastalking', { url: () => server.url, json });
        await phone.dial();
        const screen = await phone.answer(text);
        expect(screen.open).toBe(true);
        checkSeptets(screen.text);
        const kairos = new KairosPhone({ url: () => server.url });
        await kairos.dial();
        const other = await kairos.answer(text);
        checkSeptets(other.text);
      }),
      { numRuns: size(150, 5_000) },
    );
  }, 300_000);

  it('is kept with the report of its session, whatever it is (#42)', async () => {
    let sent = 0;
    const field = fc.string({ unit: 'binary', maxLength: 60 });
    const report = fc.record({
      lastAppResponse: field,
      errorMessage: field,
      status: fc.constantFrom('Success', 'Odd\u0000'),
    });
    await fc.assert(
      fc.asyncProperty(report, async (fields) => {
        sent += 1;
        const { headers, body } = encoded({ ...fields, sessionId: freshId('unicode') }, true);
        const answer = await send(server.url, '/ussd/africastalking/demo/events', { headers, body });
        expect(answer).toMatchObject({ status: 200, body: 'OK' });
      }),
      { numRuns: size(200, 10_000) },
    );
    const [kept] = await services.query(
      "SELECT count(*)::int AS n FROM session_reports WHERE session_id LIKE 'unicode%'",
    );
    expect(kept).toEqual({ n: sent });
    expect(await services.query('SELECT * FROM quarantine')).toEqual([]);
  }, 300_000);

  it(`is kept byte for byte in ${String(size(200, 10_000))} reports that nobody can read (#38)`, async () => {
    const random = new Random(7);
    const events = fixtures.filter(({ request }) => request.path.endsWith('/events'));
    let refused = 0;
    for (let sent = 0; sent < size(200, 10_000); sent += 20) {
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => {
          const { request } = random.of(events);
          return send(server.url, '/ussd/africastalking/both/events?key=new-key', mutated(random, request)).then(
            ({ status }) => status === 403,
          );
        }),
      );
      expect(answers.every(Boolean)).toBe(true);
      const served = await Promise.all(
        Array.from({ length: 20 }, () => {
          const { request } = random.of(events);
          return send(server.url, '/ussd/africastalking/demo/events', mutated(random, request));
        }),
      );
      for (const { status, body } of served) {
        expect([200, 400]).toContain(status);
        expect(body).toBe(status === 200 ? 'OK' : '');
        if (status === 400) refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(0);
    const [rejected] = await services.query("SELECT count(*)::int AS n FROM inbox WHERE state = 'rejected'");
    expect(rejected).toEqual({ n: refused });
  }, 300_000);
});
