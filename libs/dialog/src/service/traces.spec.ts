import { describe, expect, it } from '@jest/globals';
import { DialogTester, ScriptedEffects, type Phone } from '@app/testing';
import { sessionKey, type Turn, type TurnTrace } from '../index.js';

const bank = `
dialog: test
languages: [en, sw]
start: home
idle: { ussd: 60s }
steps:
  home: { menu: Home, options: [{ label: Pay, go: amount }, { label: Sub, go: sub }] }
  amount: { ask: How much?, type: amount, min: 1, attempts: 2, save: amount, go: pin, otherwise: home }
  pin: { ask: PIN?, type: pin, save: pin, go: charge }
  charge: { call: charge, with: { pin: "{{ pin }}" }, go: { ok: paid, error: home } }
  paid: { end: Paid }
  sub: { run: sub, go: home }
`;
const sub = `
dialog: sub
start: name
steps:
  name: { ask: Name?, save: name, go: back }
  back: { end: Thanks }
`;

function setUp() {
  const effects = new ScriptedEffects().on('charge', () => ({ outcome: 'ok' }));
  const tester = new DialogTester({ test: bank, sub }, { effects });
  return { tester, last: (): TurnTrace | undefined => tester.records.at(-1)?.trace };
}

async function after(phone: Phone, ...answers: string[]): Promise<Phone> {
  await phone.dial();
  for (const answer of answers) await phone.answer(answer);
  return phone;
}

describe('the trace of a turn', () => {
  it('tells of the first turn what it opened', async () => {
    const { tester, last } = setUp();
    const phone = await after(tester.phone({ turn: { language: 'sw' } }));
    const at = tester.clock.now();
    expect(last()).toEqual({
      sessionKey: sessionKey(phone.lastTurn as Turn),
      caller: '+254700000201',
      dialog: 'test',
      version: expect.stringMatching(/^[0-9a-f]{64}$/),
      asked: undefined,
      step: 'test/home',
      refused: false,
      language: 'sw',
      turn: 1,
      input: undefined,
      reply: ['Home\n1. Pay\n2. Sub'],
      ended: false,
      startedAt: at,
      expiresAt: at + 60_000,
    });
  });

  it.each([
    ['an answer that fits', ['1'], { asked: 'test/home', step: 'test/amount', input: '1', refused: false, turn: 2 }],
    [
      'an answer that does not fit',
      ['1', 'x'],
      { asked: 'test/amount', step: 'test/amount', input: 'x', refused: true },
    ],
    ['the last one that does not fit', ['1', 'x', 'y'], { asked: 'test/amount', step: 'test/home', refused: true }],
    ['a way back', ['1', '0'], { asked: 'test/amount', step: 'test/home', input: '0', refused: false }],
    ['a question of another dialog', ['2', 'Ann'], { asked: 'sub/name', step: 'test/home', input: 'Ann', turn: 3 }],
    ['a sensitive answer', ['1', '5', '1234'], { asked: 'test/pin', input: '•••', step: undefined, ended: true }],
    ['a sensitive answer that does not fit', ['1', '5', '12'], { asked: 'test/pin', input: '•••', refused: true }],
  ])('tells of %s', async (_, answers, expected) => {
    const { tester, last } = setUp();
    for (const kind of ['history', 'latest'] as const) {
      await after(tester.phone({ kind }), ...answers);
      expect(last()).toMatchObject(expected);
      expect(JSON.stringify(tester.records)).not.toContain('1234');
      tester.clock.advance(10_000);
    }
  });

  it('has the end as the time when an ended session is forgotten', async () => {
    const { tester, last } = setUp();
    await after(tester.phone(), '1', '5', '1234');
    expect(last()).toMatchObject({ ended: true, expiresAt: tester.clock.now(), reply: ['Paid'] });
  });

  it('is there for turns alone that changed their session', async () => {
    const { tester, last } = setUp();
    const phone = await after(tester.phone(), '1', '5');
    await phone.repeat();
    expect(last()).toBeUndefined();
    await phone.sendHistory('1');
    expect(last()).toBeUndefined();
  });

  it('tells of a walk from the start its last input, and goes on counting', async () => {
    const { tester, last } = setUp();
    await tester.phone().sendHistory('1*5*1234');
    expect(last()).toMatchObject({ asked: 'test/pin', input: '•••', turn: 4 });
    await tester.phone().sendHistory('2*Ann');
    expect(last()).toMatchObject({ asked: 'sub/name', input: 'Ann', turn: 3 });
  });

  it('does not tell what was typed into a session that is lost', async () => {
    const { tester, last } = setUp();
    await tester.phone({ kind: 'latest' }).answer('1234');
    expect(last()).toMatchObject({ asked: undefined, input: undefined, step: 'test/home' });
  });
});
