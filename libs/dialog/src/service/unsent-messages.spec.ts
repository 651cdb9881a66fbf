import { afterAll, describe, expect, it } from '@jest/globals';
import {
  AwayStore,
  CollectedMessages,
  DialogTester,
  MemoryLedger,
  ScriptedEffects,
  startPrivateRedis,
  TestClock,
  type TesterOptions,
} from '@app/testing';
import type { SessionStore } from '../index.js';
import { createSessionStore, MemorySessionStore } from '@app/sessions';

const shop = `
dialog: test
start: home
steps:
  home: { menu: Home, options: [{ label: Receipt, go: count }, { label: Sub, go: sub }, { label: Leave, go: last }] }
  count: { call: count, save: n, go: { ok: receipt } }
  receipt: { sms: "Receipt {{ n }}", go: twice }
  twice: { sms: "Copy {{ n }}", to: "+254700000999", go: home }
  sub: { run: sub, go: home }
  last: { sms: Farewell, go: bye }
  bye: { end: Bye }
`;
const sub = `
dialog: sub
start: told
steps:
  told: { sms: From below, go: back }
  back: { end: Sent. }
`;

/** Belongs to a process that is killed on its way to marking or saving a session with a receipt. */
class DyingStore extends AwayStore {
  dieAt: 'mark' | 'save' | undefined;

  override async markUnsent(key: string, at: number): Promise<void> {
    if (this.dieAt === 'mark') throw new Error('killed');
    await super.markUnsent(key, at);
  }
  override async save(...args: Parameters<SessionStore['save']>): ReturnType<SessionStore['save']> {
    if (this.dieAt === 'save' && args[1].includes('Receipt')) throw new Error('killed');
    return super.save(...args);
  }
}

function world(options: TesterOptions = {}) {
  let n = 0;
  const clock = new TestClock();
  const inner = options.sessions ?? new MemorySessionStore({ now: clock.now });
  const dying = new DyingStore(inner);
  const effects = new ScriptedEffects().on('count', () => ({ outcome: 'ok', value: ++n }));
  const shared = { clock, ledger: new MemoryLedger(), effects, outbox: new CollectedMessages(), ...options };
  const first = new DialogTester({ test: shop, sub }, { ...shared, sessions: dying });
  const second = new DialogTester({ test: shop, sub }, { ...shared, sessions: inner });
  return { clock, dying, inner, outbox: shared.outbox, first, second };
}

const receipt = (n: number): string[] => [`+254700000201: Receipt ${n}`, `+254700000999: Copy ${n}`];

describe.each(['history', 'latest'] as const)('messages that a turn decides on (%s)', (kind) => {
  it('are in the outbox before the reply leaves, and no mark of them stays', async () => {
    const { first, inner, outbox, clock } = world();
    const phone = await first.phone({ kind }).dial();
    await phone.answer('1');
    expect(outbox.lines).toEqual(receipt(1));
    expect(outbox.messages[0]).toMatchObject({ provider: phone.lastTurn?.provider, account: 'demo', at: clock.now() });
    expect(await inner.unsentBefore(Number.MAX_SAFE_INTEGER, 10)).toEqual([]);
  });

  it('are sent once, whatever is repeated (#2)', async () => {
    const { first, outbox } = world();
    const phone = await first.phone({ kind }).dial();
    await phone.answer('1');
    for (let i = 0; i < 100; i++) await phone.repeat();
    expect(outbox.puts).toBe(2);
  });

  it('come from other dialogs and from the last turn too', async () => {
    const { first, outbox } = world();
    const phone = await first.phone({ kind }).dial();
    await phone.answer('2');
    await phone.answer('3');
    expect(phone.reply?.end).toBe(true);
    expect(outbox.lines).toEqual(['+254700000201: From below', '+254700000201: Farewell']);
  });

  it('are other messages on another visit', async () => {
    const { first, outbox, clock } = world();
    const phone = await first.phone({ kind }).dial();
    await phone.answer('1');
    clock.advance(5_000);
    await phone.answer('1');
    expect(outbox.lines).toEqual([...receipt(1), ...receipt(2)]);
  });

  it('do not fail the turn where the outbox is away, and go out with the next one', async () => {
    const { first, inner, outbox } = world();
    outbox.away = true;
    const phone = await first.phone({ kind }).dial();
    expect((await phone.answer('1')).reply).toMatchObject({ outcome: 'reply', failed: false });
    await phone.answer('2');
    outbox.away = false;
    await phone.answer('3');
    const all = [...receipt(1), '+254700000201: From below', '+254700000201: Farewell'];
    expect(outbox.lines).toEqual(all);
    expect(await first.service.sweepUnsent(10)).toBe(0);
    first.clock.advance(31_000);
    await first.service.sweepUnsent(10);
    expect(outbox.lines).toEqual(all);
    expect(await inner.unsentBefore(Number.MAX_SAFE_INTEGER, 10)).toEqual([]);
  });

  it('are not put again by a turn so late that the outbox has forgotten them', async () => {
    const { first, outbox } = world();
    const sms = { dialog: 'test', turn: { channel: 'sms' as const } };
    const phone = await first.phone({ kind, ...sms }).dial();
    await phone.answer('1');
    first.clock.advance(11.5 * 3_600_000);
    await phone.answer('0');
    expect(outbox.puts).toBe(2);
  });

  it('are put by the sweeper where the process was killed between the save and the outbox', async () => {
    const { first, second, outbox, clock } = world();
    outbox.put = () => new Promise(() => undefined);
    const phone = await first.phone({ kind, sessionId: 'S', turn: { deadlineMs: 400 } }).dial();
    await phone.answer('1');
    Reflect.deleteProperty(outbox, 'put');
    expect(await second.service.sweepUnsent(10)).toBe(0);
    clock.advance(30_001);
    expect(await second.service.sweepUnsent(10)).toBe(2);
    expect(outbox.lines).toEqual(receipt(1));
    expect(await second.service.sweepUnsent(10)).toBe(0);
    const again = second.phone({ kind, sessionId: 'S' });
    Object.assign(again, { text: phone.text, reply: phone.reply });
    await again.answer('2');
    expect(outbox.lines).toEqual([...receipt(1), '+254700000201: From below']);
  });

  it.each(['mark', 'save'] as const)('are not sent where it was killed before the %s', async (dieAt) => {
    const { first, second, dying, outbox, clock } = world();
    const phone = await first.phone({ kind, sessionId: 'S' }).dial();
    dying.dieAt = dieAt;
    expect((await phone.answer('1')).reply?.failed).toBe(true);
    clock.advance(60_000);
    expect(await second.service.sweepUnsent(10)).toBe(0);
    expect(outbox.lines).toEqual([]);
    const again = second.phone({ kind, sessionId: 'S' });
    await again.answer('1');
    expect(outbox.lines).toEqual(receipt(1));
  });
});

