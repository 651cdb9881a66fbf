import { describe, expect, it } from '@jest/globals';
import { AwayStore, DialogTester, MemoryLedger, ScriptedEffects, TestClock, type Phone } from '@app/testing';
import { StoreUnavailable, type EffectResult, type LedgerEntry, type Turn } from '../index.js';
import { MemorySessionStore } from '@app/sessions';

const shop = `
dialog: test
languages: [en, sw]
start: open
phrases: { busy: { sw: Huduma ina shughuli. } }
steps:
  open: { call: open, save: opened, go: { ok: home } }
  home: { menu: "Home {{ opened }}", save: crop, options: [{ label: Maize }, { label: Beans }], go: order }
  order: { call: order, with: { crop: "{{ crop }}" }, save: order, go: { ok: placed } }
  placed: { menu: "Order {{ order }}", options: [{ label: More, go: home }, { label: Broken, go: broken }, { label: Done, go: bye }] }
  broken: { call: nothing.there, go: home }
  bye: { end: Bye }
`;

/** Answers with what was asked for and how often. */
function counted(): ScriptedEffects {
  let opened = 0;
  return new ScriptedEffects()
    .on('open', () => ({ outcome: 'ok', value: ++opened }))
    .on('order', ({ input }) => ({ outcome: 'ok', value: input['crop'] ?? null }));
}

class Deaf extends MemoryLedger {
  override record(_entry: LedgerEntry): Promise<void> {
    return Promise.reject(new StoreUnavailable('no room'));
  }
}

/** Loses every save after the claim, as a process that is killed does; the claim stays. */
class KilledStore extends AwayStore {
  saves = 0;
  killed = false;
  override save(key: string, payload: string, expected: number, ttlMs: number): ReturnType<AwayStore['save']> {
    if (this.killed && ++this.saves > 1) return Promise.reject(new Error('killed'));
    return super.save(key, payload, expected, ttlMs);
  }
}

async function walk(phone: Phone, ...answers: string[]): Promise<string> {
  await phone.dial();
  for (const answer of answers) await phone.answer(answer);
  return phone.screen;
}

describe('a turn whose process was killed after its effect', () => {
  function world() {
    const clock = new TestClock();
    const inner = new MemorySessionStore({ now: clock.now });
    const ledger = new MemoryLedger();
    const effects = counted();
    const dying = new KilledStore(inner);
    const shared = { clock, ledger, effects };
    const first = new DialogTester({ test: shop }, { ...shared, sessions: dying });
    const second = new DialogTester({ test: shop }, { ...shared, sessions: inner });
    return { clock, ledger, effects, dying, first, second };
  }

  it.each(['history', 'latest'] as const)('goes on from the ledger on the first dial (%s)', async (kind) => {
    const { clock, effects, dying, first, second } = world();
    dying.killed = true;
    const phone = await first.phone({ kind, sessionId: 'S' }).dial();
    expect(phone.reply?.outcome).toBe('unavailable');
    clock.advance(8_001);
    const again = await second.phone({ kind, sessionId: 'S' }).dial();
    expect(again.screen).toBe('Home 1\n1. Maize\n2. Beans');
    expect(effects.calls).toHaveLength(1);
  });

  it.each(['history', 'latest'] as const)('goes on from the ledger later (%s)', async (kind) => {
    const { clock, effects, dying, first, second } = world();
    const phone = await first.phone({ kind, sessionId: 'S' }).dial();
    dying.killed = true;
    await phone.answer('1');
    clock.advance(8_001);
    const again = second.phone({ kind, sessionId: 'S' });
    expect((await again.answer('1')).screen).toMatch(/^Order maize|^Order Maize/);
    expect(effects.calls).toHaveLength(2);
  });

  it('is not mistaken for another answer of a provider that sends the last input only', async () => {
    const { clock, dying, first, second } = world();
    const phone = await first.phone({ kind: 'latest', sessionId: 'S' }).dial();
    dying.killed = true;
    await phone.answer('1');
    clock.advance(8_001);
    expect((await second.phone({ kind: 'latest', sessionId: 'S' }).answer('2')).screen).toMatch(/^Order Beans/);
  });

  it('runs nothing while the ledger cannot tell what was done', async () => {
    const { clock, ledger, effects, dying, first, second } = world();
    const phone = await first.phone({ sessionId: 'S' }).dial();
    dying.killed = true;
    await phone.answer('1');
    ledger.readable = false;
    const again = second.phone({ sessionId: 'S' });
    clock.advance(8_001);
    await again.sendHistory('1');
    expect(again.reply?.outcome).toBe('unavailable');
    ledger.readable = true;
    await again.sendHistory('1');
    expect(again.screen).toMatch(/^Order Maize/);
    expect(effects.calls).toHaveLength(2);
  });
});

