import { describe, expect, it } from '@jest/globals';
import { compileVersions } from '../catalog/versions.js';
import { advance } from './advance.js';
import type { WalkContext } from './context.js';
import type { DecidedMessage } from './decided.js';
import { lateMessages } from './late-text.js';
import type { EffectAnswer, EffectCall } from './next.js';
import { present } from './present.js';
import { freshState } from './walk-state.js';
import { Walk } from './walk.js';

const missed: string[] = [];

function contextOf(overrides: Partial<WalkContext> = {}): WalkContext {
  missed.length = 0;
  return {
    channel: 'ussd',
    provider: 'africastalking',
    account: 'demo',
    to: '*384*4417#',
    caller: { id: '+254700000201', msisdn: '+254700000201' },
    country: 'KE',
    timezone: 'Africa/Nairobi',
    now: Date.parse('2026-03-04T10:30:00Z'),
    seal: { seal: (value) => JSON.stringify(value), open: (box) => JSON.parse(box) as string },
    missing: (_dialog, name) => void missed.push(name),
    ...overrides,
  };
}

function walkOf(steps: string, context = contextOf(), language = 'en'): Walk {
  const text = `dialog: test\nlanguages: [en, sw]\nstart: a\nsteps:\n${steps}\n  z: { end: Done. }\n`;
  const { versions, faults } = compileVersions(new Map([['test.dialog.yaml', text]]));
  const version = versions[0];
  if (version === undefined) throw new Error(faults.map(({ message }) => message).join('\n'));
  return new Walk(version, freshState('test', 'a', language), context);
}

interface Taken {
  readonly decided: readonly DecidedMessage[];
  readonly screen: string;
  readonly effects: readonly EffectCall[];
}

function take(walk: Walk, inputs: readonly string[] = [], answers: readonly EffectAnswer[] = []): Taken {
  const [effects, left] = [[] as EffectCall[], [...answers]];
  let screen = '';
  for (const input of [{ kind: 'start' } as const, ...inputs.map((text) => ({ kind: 'answer', text }) as const)]) {
    const walking = advance(walk, input);
    let next = walking.next();
    while (next.done !== true) {
      effects.push(next.value);
      next = walking.next(left.shift() ?? { outcome: 'error' });
    }
    screen = present(walk, next.value, { kind: 'unlimited' }).texts.join('\n');
  }
  return { decided: walk.decided, screen, effects };
}

const toCaller = (text: string, visit = 1): DecidedMessage => ({ step: 'test/a', visit, to: '+254700000201', text });

describe('an sms step', () => {
  it('decides on a message to the caller and goes on at once', () => {
    const { decided, screen } = take(walkOf('  a: { sms: "Hello on {{ channel }}", go: z }'));
    expect(decided).toEqual([toCaller('Hello on ussd')]);
    expect(screen).toBe('Done.');
  });

  it('is written as for SMS and in the language of the caller', () => {
    const step = '  a: { sms: { default: Screen, sms: { en: Message, sw: Ujumbe } }, go: z }';
    expect(take(walkOf(step, contextOf({ channel: 'voice' }), 'sw')).decided).toEqual([toCaller('Ujumbe')]);
  });

  it('counts its visits within a walk', () => {
    const steps = `
  a: { sms: 'Round {{ n }}', go: b }
  b: { choose: [{ when: 'n == 2', go: z }, { go: c }] }
  c: { set: { n: 2 }, go: a }`;
    expect(take(walkOf(steps)).decided.map(({ visit, text }) => `${visit} ${text}`)).toEqual(['1 Round ', '2 Round 2']);
  });

  it.each([
    ['0700 000 204', '+254700000204'],
    ['+255 700 000 205', '+255700000205'],
    ['{{ caller.msisdn | msisdn_local }}', '+254700000201'],
  ])('to "%s" goes to %s', (to, msisdn) => {
    const { decided } = take(walkOf(`  a: { sms: Hello, to: '${to}', go: z }`));
    expect(decided.map((message) => message.to)).toEqual([msisdn]);
  });

  it.each([
    ['{{ friend.number }}', 'friend', '{{ friend.number }}'],
    ['nobody', 'nobody'],
  ])('to "%s" is not sent, counts %s as missing, and goes on', (to, ...names) => {
    const { decided, screen } = take(walkOf(`  a: { sms: Hello, to: '${to}', go: z }`));
    expect(decided).toEqual([]);
    expect(missed).toEqual(names);
    expect(screen).toBe('Done.');
  });

  it('is not sent to a caller without a number', () => {
    const { decided } = take(walkOf('  a: { sms: Hello, go: z }', contextOf({ caller: { id: 'user-7' } })));
    expect(decided).toEqual([]);
    expect(missed).toEqual(['caller.msisdn']);
  });

  it('is not sent when it comes to no text, and never holds what is sensitive', () => {
    const steps =
      "  a: { ask: PIN?, type: pin, save: p, go: b }\n  b: { sms: '{{ p }}', go: c }\n  c: { sms: 'P{{ p }}', go: z }";
    expect(take(walkOf(steps), ['4711']).decided.map(({ text }) => text)).toEqual(['P']);
  });
});

