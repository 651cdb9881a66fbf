import { expect, it } from '@jest/globals';
import { DialogTester, ScriptedEffects, TestClock } from '@app/testing';

const own = `
dialog: test
start: look
steps:
  look: { call: number.of, with: { msisdn: "{{ caller.msisdn }}" }, save: number, go: show }
  show: { end: "{{ number }}" }
`;

it('shows nobody what was looked up for another caller whose session id came back into use (#55)', async () => {
  const clock = new TestClock();
  const effects = new ScriptedEffects().on('number.of', ({ input }) => ({
    outcome: 'ok',
    value: input.msisdn ?? null,
  }));
  const tester = new DialogTester({ test: own }, { clock, effects });
  const first = await tester.phone({ sessionId: 'S', msisdn: '+254700000201' }).dial();
  expect(first.screen).toBe('+254700000201');
  // Longer than the ended session is remembered.
  clock.advance(6 * 60_000);
  const second = await tester.phone({ sessionId: 'S', msisdn: '+254700000202' }).dial();
  expect(second.screen).toBe('+254700000202');
});
