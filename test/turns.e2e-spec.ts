import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findSessionReports, createDataSource } from '@app/postgres';
import { Cleanup } from './support/cleanup.js';
import { countingAction, EffectLogFile } from './support/counting-actions.js';
import {
  encoded,
  freshGhanaian,
  freshId,
  HaptikPerson,
  HistoryPhone,
  KairosPhone,
  type Gateway,
  type Screen,
} from './support/gateways.js';
import { Random } from './support/random.js';
import { send } from './support/send.js';
import { ServerProcess } from './support/server-process.js';
import { startServices, type Services } from './support/services.js';
import { size } from './support/size.js';
import { trail, trailAfter } from './support/trail-dialog.js';
import { WorkspaceFolder } from './support/workspace-folder.js';

const routes = { open: true, ussd: { default: 'trail' }, repeatWindowMs: 20_000 };
const accounts = [
  { provider: 'africastalking', account: 'demo', country: 'KE', ...routes },
  { provider: 'africastalking', account: 'other', country: 'KE', ...routes },
  { provider: 'cradlebots', account: 'demo', country: 'KE', ...routes },
  { provider: 'kairos', account: 'demo', country: 'GH', ...routes },
  { provider: 'haptik', account: 'demo', open: true, bot: { default: 'trail' }, repeatWindowMs: 20_000 },
];

const cleanup = new Cleanup();
let services: Services;
let workspace: WorkspaceFolder;
let effects: EffectLogFile;
let nodes: readonly ServerProcess[] = [];
const random = new Random(20_260_304);

/** Each request goes to another one of four processes. */
let turn = 0;
const anyNode = (): string => nodes[turn++ % nodes.length]!.url;

beforeAll(async () => {
  services = await startServices(cleanup);
  workspace = await WorkspaceFolder.make(cleanup, { dialogs: { trail }, accounts });
  effects = EffectLogFile.in(workspace.folder);
  await workspace.writeAction('buy.mjs', countingAction('shop.buy', effects.file));
  nodes = await Promise.all([1, 2, 3, 4].map(() => ServerProcess.start(cleanup, workspace, services.settings)));
}, 90_000);
afterAll(() => cleanup.run(), 30_000);

type ProviderName = 'africastalking' | 'cradlebots' | 'kairos' | 'haptik';
const allProviders: readonly ProviderName[] = ['africastalking', 'cradlebots', 'kairos', 'haptik'];
const historyProviders = ['africastalking', 'cradlebots'] as const;

interface Person<G extends Gateway = Gateway> {
  readonly gateway: G;
  /** As actions see them. */
  readonly caller: string;
}

function haptikPerson(): Person<HaptikPerson> {
  const gateway = new HaptikPerson({ url: anyNode });
  return { gateway, caller: gateway.sessionId };
}

function kairosPerson(): Person<KairosPhone> {
  const gateway = new KairosPhone({ url: anyNode });
  return { gateway, caller: `+${gateway.msisdn}` };
}

function historyPerson(provider: (typeof historyProviders)[number]): Person<HistoryPhone> {
  const gateway = new HistoryPhone(provider, { url: anyNode });
  return { gateway, caller: gateway.msisdn };
}

function personOf(provider: ProviderName): Person {
  if (provider === 'haptik') return haptikPerson();
  return provider === 'kairos' ? kairosPerson() : historyPerson(provider);
}

const bodiesOf = (screens: readonly Screen[]): Set<string> => new Set(screens.map(({ answer }) => answer.body));