describe('a call with late: sms', () => {
  const steps = `
  a: { ask: Which?, save: crop, go: b }
  b: { say: Looking., go: c }
  c:
    call: prices.lookup
    late: sms
    save: price
    go: { ok: show, none: none, again: c, other: d, error: sorry, timeout: sorry }
  show: { end: { default: 'Screen {{ price }}', sms: { en: '{{ crop }}: {{ price }}', sw: 'Bei {{ price }}' } } }
  none: { say: No price., go: a }
  d: { sms: 'Noted {{ crop }}', to: '0700 000 204', go: e }
  e: { say: So far., go: f }
  f: { call: prices.lookup, go: z }
  sorry: { end: Busy. }`;

  function lateAfter(outcome: string, context = contextOf(), language = 'en'): readonly DecidedMessage[] {
    const walk = walkOf(steps, context, language);
    const { effects, screen } = take(walk, ['maize'], [{ outcome: 'timeout', late: true }]);
    const [call] = effects;
    expect(screen).toBe('Looking.\nBusy.');
    if (call?.kind !== 'call' || call.late === undefined) throw new Error('the call says nothing of a late result');
    const late = lateMessages(walk.version, { ...call, late: call.late }, context, { outcome, value: 42 });
    expect(lateMessages(walk.version, { ...call, late: call.late }, context, { outcome, value: 42 })).toEqual(late);
    return late;
  }
  const message = (text: string): DecidedMessage => ({ step: 'test/c', visit: 1, to: '+254700000201', text });

  it('sends what the result leads to, as for SMS, from where the call was made', () => {
    expect(lateAfter('ok')).toEqual([message('maize: 42')]);
    expect(lateAfter('ok', contextOf(), 'sw')).toEqual([message('Bei 42')]);
  });

  it('sends a question with what stands above it', () => {
    expect(lateAfter('none')).toEqual([message('No price.\nWhich?')]);
  });

  it('sends the messages on the way, and what was said before the next effect', () => {
    const noted = { step: 'test/c test/d', visit: 1, to: '+254700000204', text: 'Noted maize' };
    expect(lateAfter('other')).toEqual([noted, message('So far.')]);
  });

  it('sends nothing where that is no news, or nobody can be sent to', () => {
    expect(lateAfter('timeout')).toEqual([]);
    expect(lateAfter('again')).toEqual([]);
    expect(lateAfter('ok', contextOf({ caller: { id: 'user-7' } }))).toEqual([]);
  });

  it('keeps nothing of the state for a call that wants none', () => {
    const { effects } = take(walkOf('  a: { call: prices.lookup, go: z }'), [], [{ outcome: 'ok' }]);
    expect(effects[0]).not.toHaveProperty('late');
  });
});