describe('the ledger', () => {
  it('that cannot be written makes the turn unavailable, and the effect is not run twice for it', async () => {
    const tester = new DialogTester({ test: shop }, { ledger: new Deaf(), effects: counted() });
    const phone = await tester.phone().dial();
    expect(phone.reply).toMatchObject({ end: true, failed: true, outcome: 'unavailable' });
    expect(tester.effects.calls).toHaveLength(1);
  });

  it('that cannot be read holds up no ordinary turn', async () => {
    const tester = new DialogTester({ test: shop }, { effects: counted() });
    const phone = await tester.phone().dial();
    tester.ledger.readable = false;
    expect((await phone.answer('1')).screen).toMatch(/^Order Maize/);
  });
});

describe('a turn that fails after it claimed its session', () => {
  it('leaves it free for the next one at once', async () => {
    const clock = new TestClock();
    const tester = new DialogTester({ test: shop }, { clock, effects: counted() });
    const phone = tester.phone({ kind: 'latest', sessionId: 'S' });
    await walk(phone, '1', '2');
    expect(phone.reply?.outcome).toBe('unavailable');
    clock.advance(2_000);
    expect((await phone.answer('3')).screen).toBe('Bye');
  });
});

describe('another turn while one waits for its effect', () => {
  function slow() {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const effects = counted().on('order', async ({ input }): Promise<EffectResult> => {
      await held;
      return { outcome: 'ok', value: input['crop'] ?? null };
    });
    const clock = new TestClock();
    Object.defineProperty(clock, 'now', { value: () => Date.now() });
    return { release, effects, clock };
  }

  it('waits its turn, then goes on', async () => {
    const { release, effects, clock } = slow();
    const tester = new DialogTester({ test: shop }, { effects, clock });
    const phone = await tester.phone({ kind: 'latest', sessionId: 'S' }).dial();
    const first = tester.service.handle(phone.turnOf({ dialled: false, input: '1' }));
    await new Promise((resolve) => setTimeout(resolve, 60));
    const second = tester.service.handle(phone.turnOf({ dialled: false, input: '3' }));
    setTimeout(release, 120);
    expect((await first).texts[0]).toMatch(/^Order Maize/);
    expect((await second).texts).toEqual(['Bye']);
  });

  it('is told that the service is busy, in the language of the conversation', async () => {
    const { release, effects, clock } = slow();
    const tester = new DialogTester({ test: shop }, { effects, clock });
    const turn = { language: 'sw', deadlineMs: 400 };
    const phone = await tester.phone({ kind: 'latest', sessionId: 'S', turn }).dial();
    const first = tester.service.handle({ ...phone.turnOf({ dialled: false, input: '1' }), deadlineMs: 3_000 });
    await new Promise((resolve) => setTimeout(resolve, 60));
    const second = await tester.service.handle(phone.turnOf({ dialled: false, input: '3' }));
    expect(second).toMatchObject({ end: true, failed: true, outcome: 'busy', texts: ['Huduma ina shughuli.'] });
    release();
    expect((await first).texts[0]).toMatch(/^Order Maize/);
  });
});

describe('a broken connection', () => {
  it('is noted in the session of a caller who is not the first under an id', async () => {
    const clock = new TestClock();
    const tester = new DialogTester({ test: shop }, { clock, effects: counted() });
    await walk(tester.phone({ kind: 'latest', sessionId: 'S' }));
    const other = tester.phone({ kind: 'latest', sessionId: 'S', msisdn: '+254700000999' });
    await walk(other, '1');
    await tester.service.connectionBroke(other.lastTurn as Turn);
    clock.advance(9_000);
    expect((await other.repeat()).outcome).toBe('repeat');
  });

  it('shortens no session', async () => {
    const clock = new TestClock();
    const tester = new DialogTester({ test: shop }, { clock, effects: counted() });
    const turn = { channel: 'bot', sessionIsProviders: false } as const;
    const bot = tester.phone({ kind: 'latest', sessionId: 'S', limit: { kind: 'unlimited' }, turn });
    await walk(bot);
    await tester.service.connectionBroke(bot.lastTurn as Turn);
    clock.advance(29 * 60_000);
    expect((await bot.answer('1')).screen).toMatch(/^Order Maize/);
  });
});

describe('repeats in flight', () => {
  it('are counted as such', async () => {
    const tester = new DialogTester({ test: shop }, { effects: counted() });
    const phone = await tester.phone().dial();
    const turn = { ...phone.turnOf({ dialled: false, input: '1' }), input: { kind: 'history', text: '1' } as const };
    await Promise.all([tester.service.handle(turn), tester.service.handle(turn)]);
    expect(tester.records.map(({ outcome }) => outcome).sort()).toEqual(['repeat', 'reply', 'reply']);
  });
});
