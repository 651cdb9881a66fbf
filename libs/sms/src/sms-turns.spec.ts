import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Turn } from '@app/dialog';
import { AccountBook, ProviderRegistry, type Account, type Provider } from '@app/provider-kit';
import type { InboundMessage, OptOut } from '@app/reporting';
import { DialogTester } from '@app/testing';
import type { SmsReply } from './sms-replies.js';
import { SmsTurns } from './sms-turns.js';

const sources = {
  shamba: `
dialog: shamba
start: home
steps:
  home: { menu: Shamba, options: [{ label: Prices, go: crop }, { label: Bye, go: bye }] }
  crop: { ask: Which crop?, save: crop, go: done }
  done: { end: "{{ crop }} noted at {{ to }}" }
  bye: { end: Bye }
`,
  'farm-prices': `
dialog: farm-prices
start: crop
steps:
  crop: { ask: Price of which crop?, save: crop, go: market }
  market: { ask: "Where do you sell {{ crop }}?", save: market, go: done }
  done: { end: "{{ crop }} in {{ market }}: 42" }
`,
  guide: `
dialog: guide
start: only
steps: { only: { end: Write PRICE and a crop. } }
`,
};

const base: Account = {
  provider: 'tester',
  account: 'demo',
  timezone: 'Africa/Nairobi',
  country: 'KE',
  language: 'en',
  credentials: {},
  webhookKeys: [],
  allowFrom: [],
  open: false,
  secrets: [],
  repeatWindowMs: 1_500,
  resendUncertain: false,
  airtimeAllow: [],
  endpoints: {},
  options: {},
  sms: new Map<string, string | Map<string, string>>([
    [
      '44170',
      new Map([
        ['Price', 'farm-prices'],
        ['default', 'shamba'],
      ]),
    ],
    [
      '44171',
      new Map([
        ['price', 'farm-prices'],
        ['help', 'guide'],
      ]),
    ],
    ['+254711000111', 'shamba'],
  ]),
};
const provider: Provider = {
  id: 'tester',
  name: 'Tester',
  accountOptions: {},
  sms: {
    deadlineMs: 20_000,
    parse: () => [],
    acknowledge: () => ({ status: 200, contentType: 'text/plain', body: '' }),
  },
};

let tester: DialogTester;
let messages: Map<string, InboundMessage>;
let changes: (OptOut & { change: 'out' | 'in' })[];
let replies: SmsReply[];
let turns: Turn[];
let turnsOf: (account: Account) => SmsTurns;
let service: SmsTurns;
let repliesFail = false;

beforeEach(() => {
  tester = new DialogTester(sources);
  messages = new Map();
  [changes, replies, turns] = [[], [], []];
  repliesFail = false;
  const { service: dialogs, clock } = tester;
  turnsOf = (account) =>
    new SmsTurns({
      providers: new ProviderRegistry([provider]),
      accounts: new AccountBook([account]),
      messages: { findInbound: (id) => Promise.resolve(messages.get(id)) },
      optOuts: {
        optOut: (entry) => Promise.resolve(void changes.push({ ...entry, change: 'out' })),
        optIn: (entry) => Promise.resolve(void changes.push({ ...entry, change: 'in' })),
      },
      dialogs: {
        handle: (turn) => {
          turns.push(turn);
          return dialogs.handle(turn);
        },
        ended: (end) => dialogs.ended(end),
        close: (address) => dialogs.close(address),
        connectionBroke: (turn) => dialogs.connectionBroke(turn),
        phrase: (...names) => dialogs.phrase(...names),
        knows: (dialog) => dialogs.knows(dialog),
      },
      replies: {
        send: (reply) => (repliesFail ? Promise.reject(new Error('away')) : Promise.resolve(void replies.push(reply))),
      },
      clock,
      log: { info: () => undefined, error: () => undefined },
    });
  service = turnsOf(base);
});

let messageCount = 0;

function arrive(text: string, more: Partial<InboundMessage> = {}): InboundMessage {
  const n = String(++messageCount);
  const message: InboundMessage = {
    id: `m${n}`,
    provider: 'tester',
    account: 'demo',
    externalId: `x${n}`,
    from: '+254700000202',
    to: '44170',
    text,
    segments: 1,
    encoding: 'gsm7',
    receivedAt: new Date(tester.clock.now()),
    raw: {},
    ...more,
  };
  messages.set(message.id, message);
  return message;
}

/** What is said to a message; undefined: nothing. */
async function say(text: string, more: Partial<InboundMessage> = {}): Promise<string | undefined> {
  const before = replies.length;
  await service.answer(arrive(text, more).id);
  expect(replies.length - before).toBeLessThanOrEqual(1);
  return replies[before]?.text;
}

const home = 'Shamba\n1. Prices\n2. Bye';

