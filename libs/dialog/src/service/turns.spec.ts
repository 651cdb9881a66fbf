import { describe, expect, it } from '@jest/globals';
import {
  AwayStore,
  DialogTester,
  ScriptedEffects,
  TestClock,
  orderDialog,
  orderEffects,
  setUpOrders,
  walkThrough,
} from '@app/testing';
import type { Turn } from '../index.js';
import { MemorySessionStore } from '@app/sessions';

describe('providers that send the whole history', () => {
  it('gives a repeat the stored reply, equal in every part but its outcome, and runs nothing again (R1)', async () => {
    const { tester } = setUpOrders();
    const phone = tester.phone();
    await walkThrough(phone, '1', 'maize');
    const first = phone.reply;
    tester.clock.advance(60_000);
    const again = await phone.repeat();
    expect(again).toEqual({ ...first, outcome: 'repeat' });
    expect(tester.effects.calls).toHaveLength(1);
  });

  it('takes an answer with stars as one answer while it has the session', async () => {
    const { tester } = setUpOrders();
    expect(await walkThrough(tester.phone(), '1', 'a*b')).toMatch(/^Order 1 of a\*b/);
  });

  it('drops the star that a blank first answer left', async () => {
    const { tester } = setUpOrders();
    const phone = await tester.phone().dial();
    await phone.sendHistory('*1');
    expect(phone.screen).toBe('Crop?');
  });

  it('makes the screen of an old hop again without changing the session (#5)', async () => {
    const { tester } = setUpOrders();
    const phone = tester.phone();
    await walkThrough(phone, '1', 'maize', '1');
    await phone.sendHistory('1*maize');
    expect(phone.screen).toMatch(/^Order 1 of maize/);
    expect(phone.reply?.outcome).toBe('old-hop');
    await phone.sendHistory('');
    expect(phone.screen).toMatch(/^Home/);
    await phone.sendHistory('1*maize*1*beans');
    expect(phone.screen).toMatch(/^Order 2 of beans/);
    expect(phone.reply?.outcome).toBe('reply');
    expect(tester.effects.calls).toHaveLength(2);
  });

  it('walks a dialled shortcut from the start', async () => {
    const { tester } = setUpOrders();
    const phone = await tester.phone().dial('1*maize');
    expect(phone.screen).toMatch(/^Order 1 of maize/);
    expect((await phone.answer('2')).reply?.end).toBe(true);
  });

  it('rebuilds a lost session with the results of its effects (#14, R3)', async () => {
    const { tester } = setUpOrders();
    const phone = tester.phone();
    await walkThrough(phone, '1', 'ma*ize', '1');
    const fresh = new DialogTester({ test: orderDialog }, { ledger: tester.ledger, effects: tester.effects });
    const moved = fresh.phone({ sessionId: phone.lastTurn?.sessionId as string });
    Object.assign(moved, { text: phone.text, reply: phone.reply });
    await moved.answer('beans');
    expect(moved.screen).toMatch(/^Order 2 of beans/);
    expect(moved.reply?.outcome).toBe('rebuilt');
    expect(tester.effects.calls).toHaveLength(2);
  });

  it('runs nothing in a rebuild while the ledger cannot be read', async () => {
    const { tester } = setUpOrders();
    const phone = tester.phone();
    await walkThrough(phone, '1', 'maize');
    tester.ledger.readable = false;
    const fresh = new DialogTester({ test: orderDialog }, { ledger: tester.ledger, effects: tester.effects });
    const moved = fresh.phone({ sessionId: phone.lastTurn?.sessionId as string });
    await moved.sendHistory('1*maize*1');
    expect(moved.reply).toMatchObject({ end: true, failed: true, outcome: 'unavailable' });
    expect(tester.effects.calls).toHaveLength(1);
  });

  it('answers the last hop of an ended session with the same bytes, any other with goodbye, and a dial anew', async () => {
    const { tester } = setUpOrders();
    const phone = tester.phone({ sessionId: 'same' });
    await walkThrough(phone, '1', 'maize', '2');
    const last = phone.reply;
    expect(await phone.repeat()).toEqual({ ...last, outcome: 'repeat' });
    await phone.sendHistory('1*maize');
    expect(phone.screen).toBe('Thank you. Goodbye.');
    await phone.sendHistory('1*maize*2*5');
    expect(phone.reply).toMatchObject({ end: true, outcome: 'goodbye' });
    await phone.dial();
    expect(phone.screen).toMatch(/^Home/);
    await phone.answer('1');
    await phone.answer('maize');
    expect(phone.screen).toMatch(/^Order 2/);
  });

  it('says goodbye where a rebuilt history goes on after its end', async () => {
    const { tester } = setUpOrders();
    const phone = await tester.phone().sendHistory('3*1');
    expect(phone.reply).toMatchObject({ end: true, outcome: 'goodbye' });
  });

  it('keeps a session on the version that it began with (#31)', async () => {
    const { tester } = setUpOrders();
    const phone = await tester.phone().dial();
    tester.deploy({ test: orderDialog.replace('Crop?', 'New crop?') });
    expect((await phone.answer('1')).screen).toBe('Crop?');
    const other = await tester.phone().dial();
    expect((await other.answer('1')).screen).toBe('New crop?');
  });

  it('gives a caller with another number a session of their own (#55)', async () => {
    const { tester } = setUpOrders();
    const phone = tester.phone({ sessionId: 'guessed' });
    await walkThrough(phone, '1');
    const stranger = tester.phone({ sessionId: 'guessed', msisdn: '+254700000999' });
    await stranger.sendHistory('');
    expect(stranger.screen).toMatch(/^Home/);
    expect((await phone.answer('maize')).screen).toMatch(/^Order 1 of maize/);
  });

  it('keeps providers and accounts apart (#8)', async () => {
    const { tester } = setUpOrders();
    await walkThrough(tester.phone({ sessionId: 'x' }), '1');
    const other = tester.phone({ sessionId: 'x', turn: { provider: 'cradlebots' } });
    expect((await other.dial()).screen).toMatch(/^Home/);
  });

  it('goes on by rebuild while the store is away, and after it is back (R4)', async () => {
    const { tester } = setUpOrders();
    const away = new AwayStore(tester.sessions);
    const shaky = new DialogTester(
      { test: orderDialog },
      { sessions: away, ledger: tester.ledger, effects: tester.effects },
    );
    const phone = shaky.phone();
    await walkThrough(phone, '1');
    away.away = true;
    await phone.answer('maize');
    expect(phone.screen).toMatch(/^Order 1 of maize/);
    await phone.answer('1');
    expect(phone.screen).toBe('Crop?');
    away.away = false;
    await phone.answer('beans');
    expect(phone.screen).toMatch(/^Order 2 of beans/);
    expect(tester.effects.calls).toHaveLength(2);
  });
});