describe.each(allProviders)('one turn many times, by way of %s', (provider) => {
  it('#1 is one execution and one answer when it comes 100 times at once to four processes', async () => {
    const { gateway, caller } = personOf(provider);
    await gateway.dial();
    const first = gateway.answer('b');
    const repeats = Array.from({ length: 99 }, () => gateway.repeat());
    const screens = await Promise.all([first, ...repeats]);
    expect([...bodiesOf(screens)]).toEqual([screens[0].answer.body]);
    expect(screens[0].text).toBe(trailAfter(['b']));
    const runs = await effects.runsOf(caller);
    expect(runs).toHaveLength(1);
    const [ledger] = await services.query('SELECT count(*)::int AS n FROM effect_ledger WHERE key = $1', [
      runs[0]!.key,
    ]);
    expect(ledger).toEqual({ n: 1 });
    expect((await gateway.answer('x')).text).toBe(trailAfter(['b', 'x']));
  });

  it('#4 is one execution when it comes again while it runs', async () => {
    const { gateway, caller } = personOf(provider);
    await gateway.dial();
    const first = gateway.answer('s');
    const others: Promise<Screen>[] = [];
    for (let i = 0; i < 6; i++) {
      await new Promise((resolve) => setTimeout(resolve, 60));
      others.push(gateway.repeat());
    }
    const screens = await Promise.all([first, ...others]);
    expect(bodiesOf(screens).size).toBe(1);
    expect(screens[0].text).toBe(trailAfter(['s']));
    expect(await effects.runsOf(caller)).toHaveLength(1);
  });
});

it('#1 one report 100 times at once is one row', async () => {
  const sessionId = freshId();
  const fields = { sessionId, status: 'Success', phoneNumber: '+254700000201', input: '', hopsCount: '1' };
  const answers = await Promise.all(
    Array.from({ length: 100 }, () => send(anyNode(), '/ussd/africastalking/demo/events', encoded(fields))),
  );
  expect(new Set(answers.map(({ status, body }) => `${String(status)} ${body}`))).toEqual(new Set(['200 OK']));
  const dataSource = await createDataSource(services.databaseUrl).initialize();
  const filter = { provider: 'africastalking', account: 'demo', sessionId };
  expect(await findSessionReports(dataSource, filter)).toHaveLength(1);
  await dataSource.destroy();
});

describe('two different turns of one session at once', () => {
  const letters = 'acdefghijklmnopr'.split('');
  const pairsASession = 6;

  /** What a reply says of the answers before it; undefined: it was told to try again. */
  function taken(screen: Screen): string | undefined {
    const [, n, shown] = /^(\d+) -(\w*)$/.exec(screen.text) ?? [];
    if (shown === undefined) {
      expect(screen.text).toBe('The service is busy. Please try again.');
      return undefined;
    }
    expect(shown).toHaveLength(Number(n));
    return shown;
  }

  async function pairsOf(provider: 'kairos' | 'haptik'): Promise<void> {
    const { gateway, caller } = personOf(provider);
    await gateway.dial();
    let accepted = '';
    for (let pair = 0; pair < pairsASession; pair++) {
      // The last input again would be a repeat, since no input of these providers has an id.
      const fresh = letters.filter((letter) => !accepted.endsWith(letter));
      const one = random.of(fresh);
      const other = random.of(fresh.filter((letter) => letter !== one));
      // Now and then one of the two runs an action, so that the other meets a claim.
      const two = random.below(4) === 0 && !accepted.endsWith('b') ? 'b' : other;
      const shown = (await Promise.all([gateway.answer(one), gateway.answer(two)])).map(taken);
      const seen = shown.filter((it) => it !== undefined).sort((a, b) => a.length - b.length);
      // One order of the two explains both replies: each goes on from all that was taken before it.
      for (const reply of seen) {
        expect(reply.slice(0, -1)).toBe(accepted);
        expect([one, two]).toContain(reply.at(-1));
        accepted = reply;
      }
      expect(new Set(accepted.slice(-seen.length)).size).toBe(seen.length);
    }
    expect((await gateway.answer('z')).text).toBe(trailAfter([accepted, 'z'].join('').split('')));
    expect(await effects.runsOf(caller)).toHaveLength(accepted.split('b').length - 1);
    if (provider === 'kairos' && !accepted.includes('b')) {
      const stored = await services.redis.command('GET', `ongea:{ussd:kairos:demo:${gateway.sessionId}}`);
      // The dial and every accepted turn made one version each.
      expect(Number.parseInt(String(stored), 10)).toBe(accepted.length + 2);
    }
  }

  const pairs = size(200, 10_000);
  it.each(['kairos', 'haptik'] as const)(
    `#3 come one after the other and none is lost, ${String(pairs)} random pairs by way of %s (R2)`,
    async (provider) => {
      const sessions = Math.ceil(pairs / pairsASession);
      for (let done = 0; done < sessions; done += 8) {
        await Promise.all(Array.from({ length: Math.min(8, sessions - done) }, () => pairsOf(provider)));
      }
    },
    600_000,
  );

  it.each(historyProviders)(
    `#3 are both answered from their own history, ${String(pairs)} random pairs by way of %s (R2)`,
    async (provider) => {
      const pairOf = async (): Promise<void> => {
        const { gateway: phone, caller } = historyPerson(provider);
        await phone.dial();
        const common = [random.of(letters), random.of(letters)];
        for (const letter of common) await phone.answer(letter);
        const one = [...common, random.of(letters)];
        // Another choice, or the hop before it once more: the history says what was done, whatever comes first.
        const two = random.below(3) === 0 ? common : [...common, 'b'];
        const both = [one, two].sort(() => random.below(2) - 0.5);
        const replies = await Promise.all(both.map((answers) => phone.send(answers.join('*'))));
        expect(replies.map(({ body }) => body)).toEqual(both.map((answers) => `CON ${trailAfter(answers)}`));
        for (const [i, answers] of both.entries()) {
          const { 'at-ussd-hop-metadata': mark } = replies[i]!.headers;
          phone.mark = typeof mark === 'string' ? mark : undefined;
          expect((await phone.hop([...answers, 'z'].join('*'))).text).toBe(trailAfter([...answers, 'z']));
        }
        expect(await effects.runsOf(caller)).toHaveLength(two.includes('b') ? 1 : 0);
      };
      for (let done = 0; done < pairs; done += 10) await Promise.all(Array.from({ length: 10 }, pairOf));
    },
    600_000,
  );
});