describe('messages of a history', () => {
  it('are not sent twice by a walk from the start after the store lost everything (#14)', async () => {
    const { first, outbox, clock } = world();
    const phone = first.phone();
    await phone.dial();
    for (const answer of ['1', '2', '1']) await phone.answer(answer);
    const before = [...outbox.lines];
    const fresh = new DialogTester(
      { test: shop, sub },
      { clock, ledger: first.ledger, effects: first.effects, outbox },
    );
    const moved = fresh.phone({ sessionId: phone.lastTurn?.sessionId as string });
    Object.assign(moved, { text: phone.text, reply: phone.reply });
    await moved.answer('3');
    expect(moved.reply).toMatchObject({ outcome: 'rebuilt', end: true });
    expect(outbox.lines).toEqual([...before, '+254700000201: Farewell']);
  });

  it('are not put by an old hop that came late', async () => {
    const { first, outbox } = world();
    const phone = await first.phone().dial();
    await phone.answer('1');
    await phone.answer('0');
    const { puts } = outbox;
    await phone.sendHistory('1');
    expect(phone.reply?.outcome).toBe('old-hop');
    expect(outbox.puts).toBe(puts);
  });

  it('are put while the session store is away, once', async () => {
    const { first, dying, outbox } = world();
    const phone = await first.phone().dial();
    dying.away = true;
    await phone.answer('1');
    expect(phone.reply?.failed).toBe(false);
    expect(outbox.lines).toEqual(receipt(1));
    await phone.answer('2');
    dying.away = false;
    await phone.answer('2');
    expect(outbox.lines).toEqual([...receipt(1), ...Array<string>(2).fill('+254700000201: From below')]);
  });
});

describe('the sweeper', () => {
  it('tries all others where one session cannot be put, and says so', async () => {
    const { first, outbox, clock } = world();
    outbox.away = true;
    await (await first.phone({ sessionId: 'A' }).dial()).answer('1');
    await (await first.phone({ sessionId: 'B' }).dial()).answer('2');
    outbox.away = false;
    const put = outbox.put.bind(outbox);
    outbox.put = (messages) => (messages.length > 1 ? Promise.reject(new Error('refused')) : put(messages));
    clock.advance(40_000);
    await expect(first.service.sweepUnsent(10)).rejects.toThrow('1 sessions hold messages unsent');
    expect(outbox.lines).toEqual(['+254700000201: From below']);
    outbox.put = put;
    clock.advance(40_000);
    expect(await first.service.sweepUnsent(10)).toBe(2);
  });
});

describe('on Redis', () => {
  const stops: (() => Promise<void>)[] = [];
  afterAll(async () => {
    for (const stop of stops) await stop();
  });

  it('the sweeper finds the messages of an open and of an ended session', async () => {
    const redis = await startPrivateRedis();
    const sessions = createSessionStore(redis.url);
    stops.push(
      () => sessions.close(),
      () => redis.remove(),
    );
    await sessions.waitUntilUp(5_000);
    const { first, second, outbox, clock } = world({ sessions });
    outbox.away = true;
    await (await first.phone().dial()).answer('1');
    await (await first.phone({ kind: 'latest' }).dial()).answer('3');
    outbox.away = false;
    clock.advance(31_000);
    expect(await second.service.sweepUnsent(10)).toBe(3);
    expect(outbox.lines.sort()).toEqual([...receipt(1), '+254700000201: Farewell'].sort());
    expect(await second.service.sweepUnsent(10)).toBe(0);
  });
});