describe('providers that give nothing back, after an outage of the store', () => {
  it('find the hops that were answered without it (R4)', async () => {
    const { tester } = setUpOrders();
    const away = new AwayStore(tester.sessions);
    const shaky = new DialogTester(
      { test: orderDialog },
      { sessions: away, ledger: tester.ledger, effects: tester.effects },
    );
    const phone = shaky.phone({ header: false });
    await walkThrough(phone, '1');
    away.away = true;
    await phone.answer('maize');
    away.away = false;
    shaky.clock.advance(10);
    await phone.answer('1');
    expect(phone.screen).toBe('Crop?');
    await phone.answer('ma*ize');
    expect(phone.screen).toMatch(/^Order 2 of ma\*ize/);
    expect(tester.effects.calls).toHaveLength(2);
  });
});

describe('providers that send the last input only', () => {
  const latest = { kind: 'latest' as const };

  it('gives the same input within the window the stored reply, and after it a new turn', async () => {
    const { tester, clock } = setUpOrders();
    const phone = tester.phone(latest);
    await walkThrough(phone, '1', 'maize');
    const placed = phone.reply;
    clock.advance(1_000);
    expect(await phone.repeat()).toEqual({ ...placed, outcome: 'repeat' });
    expect((await phone.answer('1')).screen).toBe('Crop?');
    clock.advance(2_000);
    await phone.answer('1');
    expect(phone.screen).toMatch(/^Order 2 of 1/);
  });

  it('takes a repeat for longer when the connection broke', async () => {
    const { tester, clock } = setUpOrders();
    const phone = tester.phone(latest);
    await walkThrough(phone, '1', 'maize');
    await tester.service.connectionBroke(phone.lastTurn as Turn);
    clock.advance(9_000);
    expect((await phone.repeat()).outcome).toBe('repeat');
  });

  it('begins again, and says so, where a session is lost', async () => {
    const { tester } = setUpOrders();
    const phone = await tester.phone(latest).answer('1');
    expect(phone.screen).toMatch(/^Sorry, we lost your place\.\nHome/);
  });

  it('begins again within the limits of the screen', async () => {
    const long = 'Sell what you have weighed yourself and nothing else. '.repeat(3).trim();
    const { tester } = setUpOrders(orderDialog.replace('menu: Home', `menu: ${long}`));
    const phone = await tester.phone(latest).answer('1');
    expect(phone.screen).toMatch(/^Sorry, we lost your place\.\n[^]*98\. More$/);
    await phone.answer('98');
    expect((await phone.answer('1')).screen).toBe('Crop?');
  });

  it('says goodbye to a hop after the end', async () => {
    const { tester } = setUpOrders();
    const phone = tester.phone({ ...latest, sessionId: 'k' });
    await walkThrough(phone, '3');
    expect((await phone.answer('2')).screen).toBe('Thank you. Goodbye.');
    tester.clock.advance(2_000);
    expect((await phone.dial()).screen).toMatch(/^Home/);
  });

  it('walks inputs that were dialled along with the code', async () => {
    const { tester } = setUpOrders();
    const input = {
      kind: 'latest',
      text: '*384*4417*1*maize#',
      dialled: true,
      shortcut: ['1', 'maize'],
      fingerprint: 'd',
    } as const;
    const phone = tester.phone({ ...latest, turn: { input } });
    expect((await phone.dial()).screen).toMatch(/^Order 1 of maize/);
  });

  it('tells the caller politely when the store is away', async () => {
    const { tester } = setUpOrders();
    const away = new AwayStore(tester.sessions);
    away.away = true;
    const phone = await new DialogTester({ test: orderDialog }, { sessions: away }).phone(latest).dial();
    expect(phone.reply).toMatchObject({ end: true, failed: true, outcome: 'unavailable' });
  });

  it('does not give two dialogs of one session key the same effect', async () => {
    const { tester, clock } = setUpOrders();
    const phone = tester.phone({ ...latest, sessionId: 'again' });
    await walkThrough(phone, '1', 'maize', '2');
    clock.advance(60_000);
    await walkThrough(phone, '1', 'maize');
    expect(phone.screen).toMatch(/^Order 2/);
  });
});

