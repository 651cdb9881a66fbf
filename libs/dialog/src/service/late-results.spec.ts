import { describe, expect, it } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { DialogTester, ScriptedEffects, TestClock, type Phone } from '@app/testing';
import type { EffectResult } from '../index.js';

const loan = `
dialog: test
start: amount
steps:
  amount: { ask: How much?, type: amount, save: amount, go: score }
  score: { call: score, save: limit, timeout: 5s, late: sms, go: { ok: told, error: sorry, timeout: wait } }
  told: { end: "You may borrow {{ limit }}." }
  sorry: { end: Not now. }
  wait: { end: We will text you. }
`;

/** An action that ends when the test says so. */
function setUp(source = loan) {
  let finish: (result: EffectResult) => void = () => undefined;
  let signal: AbortSignal | undefined;
  const effects = new ScriptedEffects().on('score', (_, given) => {
    signal = given;
    return new Promise((resolve) => (finish = resolve));
  });
  const clock = new TestClock();
  Object.defineProperty(clock, 'now', { value: () => Date.now() });
  const tester = new DialogTester({ test: source }, { effects, clock });
  const settle = async (result: EffectResult): Promise<void> => {
    finish(result);
    await pause(5);
  };
  return { tester, effects, settle, signal: () => signal };
}

async function askedTooLate(tester: DialogTester, msisdn = true): Promise<Phone> {
  const turn = { deadlineMs: 400, ...(msisdn ? {} : { caller: { id: 'user-1' } }) };
  const phone = await tester.phone({ turn }).dial();
  return phone.answer('500');
}

describe('the late result of a call', () => {
  it('goes out as a message, in the words that the dialog has for it', async () => {
    const { tester, settle, signal } = setUp();
    expect((await askedTooLate(tester)).screen).toBe('We will text you.');
    expect(signal()?.aborted).toBe(false);
    await settle({ outcome: 'ok', value: 900 });
    expect(tester.outbox.lines).toEqual(['+254700000201: You may borrow 900.']);
  });

  it('goes out as well where the turn had no words left for its time-out', async () => {
    const { tester, settle } = setUp(loan.replace(', timeout: wait', '').replace(/ {2}wait: .*\n/, ''));
    expect((await askedTooLate(tester)).reply).toMatchObject({ end: true, outcome: 'busy' });
    await settle({ outcome: 'error' });
    expect(tester.outbox.lines).toEqual(['+254700000201: Not now.']);
  });

  it('is asked for once, whatever is repeated (#26)', async () => {
    const { tester, effects, settle } = setUp();
    const phone = await askedTooLate(tester);
    expect((await phone.repeat()).texts).toEqual(['We will text you.']);
    await settle({ outcome: 'ok', value: 900 });
    await phone.repeat();
    const fresh = new DialogTester({ test: loan }, { effects, ledger: tester.ledger, outbox: tester.outbox });
    await fresh.phone({ sessionId: phone.lastTurn?.sessionId as string }).sendHistory('500');
    expect(effects.calls).toHaveLength(1);
    expect(tester.outbox.puts).toBe(1);
  });

  it('is nothing to somebody whose number is not known', async () => {
    const { tester, settle } = setUp();
    await askedTooLate(tester, false);
    await settle({ outcome: 'ok', value: 900 });
    expect(tester.outbox.lines).toEqual([]);
  });

  it('is cut off, and sent to nobody, where the step itself took too long', async () => {
    const { tester, settle, signal } = setUp(loan.replace('5s', '50ms'));
    const phone = await tester.phone().dial();
    expect((await phone.answer('500')).screen).toBe('We will text you.');
    expect(signal()?.aborted).toBe(true);
    await settle({ outcome: 'ok', value: 900 });
    expect(tester.outbox.lines).toEqual([]);
  });

  it('is not sent where the dialog does not ask for it', async () => {
    const { tester, settle, signal } = setUp(loan.replace('late: sms, ', ''));
    await askedTooLate(tester);
    expect(signal()?.aborted).toBe(true);
    await settle({ outcome: 'ok', value: 900 });
    expect(tester.outbox.lines).toEqual([]);
  });
});
