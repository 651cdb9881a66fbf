import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DialogTester, ScriptedEffects, TestClock } from '@app/testing';
import { MemorySessionStore } from '@app/sessions';
import type { Turn } from '../index.js';

/** Random walks a property: 10 000 in `npm run test:faults`. */
const full = process.env['ONGEA_TEST_FULL'] === '1';
const numRuns = full ? 10_000 : 250;
const limit = full ? 3_600_000 : 120_000;

/** Every kind of step that can stand between two hops: menus, questions, effects, other dialogs, pages, a PIN. */
const market = `
dialog: test
languages: [en, sw]
start: home
navigation: { back: "0", home: "00", more: "98" }
steps:
  home:
    menu: { en: Home, sw: Nyumbani }
    options:
      - { label: Sell, go: crop }
      - { label: Language, go: language }
      - { label: Member, go: member }
      - { label: Rules, go: rules }
      - { label: Leave, go: bye }
  language: { menu: Which?, save: language, options: [{ label: En, value: en }, { label: Sw, value: sw }], go: home }
  crop: { ask: Crop?, save: crop, go: amount }
  amount: { ask: How many?, type: integer, min: 1, max: 50, save: amount, go: quote, attempts: 2, otherwise: home }
  quote: { call: quote, with: { crop: "{{ crop }}", amount: "{{ amount }}" }, save: quote, go: { ok: large, refused: none } }
  large: { choose: [{ when: "amount > 25", go: told }, { go: offer }] }
  told: { say: "That is a lot, {{ crop }} and all.", go: offer }
  offer: { menu: "{{ quote.price }} for {{ crop }}?", options: [{ label: Sell, go: sell }, { label: Again, go: crop }] }
  sell: { call: sell, with: { price: "{{ quote.price }}" }, save: sold, go: home }
  none: { say: Nobody buys that., go: home }
  member: { run: sub, with: { wish: "{{ crop }}" }, save: member, go: { done: home, left: bye } }
  rules: { say: "${'Sell what you have weighed yourself. '.repeat(7)}", go: home }
  bye: { end: "Bye {{ member.name }}" }
`;
const sub = `
dialog: sub
start: name
steps:
  name: { ask: Name?, save: name, go: pin }
  pin: { ask: PIN?, type: pin, save: pin, go: check }
  check: { call: check, with: { pin: "{{ pin }}" }, go: { ok: fine, wrong: left } }
  fine: { end: "Thanks {{ name }}." }
  left: { end: Wrong., as: left }
`;

/** Effects that answer by what they are asked, and count how often each key was run. */
function countedEffects(): { effects: ScriptedEffects; runs: Map<string, number> } {
  const runs = new Map<string, number>();
  const count = (key: string): void => void runs.set(key, (runs.get(key) ?? 0) + 1);
  const effects = new ScriptedEffects()
    .on('quote', ({ idempotencyKey, input }) => {
      count(idempotencyKey);
      const amount = Number(input['amount']);
      return amount === 13 ? { outcome: 'refused' } : { outcome: 'ok', value: { price: amount * 7 + runs.size } };
    })
    .on('sell', ({ idempotencyKey }) => {
      count(idempotencyKey);
      return { outcome: 'ok', value: runs.size };
    })
    .on('check', ({ idempotencyKey, input }) => {
      count(idempotencyKey);
      return { outcome: input['pin'] === '1234' ? 'ok' : 'wrong' };
    });
  return { effects, runs };
}

const likely = ['1', '2', '3', '4', '5', '0', '00', '98', '13', '30', '1234', 'maize', 'Sw', '', ' 1 ', '7.5', 'ñandú'];
const plainInput = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...likely) },
  { weight: 1, arbitrary: fc.string({ maxLength: 12 }).filter((text) => !text.includes('*')) },
);
const starredInput = fc.oneof(
  { weight: 4, arbitrary: plainInput },
  { weight: 1, arbitrary: fc.constantFrom('*', 'a*b', '**', '1*', '*1', 'x*y*z') },
);

interface World {
  readonly effects: ScriptedEffects;
  readonly runs: Map<string, number>;
  readonly tester: DialogTester;
}

function world(): World {
  const { effects, runs } = countedEffects();
  return { effects, runs, tester: new DialogTester({ test: market, sub }, { effects }) };
}

/** Another node that lost all sessions, with the same ledger. */
function afterLoss({ effects, tester }: World): DialogTester {
  return new DialogTester({ test: market, sub }, { effects, ledger: tester.ledger, clock: tester.clock });
}