describe('turns at the same moment', () => {
  it('runs one turn once for two arrivals, also in two processes (#4)', async () => {
    const clock = new TestClock();
    const sessions = new MemorySessionStore();
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const effects = new ScriptedEffects().on('order.place', async () => {
      await held;
      return { outcome: 'ok', value: { n: 1 } };
    });
    const one = new DialogTester({ test: orderDialog }, { clock, sessions, effects });
    const two = new DialogTester({ test: orderDialog }, { clock, sessions, effects, ledger: one.ledger });
    const phone = one.phone();
    await walkThrough(phone, '1');
    phone.text = '1*maize';
    const turn = phone.turnOf({ dialled: false, input: 'maize' });
    const replies = [one.service.handle(turn), two.service.handle(turn), one.service.handle(turn)];
    setTimeout(release, 100);
    const [a, b, c] = await Promise.all(replies);
    expect(b?.texts).toEqual(a?.texts);
    expect(c?.texts).toEqual(a?.texts);
    expect([a, b, c].filter((reply) => reply?.outcome === 'repeat')).toHaveLength(2);
    expect(effects.calls).toHaveLength(1);
  });
});

describe('time', () => {
  it('takes the timeout branch, or is busy, when an action hangs beyond the deadline (#26, R8)', async () => {
    const hanging = orderEffects().on('order.place', () => new Promise(() => undefined));
    const tester = new DialogTester({ test: orderDialog }, { effects: hanging, clock: runningClock() });
    const phone = tester.phone({ turn: { deadlineMs: 500 } });
    Object.assign(phone.options, {});
    await walkThrough(phone, '1', 'maize');
    expect(phone.screen).not.toMatch(/undefined/);
    expect(phone.reply?.end).toBe(false);
    expect(phone.screen).toMatch(/^Order {2}of maize/);
  });

  it('ends with busy where the dialog has no way out of a time-out', async () => {
    const source = orderDialog.replace('go: placed }', 'go: { ok: placed } }');
    const hanging = orderEffects().on('order.place', () => new Promise(() => undefined));
    const tester = new DialogTester({ test: source }, { effects: hanging, clock: runningClock() });
    const phone = tester.phone({ turn: { deadlineMs: 500 } });
    await walkThrough(phone, '1', 'maize');
    expect(phone.reply).toMatchObject({
      end: true,
      failed: true,
      outcome: 'busy',
      texts: ['The service is busy. Please try again.'],
    });
  });
});

function runningClock(): TestClock {
  const clock = new TestClock();
  Object.defineProperty(clock, 'now', { value: () => Date.now() });
  return clock;
}
