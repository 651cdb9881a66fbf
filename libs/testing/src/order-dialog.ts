import { DialogTester, TestClock, type Phone } from './dialog-tester.js';
import { ScriptedEffects } from './scripted-effects.js';

/** A dialog with a menu, a free answer, an effect that counts and a PIN. */
export const orderDialog = `
dialog: test
start: home
steps:
  home:
    menu: Home
    options: [{ label: Order, go: crop }, { label: Pay, go: pay }, { label: Leave, go: bye }]
  crop: { ask: Crop?, save: crop, go: place }
  place: { call: order.place, with: { crop: "{{ crop }}" }, save: order, go: placed }
  placed: { menu: "Order {{ order.n }} of {{ crop }}", options: [{ label: More, go: crop }, { label: Done, go: bye }] }
  pay: { ask: PIN?, type: pin, save: pin, go: charge }
  charge: { call: charge, with: { pin: "{{ pin }}" }, go: paid }
  paid: { menu: Paid, options: [{ label: Done, go: bye }] }
  bye: { end: Bye }
`;

/** Effects for {@link orderDialog}; each order gets the next number. */
export function orderEffects(): ScriptedEffects {
  let n = 0;
  return new ScriptedEffects()
    .on('order.place', () => ({ outcome: 'ok', value: { n: ++n } }))
    .on('charge', () => ({ outcome: 'ok' }));
}

/** {@link orderDialog}, or another dialog with its effects, on a clock that stands still. */
export function setUpOrders(source = orderDialog, clock = new TestClock()): { tester: DialogTester; clock: TestClock } {
  return { tester: new DialogTester({ test: source }, { clock, effects: orderEffects() }), clock };
}

/** Dials, gives the answers one after the other, and returns the last screen. */
export async function walkThrough(phone: Phone, ...answers: string[]): Promise<string> {
  await phone.dial();
  for (const answer of answers) await phone.answer(answer);
  return phone.screen;
}