describe.each(historyProviders)('a history that jumps, by way of %s', (provider) => {
  const walks = size(40, 10_000);
  it(`#5 gives the screen of the history, over ${String(walks)} random walks`, async () => {
    const letters = 'acdefg'.split('');
    const walkOf = async (): Promise<void> => {
      const phone = historyPerson(provider).gateway;
      await phone.dial();
      let answers: string[] = [];
      for (let hop = 0; hop < 8; hop++) {
        const move = random.below(4);
        const last = answers.at(-1);
        // A history that goes on where the last one ended is one more input, however many stars are in it.
        if (move === 0) answers = answers.slice(0, random.below(answers.length + 1));
        else if (move === 1 && last !== undefined) {
          const another = random.of(letters.filter((letter) => letter !== last));
          answers = [...answers.slice(0, -1), another, random.of(letters), random.of(letters)];
        } else answers = [...answers, random.of(letters)];
        // The mark of another hop than the one before would be a lie that no provider tells.
        if (move < 2) phone.mark = undefined;
        expect((await phone.hop(answers.join('*'))).text).toBe(trailAfter(answers));
      }
    };
    for (let done = 0; done < walks; done += 10) await Promise.all(Array.from({ length: 10 }, walkOf));
  }, 600_000);

  const repeats = size(300, 10_000);
  it(`R1 gives the same bytes and no second effect for ${String(repeats)} repeats in any order`, async () => {
    const sessionOf = async (): Promise<void> => {
      const { gateway: phone, caller } = historyPerson(provider);
      const seen: [text: string, mark: string | undefined, body: string][] = [];
      const step = async (answer?: string): Promise<void> => {
        const mark = phone.mark;
        const { answer: reply } = answer === undefined ? await phone.dial() : await phone.answer(answer);
        seen.push([phone.text, mark, reply.body]);
      };
      await step();
      let buys = 0;
      for (const answer of ['a', 'b', 'c', 'b', 'd']) {
        await step(answer);
        if (answer === 'b') buys += 1;
        const before = phone.mark;
        const last = phone.text;
        for (let i = 0; i < 4; i++) {
          const [text, mark, body] = random.of(seen);
          phone.mark = mark;
          expect((await phone.send(text)).body).toBe(body);
        }
        phone.mark = before;
        phone.text = last;
        expect(await effects.runsOf(caller)).toHaveLength(buys);
      }
      const end = await phone.answer('q');
      for (let i = 0; i < 3; i++) expect((await phone.repeat()).answer.body).toBe(end.answer.body);
      expect(await effects.runsOf(caller)).toHaveLength(2);
    };
    for (let done = 0; done < repeats; done += 50) await Promise.all([1, 2].map(sessionOf));
  }, 600_000);
});

