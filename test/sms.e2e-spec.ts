import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { mkdir, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { FakeProvider } from '@app/fake-provider';
import { cleanText } from '@app/provider-kit';
import { segmentsOf } from '@app/telephony';
import type { RunningServer } from '../apps/server/src/server.js';
import { deliveryReport, form, incoming, post, sendingAccount, shortCode } from './support/africastalking.js';
import { Cleanup } from './support/cleanup.js';
import { freshId, freshMsisdn, HistoryPhone } from './support/gateways.js';
import { mutated } from './support/mutations.js';
import { Random } from './support/random.js';
import { send, until, type Answer } from './support/send.js';
import { startInProcess } from './support/server-in-process.js';
import { ServerProcess } from './support/server-process.js';
import { startServices, type Services } from './support/services.js';
import { size } from './support/size.js';
import { SmsPhone } from './support/sms-phone.js';
import { sentTo, workedOff } from './support/worked-off.js';
import { WorkspaceFolder } from './support/workspace-folder.js';

const notify = `
dialog: notify
start: tell
steps:
  tell: { sms: 'Your receipt: 42.', go: done }
  done: { end: The receipt comes as a message. }
`;
const delivered = 6;

const cleanup = new Cleanup();
let services: Services;
let workspace: WorkspaceFolder;
let network: FakeProvider;
let premium: FakeProvider;
let server: RunningServer;
const url = (): string => server.url;
const phone = (): SmsPhone => new SmsPhone({ url, network });

beforeAll(async () => {
  services = await startServices(cleanup);
  const behaviour = { reportGapMs: 20 };
  network = await FakeProvider.start({ behaviour });
  cleanup.add(() => network.stop());
  premium = await FakeProvider.start({ behaviour });
  cleanup.add(() => premium.stop());
  const urls = { api: network.url, content: premium.url };
  const sms = { [shortCode]: { price: 'farm-prices', default: 'shamba' } };
  workspace = await WorkspaceFolder.make(cleanup, {
    demo: true,
    dialogs: { notify },
    accounts: [
      sendingAccount('demo', urls, { sms, ussd: { default: 'notify' }, voice: { default: 'shamba' } }),
      sendingAccount('second', urls, { sms }),
      // Nobody is answered here.
      sendingAccount('quiet', urls, { sms: { [shortCode]: { price: 'farm-prices' } } }),
      { provider: 'mobtexting', account: 'demo', open: true, country: 'KE', sms },
    ],
  });
  server = await startInProcess(cleanup, workspace, services.settings);
  await server.parts.postgres.whenUp();
  for (const provider of [network, premium]) provider.reportTo(server.url);
}, 60_000);
afterAll(() => cleanup.run(), 30_000);
beforeEach(() => {
  jest.restoreAllMocks();
});

const receive = (fields: Record<string, string>, account = 'demo'): Promise<Answer> =>
  post(server.url, `/sms/africastalking/${account}`, fields);
const inboundOf = (externalId: string): Promise<Record<string, unknown>[]> =>
  services.query("SELECT * FROM messages WHERE direction = 'mo' AND external_id = $1", [externalId]);

describe('an incoming message', () => {
  it('is kept, answered, and its answer followed until it is delivered', async () => {
    const me = phone();
    expect(await me.say('price maize')).toBe('Maize: KES 42.50 per kg, Nakuru.');
    expect(me.received[0]).toMatchObject({ from: shortCode, linkId: undefined });
    await until(async () => (await sentTo(services, me.msisdn))[0]?.rank === delivered);
    expect(await sentTo(services, me.msisdn)).toEqual([
      expect.objectContaining({ state: 'sent', segments: 1, encoding: 'gsm7', external_id: me.received[0]?.messageId }),
    ]);
  });

  it('that is on demand is answered as such, with the link that came along', async () => {
    const me = new SmsPhone({ url, network: premium });
    expect(await me.say('PRICE beans', { linkId: 'link-77' })).toContain('Beans: KES 118.00');
    expect(me.received).toEqual([expect.objectContaining({ linkId: 'link-77', from: shortCode })]);
    expect(network.messages.filter(({ to }) => to === me.msisdn)).toEqual([]);
  });

  it('belongs to one conversation of its sender, which a keyword interrupts where the menu does not know it', async () => {
    const me = phone();
    expect(await me.say('hello')).toMatch(/^Welcome to Shamba\n1\. Crop prices/);
    expect(await me.say('1')).toMatch(/^Which crop\?/);
    expect(await me.say('Potatoes')).toContain('How many kg');
    expect(await me.say('100')).toContain('Your harvest is worth');
    expect(await me.say('hi again')).toMatch(/^Welcome to Shamba/);
    // The menu of the home knows "prices", and does not know "price".
    expect(await me.say('prices')).toMatch(/^Which crop\?/);
    expect(await me.say('Price tomatoes')).toContain('Tomatoes: KES 64.80');
  });

  it('that is long is answered in segments that are counted and stored', async () => {
    const me = phone();
    const text = await me.say('hello');
    const [sent] = await sentTo(services, me.msisdn);
    expect(sent).toMatchObject({ text, ...pick(segmentsOf(text)) });
  });
});

function pick({ encoding, segments }: { encoding: string; segments: number }): object {
  return { encoding, segments };
}

describe('the same message again', () => {
  it.each([
    ['a minute', 60_000],
    ['a day', 86_400_000],
    ['seven days', 7 * 86_400_000],
  ])('after %s has no second effect (#2)', async (_name, shiftMs) => {
    const me = phone();
    const message = incoming({ from: me.msisdn, text: 'price maize' });
    expect((await receive(message)).body).toBe('GOOD');
    await me.next();
    jest.spyOn(server.parts.clock, 'now').mockImplementation(() => Date.now() + shiftMs);
    expect((await receive(message)).body).toBe('GOOD');
    await workedOff(services);
    expect(await inboundOf(message.id!)).toHaveLength(1);
    expect(await sentTo(services, me.msisdn)).toHaveLength(1);
    expect(me.received).toHaveLength(1);
  });

  it('from another account or another provider is another message (#8)', async () => {
    const me = phone();
    const message = incoming({ from: me.msisdn, text: 'price maize' });
    await receive(message);
    await receive(message, 'second');
    const { id, from, to } = message;
    await post(server.url, '/sms/mobtexting/demo', { id: id!, from: from!, to: to!, message: 'price maize' });
    await workedOff(services);
    const kept = await inboundOf(message.id!);
    expect(kept.map(({ provider, account }) => `${String(provider)}/${String(account)}`).sort()).toEqual([
      'africastalking/demo',
      'africastalking/second',
      'mobtexting/demo',
    ]);
    expect(me.received).toHaveLength(2);
  });
});

describe('somebody who wants to hear nothing', () => {
  /** Tries every way by which something could go out; gives what became of it. */
  async function tryEverything(me: SmsPhone): Promise<unknown[]> {
    const { postgres, composer } = server.parts;
    const before = (await sentTo(services, me.msisdn)).length;
    const calls = network.calls.length;
    const target = { provider: 'africastalking', account: 'demo', to: [me.msisdn] };
    const createdAt = new Date();
    await postgres.outbox.put(composer.compose({ ...target, text: 'Sale!', lane: 'bulk', createdAt }));
    await postgres.outbox.put([
      {
        ...{ kind: 'call', id: composer.nextId(createdAt), provider: 'africastalking', account: 'demo' },
        ...{ from: shortCode, to: me.msisdn, createdAt },
      },
    ]);
    const handset = new HistoryPhone('africastalking', { url, msisdn: me.msisdn });
    expect((await handset.dial()).text).toBe('The receipt comes as a message.');
    await me.write('anything');
    await workedOff(services);
    expect(network.calls).toHaveLength(calls);
    return (await sentTo(services, me.msisdn)).slice(before).map(({ rank, reason }) => ({ rank, reason }));
  }

  it.each(['STOP', 'stopall', 'Unsubscribe!'])('by %j gets nothing on any path, until START', async (word) => {
    const me = phone();
    await me.say('hello');
    await me.write(word);
    await workedOff(services);
    const before = me.received.length;
    const results = await tryEverything(me);
    expect(results).toHaveLength(3);
    for (const result of results) expect(result).toMatchObject({ reason: 'opted-out' });
    expect(me.received).toHaveLength(before);
    expect(await me.say('START')).toMatch(/^Welcome to Shamba/);
    const changes = await services.query("SELECT action FROM audit_log WHERE action LIKE 'opt-%' ORDER BY seq DESC");
    expect(changes.slice(0, 2)).toEqual([{ action: 'opt-in' }, { action: 'opt-out' }]);
  });

  it('by a notice of the provider gets nothing on any path', async () => {
    const me = phone();
    await me.say('hello');
    const notice = { senderId: shortCode, phoneNumber: me.msisdn };
    expect((await post(server.url, '/sms/africastalking/demo/opt-out', notice)).body).toBe('OK');
    const results = await tryEverything(me);
    expect(results).toHaveLength(3);
    for (const result of results) expect(result).toMatchObject({ reason: 'opted-out' });
    expect(me.received).toHaveLength(1);
  });

  it('is asked the open question again for HELP, which ends nothing', async () => {
    const me = phone();
    await me.say('hello');
    const question = await me.say('1');
    expect(await me.say('help')).toContain(question.split('\n')[0]);
    expect(await me.say('2')).toContain('How many kg');
  });
});

describe('what cannot be taken', () => {
  it.each(['from', 'to', 'id'])('is answered BAD without %s, and kept for a person to look at', async (field) => {
    const mark = freshId('bad');
    const message = Object.fromEntries(Object.entries(incoming({ text: mark })).filter(([name]) => name !== field));
    expect(await receive(message)).toMatchObject({ status: 200, body: 'BAD' });
    const kept = await services.query("SELECT state FROM inbox WHERE convert_from(body, 'UTF8') LIKE $1", [
      `%${mark}%`,
    ]);
    expect(kept).toEqual([{ state: 'rejected' }]);
  });

  it('is answered 503 while neither Postgres nor the spool takes anything, and taken when it is sent again (#20, #25)', async () => {
    const own = await WorkspaceFolder.make(cleanup, {
      demo: true,
      accounts: [sendingAccount('demo', { api: network.url }, { sms: { default: 'shamba' } })],
    });
    const settings = { ...services.settings, ONGEA_DATA_DIR: own.newDataDir() };
    const spool = path.join(settings.ONGEA_DATA_DIR, 'spool');
    await mkdir(spool, { recursive: true });
    const node = await startInProcess(cleanup, own, settings);
    await node.parts.postgres.whenUp();
    // The dialogs were spooled, since Postgres was not known to be there yet.
    await until(() => node.parts.postgres.postgresHealth().spool.rows === 0);
    const me = new SmsPhone({ url: () => node.url, network });
    const message = incoming({ from: me.msisdn });
    const full = Array.from({ length: 50 }, (_, n) => path.join(spool, `${String(n + 1).padStart(10, '0')}.spool`));
    const reports = [
      ['/sms/africastalking/demo', message],
      ['/sms/africastalking/demo', { text: 'unreadable' }],
      ['/sms/africastalking/demo/delivery', deliveryReport(freshId('ATXid_'), 'Success')],
      ['/sms/africastalking/demo/opt-out', { senderId: shortCode, phoneNumber: freshMsisdn() }],
      ['/sms/africastalking/demo/subscriptions', { updateType: 'addition', phoneNumber: freshMsisdn() }],
    ] as const;
    await services.postgres.stop();
    try {
      for (const file of full) await symlink('/dev/full', file);
      for (const [to, fields] of reports) {
        const answer = await post(node.url, to, fields);
        expect({ to, status: answer.status, wait: answer.headers['retry-after'] }).toEqual({
          to,
          status: 503,
          wait: '5',
        });
      }
    } finally {
      for (const file of full) await rm(file, { force: true });
      await services.postgres.restart();
    }
    await node.parts.postgres.whenUp();
    await until(async () => (await send(node.url, '/health/ready?strict', { method: 'GET' })).status === 200);
    expect(await inboundOf(message.id!)).toEqual([]);
    expect(await post(node.url, '/sms/africastalking/demo', message)).toMatchObject({ status: 200, body: 'GOOD' });
    await me.next();
    expect(await inboundOf(message.id!)).toHaveLength(1);
    await node.stop();
    await until(async () => (await send(server.url, '/health/ready?strict', { method: 'GET' })).status === 200);
  }, 60_000);
});

describe('hostile or odd input', () => {
  const paths = ['', '/delivery', '/opt-out', '/subscriptions'];

  it('never is answered 5xx, and never pollutes anything (#38, #43)', async () => {
    const random = new Random(38);
    const subscription = { updateType: 'addition', phoneNumber: '+254700000201', shortCode, keyword: 'x' };
    const seeds = [
      incoming({ text: 'hello', from: '+254700000201' }),
      deliveryReport('ATXid_1', 'Success'),
      { senderId: shortCode, phoneNumber: '+254700000201' },
      subscription,
    ];
    const statuses = new Map<number, number>();
    const one = async (): Promise<void> => {
      const which = random.below(paths.length);
      const fields = seeds[which] as Record<string, string>;
      const isJson = random.below(2) === 0;
      const { status } = await send(
        server.url,
        `/sms/africastalking/quiet${paths[which] ?? ''}`,
        mutated(
          random,
          isJson
            ? { body: JSON.stringify(fields), contentType: 'application/json' }
            : { body: String(form(fields).body), contentType: 'application/x-www-form-urlencoded' },
        ),
      );
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    };
    let left = size(2_000, 10_000);
    const sender = async (): Promise<void> => {
      while (left-- > 0) await one();
    };
    await Promise.all(Array.from({ length: 8 }, sender));
    expect([...statuses.keys()].filter((status) => status !== 200 && (status < 400 || status >= 500))).toEqual([]);
    expect(statuses.get(200)).toBeGreaterThan(100);
    expect(({} as { x?: unknown }).x).toBeUndefined();
    await workedOff(services, 60_000);
    expect((await receive(incoming(), 'quiet')).body).toBe('GOOD');
  }, 300_000);

  it('is kept as it was but for what no database holds, with the right segments (#42)', async () => {
    const texts = fc.sample(fc.string({ unit: 'binary', maxLength: 200 }), { numRuns: size(150, 2_000), seed: 42 });
    const odd = [
      ...['\0', 'a\0b', '\ud800', 'x\udc00y', '\u202eabc', '\u200b\u200d', `e${'\u0301'.repeat(300)}`],
      ...['👩‍👩‍👧‍👦'.repeat(20), '𝒳'.repeat(70), 'مرحبا بالعالم', '[€]^{}~\\|'.repeat(18), '='.repeat(160), 'ü'.repeat(161)],
    ];
    for (const text of [...odd, ...texts]) {
      const fields = incoming({ text });
      const json = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(fields) };
      const answer = await send(server.url, '/sms/africastalking/quiet', json);
      expect({ text, ...answer }).toMatchObject({ status: 200, body: 'GOOD' });
      const [kept] = await inboundOf(fields.id!);
      expect(kept).toMatchObject({ text: cleanText(text), ...pick(segmentsOf(cleanText(text))) });
    }
  }, 120_000);
});

describe('the same message a hundred times at once over four processes (#1)', () => {
  it('is one row and one answer, and the bodies are identical', async () => {
    const nodes = await Promise.all(
      Array.from({ length: 4 }, () => ServerProcess.start(cleanup, workspace, services.settings)),
    );
    for (const text of ['price maize', 'hello']) {
      const me = phone();
      const message = incoming({ from: me.msisdn, text });
      const answers = await Promise.all(
        Array.from({ length: 100 }, (_, n) => post(nodes[n % 4]?.url ?? '', '/sms/africastalking/demo', message)),
      );
      expect(new Set(answers.map(({ status, body }) => `${String(status)} ${body}`))).toEqual(new Set(['200 GOOD']));
      await me.next();
      await workedOff(services);
      expect(await inboundOf(message.id!)).toHaveLength(1);
      expect(await sentTo(services, me.msisdn)).toHaveLength(1);
      expect(me.received).toHaveLength(1);
    }
  }, 90_000);
});
