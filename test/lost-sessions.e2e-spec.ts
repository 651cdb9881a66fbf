import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { RunningServer } from '../apps/server/src/server.js';
import { Cleanup } from './support/cleanup.js';
import { countingAction, EffectLogFile } from './support/counting-actions.js';
import { freshMsisdn, HistoryPhone, KairosPhone, type Gateway } from './support/gateways.js';
import { Random } from './support/random.js';
import { startInProcess } from './support/server-in-process.js';
import { startServices, type Services } from './support/services.js';
import { size } from './support/size.js';
import { trail, trailAfter } from './support/trail-dialog.js';
import { WorkspaceFolder } from './support/workspace-folder.js';

const accounts = ['africastalking', 'cradlebots', 'kairos'].map((provider) => ({
  ...{ provider, account: 'demo', country: 'KE' },
  ussd: { default: 'trail' },
}));
const historyProviders = ['africastalking', 'cradlebots'] as const;
const unavailable = 'The service is not available right now. Please try again later.';

const cleanup = new Cleanup();
let services: Services;
/** The same dialog in two states: the new one says so, and calls nothing any more. */
let before: WorkspaceFolder;
let after: WorkspaceFolder;
let effects: EffectLogFile;
let oldNode: RunningServer;
let newNode: RunningServer;
const random = new Random(14);

beforeAll(async () => {
  services = await startServices(cleanup);
  before = await WorkspaceFolder.make(cleanup, { dialogs: { trail }, accounts });
  effects = EffectLogFile.in(before.folder);
  await before.writeAction('buy.mjs', countingAction('shop.buy', effects.file));
  const newTrail = trail
    .replace('"{{ n }} {{ trail }}"', '"new {{ n }} {{ trail }}"')
    .replaceAll(/call: shop\.buy\n +with: .*\n +save: bought\n +go: .*/g, 'set: { bought: "" }\n    go: question')
    .replace('  sorry: { end: sorry }\n', '');
  after = await WorkspaceFolder.make(cleanup, { dialogs: { trail: newTrail }, accounts });
  oldNode = await startInProcess(cleanup, before, services.settings);
  await oldNode.parts.postgres.whenUp();
  newNode = await startInProcess(cleanup, after, services.settings);
  await newNode.parts.postgres.whenUp();
}, 60_000);
afterAll(() => cleanup.run(), 30_000);

const flush = (): Promise<unknown> => services.redis.command('FLUSHALL');

describe.each(historyProviders)('a wiped Redis, by way of %s', (provider) => {
  const letters = 'abcabd'.split('');

  /** One conversation, every screen compared; `between` happens between the hops. */
  async function walk(between: () => Promise<unknown>): Promise<void> {
    const msisdn = freshMsisdn();
    const phone = new HistoryPhone(provider, { url: () => oldNode.url, msisdn });
    await phone.dial();
    const answers: string[] = [];
    for (let hop = 0; hop < 7; hop++) {
      await between();
      answers.push(random.of(letters));
      expect((await phone.answer(answers.at(-1)!)).text).toBe(trailAfter(answers));
    }
    await between();
    answers.push('q');
    expect(await phone.answer('q')).toMatchObject({ text: trailAfter(answers), open: false });
    expect(await effects.runsOf(msisdn)).toHaveLength(answers.filter((answer) => answer === 'b').length);
  }

  const sessions = size(20, 1_000);
  it(`#14 loses nothing between the hops of ${String(sessions)} sessions, and no call is made twice (R3)`, async () => {
    for (let i = 0; i < sessions; i++) await walk(() => (random.below(3) === 0 ? flush() : Promise.resolve()));
  }, 300_000);

  it(`#14 loses nothing in the middle of hops, over ${String(sessions)} sessions (R3)`, async () => {
    const flusher = { done: false };
    const flushing = (async () => {
      while (!flusher.done) {
        await flush();
        await new Promise((resolve) => setTimeout(resolve, 15));
      }
    })();
    try {
      for (let i = 0; i < sessions; i += 10) {
        await Promise.all(Array.from({ length: 10 }, () => walk(() => Promise.resolve())));
      }
    } finally {
      flusher.done = true;
      await flushing;
    }
  }, 300_000);

  it('#14 shows the old hop too, when it comes once more', async () => {
    const msisdn = freshMsisdn();
    const phone = new HistoryPhone(provider, { url: () => oldNode.url, msisdn });
    await phone.dial();
    const bought = await phone.answer('b');
    await phone.answer('c');
    await flush();
    phone.mark = undefined;
    expect((await phone.hop('b')).answer.body).toBe(bought.answer.body);
    expect((await phone.hop('b*c')).text).toBe(trailAfter(['b', 'c']));
    expect(await effects.runsOf(msisdn)).toHaveLength(1);
  });
});

it('#14 keeps stars in answers where the provider gives our mark back', async () => {
  const phone = new HistoryPhone('africastalking', { url: () => oldNode.url });
  await phone.dial();
  await phone.answer('a*c');
  await phone.answer('*');
  await flush();
  expect((await phone.answer('d')).text).toBe('3 -a*c*d');
});

it('#14 tells a caller whose provider sends no history, and starts again', async () => {
  const phone = new KairosPhone({ url: () => oldNode.url });
  await phone.dial();
  await phone.answer('a');
  await flush();
  expect(await phone.answer('c')).toMatchObject({ text: 'Sorry, we lost your place.\n0 -', open: true });
  expect((await phone.answer('d')).text).toBe(trailAfter(['d']));
});

describe('a dialog that is published while sessions are open', () => {
  const sessions = size(40, 1_000);
  const url = { old: () => oldNode.url, new: () => newNode.url };
  let where: 'old' | 'new' = 'old';
  const anywhere = (): string => url[where]();
  beforeEach(() => {
    where = 'old';
  });

  it(`#31 leaves ${String(sessions)} sessions on the version that they began with, on old nodes and on new ones`, async () => {
    for (let i = 0; i < sessions; i++) {
      const began = random.of(['old', 'new'] as const);
      where = began;
      const people: Gateway[] = [
        new KairosPhone({ url: anywhere }),
        new HistoryPhone('africastalking', { url: anywhere }),
      ];
      const prefix = began === 'new' ? 'new ' : '';
      for (const person of people) {
        where = began;
        expect((await person.dial()).text).toBe(`${prefix}0 -`);
        const answers: string[] = [];
        for (let hop = 0; hop < 4; hop++) {
          where = random.of(['old', 'new'] as const);
          answers.push(random.of(['a', 'c', 'd', 'e'].filter((letter) => letter !== answers.at(-1))));
          expect((await person.answer(answers.at(-1)!)).text).toBe(prefix + trailAfter(answers));
        }
        where = random.of(['old', 'new'] as const);
        expect(await person.answer('q')).toMatchObject({ text: trailAfter([...answers, 'q']), open: false });
      }
    }
  }, 300_000);

  it('#31 rebuilds a lost session on its own version, where the provider gives our mark back', async () => {
    const phone = new HistoryPhone('africastalking', { url: anywhere });
    await phone.dial();
    await phone.answer('a');
    await flush();
    where = 'new';
    expect((await phone.answer('c')).text).toBe(trailAfter(['a', 'c']));
  });

  it('#31 says that it is not available where a session needs an action that the new code lacks', async () => {
    const phone = new HistoryPhone('africastalking', { url: anywhere });
    await phone.dial();
    await phone.answer('a');
    where = 'new';
    expect(await phone.answer('b')).toMatchObject({ text: unavailable, open: false });
  });
});