describe('a message', () => {
  it('reaches the dialog as a turn of one person at one address', async () => {
    const { id } = arrive('Hello', { networkCode: '63902' });
    tester.clock.advance(3_600_000);
    await service.answer(id);
    expect(turns).toEqual([
      {
        channel: 'sms',
        provider: 'tester',
        account: 'demo',
        sessionId: '44170:+254700000202',
        sessionIsProviders: false,
        caller: { id: '+254700000202', msisdn: '+254700000202', network: '63902' },
        to: '44170',
        dialog: 'shamba',
        input: { kind: 'latest', text: 'Hello', dialled: false, shortcut: [], fingerprint: id, numbered: {} },
        accountLanguage: 'en',
        timezone: 'Africa/Nairobi',
        country: 'KE',
        screen: { kind: 'unlimited' },
        // Counted from when it is answered, which may be long after it came.
        receivedAt: tester.clock.now(),
        deadlineMs: 20_000,
        repeatWindowMs: 1_500,
      },
    ]);
    expect(replies).toEqual([
      {
        account: base,
        from: '44170',
        to: '+254700000202',
        text: home,
        onceKey: `sms-reply:${id}`,
        at: tester.clock.now(),
      },
    ]);
  });

  it('only opens without a keyword, and then answers', async () => {
    expect(await say('1')).toBe(home);
    expect(await say('1')).toBe('Which crop?');
    expect(await say('Beans')).toBe('Beans noted at 44170');
    expect(await say('')).toBe(home);
  });

  it('begins the dialog of its keyword with the rest, and goes on in it', async () => {
    expect(await say('PRICE, maize')).toBe('Where do you sell maize?');
    expect(await say('Price')).toBe('maize in Price: 42');
  });

  it('interrupts an open session with its keyword only at a menu that has no use for it', async () => {
    expect(await say('hi')).toBe(home);
    expect(await say('price')).toBe('Price of which crop?');
    expect(await say('price')).toBe('Where do you sell price?');
  });

  it('has a session of its own at each address, however that is spelt', async () => {
    expect(await say('hi')).toBe(home);
    expect(await say('hi', { to: '254711000111' })).toBe(home);
    expect(await say('1', { to: '+254711000111' })).toBe('Which crop?');
    expect(replies.at(-1)!.from).toBe('+254711000111');
    expect(await say('2')).toBe('Bye');
  });

  it('passes the link of an on-demand message on with the keyword', async () => {
    await say('price maize', { linkId: 'SampleLink0007731' });
    expect(replies[0]).toMatchObject({ linkId: 'SampleLink0007731', keyword: 'Price' });
    await say('Nakuru', { linkId: 'SampleLink0007732' });
    expect(replies[1]).toMatchObject({ linkId: 'SampleLink0007732' });
    expect(replies[1]).not.toHaveProperty('keyword');
    await say('price maize', { linkId: '' });
    expect(replies[2]).not.toHaveProperty('linkId');
  });

  it('answered again moves nothing on and has the same reply under the same key (#1)', async () => {
    await say('hi');
    const { id } = arrive('1');
    await service.answer(id);
    await service.answer(id);
    const [, first, second] = replies;
    expect(second).toEqual(first);
    expect(first!.onceKey).toBe(`sms-reply:${id}`);
    expect(await say('Beans')).toBe('Beans noted at 44170');
  });

  it('is to be answered again where its reply could not be kept, and stands where it stood (#11)', async () => {
    await say('hi');
    const { id } = arrive('1');
    repliesFail = true;
    await expect(service.answer(id)).rejects.toThrow('away');
    repliesFail = false;
    await service.answer(id);
    expect(replies.at(-1)!.text).toBe('Which crop?');
  });

  it('keeps the time limit of its account', async () => {
    service = turnsOf({ ...base, deadlineMs: 7_000 });
    await say('hi');
    expect(turns[0]!.deadlineMs).toBe(7_000);
  });
});

describe('a message that nobody answers', () => {
  it.each([
    ['from a sender name', { from: 'SAFARICOM' }],
    ['from a short code', { from: '20880' }],
    ['from one of our own addresses', { from: '+254711000111' }],
    ['to an address without a dialog', { to: '20880' }],
    ['of an account that is there no more', { account: 'gone' }],
    ['that only keywords would open', { to: '44171' }],
  ])('is one %s', async (_name, more) => {
    expect(await say('hello', more)).toBeUndefined();
  });

  it('is one that is not there', async () => {
    await service.answer('nobody');
    expect(replies).toEqual([]);
  });
});

describe('the words that every address understands', () => {
  const entry = {
    provider: 'tester',
    account: 'demo',
    address: '44170',
    msisdn: '+254700000202',
  };

  it.each(['STOP', 'stopall', 'Unsubscribe.'])(
    '%s opts out of the address, ends the session and is not answered',
    async (word) => {
      await say('hi');
      await say('1');
      expect(await say(word)).toBeUndefined();
      expect(changes).toEqual([{ ...entry, reason: 'stop-word', at: new Date(tester.clock.now()), change: 'out' }]);
      expect(await say('Beans')).toBe(home);
    },
  );

  it('STOP counts without a session and without a dialog, and not from machines', async () => {
    expect(await say('STOP', { to: '20880' })).toBeUndefined();
    expect(changes).toEqual([expect.objectContaining({ address: '20880', change: 'out' })]);
    await say('STOP', { from: 'SAFARICOM' });
    expect(changes).toHaveLength(1);
  });

  it.each(['START', 'unstop'])('%s opts in again and begins the dialog of the address afresh', async (word) => {
    await say('price maize');
    expect(await say(word)).toBe(home);
    expect(changes).toEqual([{ ...entry, reason: 'start-word', at: new Date(tester.clock.now()), change: 'in' }]);
    expect(await say('1')).toBe('Which crop?');
    expect(await say(word)).toBe(home);
  });

  it('START where there is no dialog opts in alone', async () => {
    expect(await say('START', { to: '44171' })).toBeUndefined();
    expect(changes).toEqual([expect.objectContaining({ address: '44171', change: 'in' })]);
  });

  it('HELP asks the question of the open session again', async () => {
    expect(await say('HELP')).toBe(home);
    await say('1');
    expect(await say('help')).toBe('Which crop?');
    expect(await say('help')).toBe('Which crop?');
    expect(await say('help me')).toBe('help me noted at 44170');
  });

  it('HELP begins its own dialog where there is one, also within an answer', async () => {
    await say('price', { to: '44171' });
    expect(await say('Help', { to: '44171' })).toBe('Write PRICE and a crop.');
  });
});