describe('an id that comes from elsewhere as well', () => {
  it('#8 names a session of its own for each provider and account', async () => {
    const sessionId = freshId();
    const url = anyNode;
    const people: Gateway[] = [
      new HistoryPhone('africastalking', { url, sessionId, msisdn: '+254700000301' }),
      new HistoryPhone('africastalking', { url, sessionId, msisdn: '+254700000301', account: 'other' }),
      new HistoryPhone('cradlebots', { url, sessionId, msisdn: '+254700000301' }),
      new KairosPhone({ url, sessionId, msisdn: '254700000301' }),
      new HaptikPerson({ url, sessionId }),
    ];
    for (const person of people) await person.dial();
    await Promise.all(people.map((person, i) => person.answer('acdef'.charAt(i))));
    const screens = await Promise.all(people.map((person) => person.answer('z')));
    expect(screens.map(({ text }) => text)).toEqual('acdef'.split('').map((letter) => trailAfter([letter, 'z'])));
  });

  it('#55 shows a stranger nothing of the session that it guesses, and changes nothing in it', async () => {
    const victim = kairosPerson().gateway;
    await victim.dial();
    await victim.answer('a');
    const stranger = new KairosPhone({ url: anyNode, sessionId: victim.sessionId, msisdn: freshGhanaian() });
    expect((await stranger.answer('x')).text).toBe('Sorry, we lost your place.\n0 -');
    expect((await stranger.answer('x')).text).toBe('Sorry, we lost your place.\n0 -');
    expect((await stranger.answer('y')).text).toBe(trailAfter(['y']));
    expect((await victim.answer('c')).text).toBe(trailAfter(['a', 'c']));

    const owner = historyPerson('africastalking').gateway;
    await owner.dial();
    await owner.answer('a');
    const thief = new HistoryPhone('africastalking', { url: anyNode, sessionId: owner.sessionId });
    expect((await thief.hop('')).text).toBe('0 -');
    expect((await thief.hop('q')).open).toBe(false);
    expect((await owner.answer('c')).text).toBe(trailAfter(['a', 'c']));
  });

  it('#55 cannot be ended by a report of another account', async () => {
    const owner = historyPerson('africastalking').gateway;
    await owner.dial();
    const fields = { sessionId: owner.sessionId, status: 'Success', phoneNumber: owner.msisdn };
    expect((await send(anyNode(), '/ussd/africastalking/other/events', encoded(fields))).body).toBe('OK');
    expect((await owner.answer('c')).text).toBe(trailAfter(['c']));
    expect((await send(anyNode(), '/ussd/africastalking/demo/events', encoded(fields))).body).toBe('OK');
    expect(await owner.answer('d')).toMatchObject({ text: 'Thank you. Goodbye.', open: false });
  });

  it('#8 starts anew for a fresh dial after the end', async () => {
    const { gateway } = historyPerson('cradlebots');
    await gateway.dial();
    await gateway.answer('q');
    expect((await gateway.dial()).text).toBe('0 -');
    expect((await gateway.answer('a')).text).toBe(trailAfter(['a']));
  });
});