describe('any history', () => {
  async function sameAtOnce(inputs: readonly string[], header: boolean): Promise<void> {
    const here = world();
    const phone = await here.tester.phone({ header, sessionId: 'one' }).dial();
    let markBefore = phone.reply?.hop;
    for (const input of inputs) {
      markBefore = phone.reply?.hop;
      await phone.answer(input);
      if (phone.reply?.end === true) break;
    }
    const ran = here.effects.calls.length;
    const turn = phone.lastTurn as Turn;
    const mark = header && markBefore !== undefined && phone.text !== '' ? { hop: markBefore } : {};
    const again = await afterLoss(here).service.handle({
      ...turn,
      input: { kind: 'history', text: phone.text, ...mark },
    });
    // A blank first answer leaves a history that is empty still.
    expect({ texts: again.texts, end: again.end }).toEqual({ texts: phone.reply?.texts, end: phone.reply?.end });
    expect(here.effects.calls).toHaveLength(ran);
    expect([...here.runs.values()].every((n) => n === 1)).toBe(true);
  }

  it(
    `gives the same screen hop by hop and rebuilt at once, and runs no effect twice: ${numRuns} walks without stars (#5, #14, R3)`,
    async () => {
      const walks = fc.asyncProperty(fc.array(plainInput, { maxLength: 12 }), (inputs) => sameAtOnce(inputs, false));
      await fc.assert(walks, { numRuns });
    },
    limit,
  );

  it(
    `does so with stars in the answers where the provider gives the hop header back: ${numRuns} walks (#5)`,
    async () => {
      const walks = fc.asyncProperty(fc.array(starredInput, { maxLength: 12 }), (inputs) => sameAtOnce(inputs, true));
      await fc.assert(walks, { numRuns });
    },
    limit,
  );

  it(
    `goes on at the right screen when the session is lost anywhere in the middle: ${numRuns} walks (R3)`,
    async () => {
      const walk = fc.array(plainInput, { minLength: 1, maxLength: 10 });
      const property = fc.asyncProperty(walk, fc.nat(9), async (inputs, lostAfter) => {
        const here = world();
        const there = world();
        const steady = await here.tester.phone({ sessionId: 'one' }).dial();
        let shaky = await there.tester.phone({ sessionId: 'one' }).dial();
        for (const [i, input] of inputs.entries()) {
          if (i === lostAfter) {
            const moved = afterLoss(there).phone({ sessionId: 'one' });
            Object.assign(moved, { text: shaky.text, reply: shaky.reply, fresh: false });
            shaky = moved;
          }
          await steady.answer(input);
          await shaky.answer(input);
          expect(shaky.screen).toBe(steady.screen);
          if (steady.reply?.end === true) break;
        }
        expect([...there.runs.values()].every((n) => n === 1)).toBe(true);
        expect(there.runs.size).toBe(here.runs.size);
      });
      await fc.assert(property, { numRuns });
    },
    limit,
  );
});

describe('repeats', () => {
  it(
    `give the same bytes and no second side effect, in order or not: ${numRuns} walks (R1)`,
    async () => {
      const hop = fc.record({ input: plainInput, repeat: fc.boolean(), older: fc.nat(5) });
      const property = fc.asyncProperty(fc.array(hop, { maxLength: 10 }), async (hops) => {
        const { tester, runs } = world();
        const phone = await tester.phone({ sessionId: 'one' }).dial();
        const told: { turn: Turn; texts: readonly string[] }[] = [];
        for (const { input, repeat, older } of hops) {
          await phone.answer(input);
          told.push({ turn: phone.lastTurn as Turn, texts: phone.reply?.texts ?? [] });
          if (repeat) expect(await phone.repeat()).toEqual({ ...phone.reply, outcome: 'repeat' });
          if (phone.reply?.end === true) break;
          const old = told[older];
          if (old !== undefined) expect((await tester.service.handle(old.turn)).texts).toEqual(old.texts);
        }
        expect([...runs.values()].every((n) => n === 1)).toBe(true);
      });
      await fc.assert(property, { numRuns });
    },
    limit,
  );
});

describe('two different turns of one session at the same moment', () => {
  it(
    `are taken one after the other: ${numRuns} pairs on two nodes (#3, R2)`,
    async () => {
      const property = fc.asyncProperty(
        fc.array(plainInput, { maxLength: 4 }),
        fc.tuple(plainInput, plainInput).filter(([a, b]) => a !== b),
        async (before, pair) => {
          const { effects, runs } = countedEffects();
          const sessions = new MemorySessionStore();
          const clock = new TestClock();
          const one = new DialogTester({ test: market, sub }, { effects, sessions, clock });
          const two = new DialogTester({ test: market, sub }, { effects, sessions, clock, ledger: one.ledger });
          const phone = await one.phone({ kind: 'latest', sessionId: 'one', turn: { repeatWindowMs: 0 } }).dial();
          for (const input of before) {
            clock.advance(10);
            await phone.answer(input);
          }
          clock.advance(10);
          const versionBefore = (await sessions.load('ongea:{ussd:kairos:demo:one}'))?.version ?? 0;
          const [a, b] = await Promise.all([
            one.service.handle(phone.turnOf({ dialled: false, input: pair[0] })),
            two.service.handle(phone.turnOf({ dialled: false, input: pair[1] })),
          ]);
          const accepted = [a, b].filter(({ outcome }) => outcome === 'reply' || outcome === 'end').length;
          const after = await sessions.load('ongea:{ussd:kairos:demo:one}');
          // Each accepted turn is one version, and one more where it had to claim the session for an effect.
          const claims = (after?.version ?? 0) - versionBefore - accepted;
          expect(claims).toBeGreaterThanOrEqual(0);
          expect(claims).toBeLessThanOrEqual(accepted);
          expect([a, b].every(({ texts }) => texts.join('').length > 0)).toBe(true);
          expect([...runs.values()].every((n) => n === 1)).toBe(true);
        },
      );
      await fc.assert(property, { numRuns });
    },
    limit,
  );
});
