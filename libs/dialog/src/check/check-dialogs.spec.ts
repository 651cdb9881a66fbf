import { describe, expect, it } from '@jest/globals';
import { checkSources, type CheckOptions } from './check-dialogs.js';

const actions = [
  { name: 'prices.lookup', outcomes: ['ok', 'notFound'] },
  { name: 'free.form' },
  { name: 'account.balance', outcomes: ['ok', 'wrongPin'] },
];

/** A dialog of the given steps that starts with the step `a`; the first step stands in line 5. */
function file(id: string, steps: string, head = 'languages: [en]'): [string, string] {
  return [`${id}.dialog.yaml`, `dialog: ${id}\n${head}\nstart: a\nsteps:\n${steps}\n`];
}

function found(files: readonly [string, string][], options: CheckOptions = { actions }): string[] {
  return checkSources(new Map(files), options).faults.map(
    ({ file: name, line, column, code }) => `${name.replace('.dialog.yaml', '')} ${line}:${column} ${code}`,
  );
}

const end = '  z: { end: Done }';

const oneFile: readonly (readonly [string, string, readonly string[]])[] = [
  ['a step that nothing reaches', `  a: { end: x }\n${end}`, ['t 6:3 unreachable-step']],
  ['a path that cannot end', '  a: { menu: x, options: [{ label: y, go: a }] }', ['t 5:3 endless-path']],
  [
    'a part that cannot end, once',
    `  a: { menu: x, options: [{ label: p, go: z }, { label: q, go: b }] }\n  b: { ask: x, go: c }\n  c: { ask: x, go: b }\n${end}`,
    ['t 6:3 endless-path'],
  ],
  [
    'a loop without a question',
    `  a: { call: free.form, go: { ok: z, error: b } }\n  b: { say: x, go: a }\n${end}`,
    ['t 5:3 loop-without-question'],
  ],
  [
    'no loop where somebody is asked',
    `  a: { call: free.form, go: { ok: z, error: b } }\n  b: { ask: x, go: a }\n${end}`,
    [],
  ],
  ['a variable that nothing sets', '  a: { end: "{{ crp }}" }', ['t 5:13 unknown-variable']],
  [
    'a variable that no path can have set',
    `  a: { menu: "{{ x }}", options: [{ label: y, go: b }] }\n  b: { ask: x, save: x, go: z }\n${end}`,
    ['t 5:14 unknown-variable'],
  ],
  [
    'no fault where one path sets the variable',
    `  a: { menu: y, options: [{ label: p, go: b }, { label: q, go: c }] }\n  b: { ask: x, save: x, go: c }\n  c: { end: "{{ x }}" }`,
    [],
  ],
  [
    'a variable of a condition',
    `  a: { choose: [{ when: amnt > 3, go: z }, { go: z }] }\n${end}`,
    ['t 5:17 unknown-variable'],
  ],
  [
    'an answer on the way of otherwise',
    `  a: { ask: x, save: x, go: z, otherwise: b }\n  b: { end: "{{ x }}" }\n${end}`,
    ['t 6:13 unknown-variable'],
  ],
  [
    'what a call saves on the way of its timeout',
    `  a: { call: free.form, save: p, go: { ok: z, timeout: b } }\n  b: { end: "{{ p }}" }\n${end}`,
    ['t 6:13 unknown-variable'],
  ],
  ['an unknown member of caller', '  a: { end: "{{ caller.phone }}" }', ['t 5:13 unknown-variable']],
  [
    'the built-in variables',
    '  a: { end: "{{ caller.msisdn }}{{ channel }}{{ to }}{{ entities.x }}{{ now }}{{ allEntities.x.size }}" }',
    [],
  ],
  ['what a set has set above', `  a: { set: { x: 1, y: "{{ x }}" }, go: b }\n  b: { end: "{{ y }}" }`, []],
  ['a pin shown', '  a: { ask: x, type: pin, save: p, go: b }\n  b: { end: "{{ p }}" }', ['t 6:13 sensitive-leak']],
  [
    'a pin copied and shown',
    '  a: { ask: x, type: pin, save: p, go: b }\n  b: { set: { q: "0{{ p }}" }, go: c }\n  c: { end: "{{ q | upcase }}" }',
    ['t 7:13 sensitive-leak'],
  ],
  [
    'a pin overwritten and shown',
    '  a: { ask: x, type: pin, save: p, go: b }\n  b: { set: { p: gone }, go: c }\n  c: { end: "{{ p }}" }',
    [],
  ],
  [
    'a pin in an http request',
    `  a: { ask: x, type: pin, save: p, go: b }\n  b: { http: "https://x.example/{{ p }}", go: c }\n  c: { http: "https://x.example", method: POST, headers: { h: "{{ p }}" }, body: { q: ["{{ p }}"] }, go: z }\n${end}`,
    ['t 6:14 sensitive-leak', 't 7:63 sensitive-leak', 't 7:82 sensitive-leak'],
  ],
  [
    'a sensitive answer in an sms',
    `  a: { ask: x, sensitive: true, save: p, go: b }\n  b: { sms: "{{ p }}", go: z }\n${end}`,
    ['t 6:13 sensitive-leak'],
  ],
  [
    'a pin handed to an action',
    `  a: { ask: x, type: pin, save: p, go: b }\n  b: { call: account.balance, with: { pin: "{{ p }}" }, go: z }\n${end}`,
    [],
  ],
  ['an unknown action', `  a: { call: price.lookup, go: z }\n${end}`, ['t 5:14 unknown-action']],
  [
    'an unknown outcome',
    `  a: { call: prices.lookup, go: { ok: z, notfound: z, error: z, timeout: z } }\n${end}`,
    ['t 5:42 unknown-outcome'],
  ],
  ['any outcome of an action that declares none', `  a: { call: free.form, go: { whatever: z } }\n${end}`, []],
  ['a dialog that is not there', `  a: { run: uu, go: z }\n${end}`, ['t 5:13 unknown-dialog']],
];

describe('checkSources', () => {
  it.each(oneFile)('finds %s', (_, steps, expected) => {
    expect(found([file('t', steps)])).toEqual(expected);
  });

  it('knows no unknown action where no actions are given', () => {
    expect(found([file('t', `  a: { call: x.y, go: { z: z } }\n${end}`)], {})).toEqual([]);
  });

  it('says what was probably meant', () => {
    const hintsOf = (steps: string) =>
      checkSources(new Map([file('t', steps)]), { actions }).faults.map(({ hint }) => hint);
    expect(hintsOf(`  a: { call: price.lookup, go: z }\n${end}`)).toEqual(['Did you mean "prices.lookup"?']);
    expect(hintsOf('  a: { ask: x, save: crop, go: b }\n  b: { end: "{{ crp }}" }')).toEqual(['Did you mean "crop"?']);
  });

  it('publishes no version while anything is a fault, and all while there are warnings alone', () => {
    const faulty = checkSources(new Map([file('t', '  a: { end: "{{ x }}" }'), file('u', '  a: { end: x }')]));
    expect(faulty.versions).toEqual([]);
    const warned = checkSources(new Map([file('t', '  a: { transfer: "+254700000201" }')]));
    expect(warned.versions.map(({ id }) => id)).toEqual(['t']);
  });
});

describe('dialogs that run each other', () => {
  const sub = (steps: string) => file('u', steps);

  it('hand on what with names, and nothing else', () => {
    const main = `  a: { ask: x, save: x, go: b }\n  b: { run: u, with: { y: "{{ x }}" }, go: z }\n${end}`;
    expect(found([file('t', main), sub('  a: { end: "{{ y }}" }')])).toEqual([]);
    expect(found([file('t', main), sub('  a: { end: "{{ x }}" }')])).toEqual(['u 5:13 unknown-variable']);
  });

  it('leak a pin that was handed on', () => {
    const main = `  a: { ask: x, type: pin, save: p, go: b }\n  b: { run: u, with: { y: "{{ p }}" }, go: z }\n${end}`;
    expect(found([file('t', main), sub('  a: { end: "{{ y }}" }')])).toEqual(['u 5:13 sensitive-leak']);
  });

  it('leak a pin that came back, but not what came back beside it', () => {
    const inner = sub(
      '  a: { ask: x, type: pin, save: p, go: b }\n  b: { ask: y, save: q, go: c }\n  c: { end: Done }',
    );
    const shows = (path: string) => file('t', `  a: { run: u, save: r, go: z }\n  z: { end: "{{ r.${path} }}" }`);
    expect(found([shows('p'), inner])).toEqual(['t 6:13 sensitive-leak']);
    expect(found([shows('q'), inner])).toEqual([]);
  });

  it('have the outcomes that their ends name', () => {
    const inner = sub(
      '  a: { menu: x, options: [{ label: p, go: b }, { label: q, go: c }] }\n  b: { end: x }\n  c: { end: y, as: no }',
    );
    expect(found([file('t', `  a: { run: u, go: { done: z, no: z } }\n${end}`), inner])).toEqual([]);
    expect(found([file('t', `  a: { run: u, go: { ok: z } }\n${end}`), inner])).toEqual(['t 5:22 unknown-outcome']);
  });

  it('may run themselves where somebody is asked on the way', () => {
    const asks = `  a: { menu: x, options: [{ label: p, go: b }, { label: q, go: z }] }\n  b: { run: t, save: r, go: a }\n${end}`;
    expect(found([file('t', asks)])).toEqual([]);
    const silent = `  a: { choose: [{ when: channel == "bot", go: b }, { go: z }] }\n  b: { run: t, go: z }\n${end}`;
    expect(found([file('t', silent)])).toEqual(['t 5:3 loop-without-question']);
  });

  it('make a loop without a question together', () => {
    const loop = `  a: { run: u, go: b }\n  b: { choose: [{ when: channel == "bot", go: z }, { go: a }] }\n${end}`;
    expect(found([file('t', loop), sub('  a: { end: x }')])).toEqual(['t 5:3 loop-without-question']);
    expect(found([file('t', loop), sub('  a: { ask: x, go: z }\n  z: { end: x }')])).toEqual([]);
  });

  it('cannot end where the dialog that is run cannot', () => {
    const inner = sub('  a: { ask: x, go: a }');
    expect(found([file('t', `  a: { run: u, go: z }\n${end}`), inner])).toEqual([
      't 5:3 endless-path',
      'u 5:3 endless-path',
    ]);
  });

  it('are not blamed for a dialog whose file is faulty', () => {
    expect(
      found([file('t', `  a: { run: u, save: r, go: { x: z } }\n  z: { end: "{{ r.p }}" }`), sub('  a: { end: "" }')]),
    ).toEqual(['u 5:13 empty-text']);
  });
});

describe('warnings', () => {
  const two =
    'languages: [en, sw]\nphrases: { busy: x, unavailable: x, restarted: x, more: x, back: x, invalid: x, goodbye: x }';
  /** The first step stands in line 6 here. */
  const warned = (steps: string, head = two, options: CheckOptions = {}) => {
    const { faults } = checkSources(new Map([file('t', steps, head)]), options);
    expect(faults.filter(({ severity }) => severity === 'fault')).toEqual([]);
    return faults.map(({ line, column, code }) => `${line}:${column} ${code}`);
  };

  it('name texts and labels that a language lacks', () => {
    expect(warned('  a: { end: { en: Bye } }')).toEqual(['6:13 missing-translation']);
    expect(warned('  a: { end: Bye }')).toEqual(['6:13 missing-translation']);
    expect(warned('  a: { end: "{{ caller.name }} 12" }')).toEqual([]);
    const menu = '  a: { menu: { en: x, sw: y }, options: [{ label: Go on, go: z }] }\n  z: { end: { en: x, sw: y } }';
    expect(warned(menu)).toEqual(['6:42 missing-translation']);
  });

  it('name phrases that stay English', () => {
    const { faults } = checkSources(new Map([file('t', '  a: { end: x }', 'languages: [sw]')]));
    expect(faults).toMatchObject([{ line: 2, code: 'missing-phrase', severity: 'warning' }]);
    expect(faults[0]?.message).toContain('busy, unavailable, restarted, more, back');
    expect(warned('  a: { end: x }', 'languages: [en]\n')).toEqual([]);
  });

  it('name phrases of calls that stay English in a dialog that is called, and in those that it runs', () => {
    const head = two.replace(' }', ', invalidAnswer: x }');
    const menu = '  a: { menu: "?", options: [{ label: "1", go: z }] }\n  z: { end: "1" }';
    expect(warned(menu, head)).toEqual([]);
    expect(warned(menu, head, { spoken: ['other'] })).toEqual([]);
    expect(warned(menu, head, { spoken: ['t'] })).toEqual(['3:10 missing-phrase']);
    expect(warned(menu, head.replace(' }', ', press: x, noInput: x }'), { spoken: ['t'] })).toEqual([]);
    const asks = file('u', '  a: { ask: "?", type: integer, save: n, go: z }\n  z: { end: "1" }', head);
    const runs = file('t', '  a: { run: u, go: z }\n  z: { end: "1" }', head);
    const { faults } = checkSources(new Map([runs, asks]), { spoken: ['t'] });
    expect(faults.map(({ file: where, message }) => `${where} ${message.split(': ').at(-1)!}`)).toEqual([
      'u.dialog.yaml noInput.',
    ]);
  });

  it('name a line that no page can hold, but not a list that takes pages', () => {
    const english = 'languages: [en]\n';
    const long = 'word '.repeat(40).trim();
    expect(warned(`  a: { end: ${long} }`, english)).toEqual(['6:13 screen-too-long']);
    expect(warned(`  a: { end: ${long} }`, english, { limits: { septets: 400 } })).toEqual([]);
    const options = Array.from({ length: 30 }, (_, i) => `{ label: Option number ${i}, go: z }`).join(', ');
    expect(warned(`  a: { menu: x, options: [${options}] }\n  z: { end: x }`, english)).toEqual([]);
    const one = `{ label: ${long}, go: z }`;
    expect(warned(`  a: { menu: x, options: [${one}] }\n  z: { end: x }`, english)).toEqual(['6:27 screen-too-long']);
  });

  it('name characters that the network cannot show', () => {
    const english = 'languages: [en]\n';
    expect(warned('  a: { end: Bei ✓ }', english)).toEqual(['6:13 unshowable-characters']);
    expect(warned('  a: { end: “Bei” – 5 € }', english)).toEqual([]);
    expect(warned('  a: { end: { bot: Bei ✓, default: Bei } }', english)).toEqual([]);
  });

  it('name a dialog that takes longer than a session lasts', () => {
    const asks = Array.from({ length: 23 }, (_, i) => `  ${i === 0 ? 'a' : `s${i}`}: { ask: x, go: s${i + 1} }`);
    const steps = `${asks.join('\n')}\n  s23: { end: x }`;
    expect(warned(steps, 'languages: [en]\n')).toEqual(['6:3 session-too-short']);
    expect(warned(steps, 'languages: [en]\n', { limits: { sessionSeconds: 300 } })).toEqual([]);
  });

  it('name voice steps without otherwise', () => {
    const english = 'languages: [en]\n';
    expect(warned('  a: { transfer: "+254700000201" }', english)).toEqual(['6:3 voice-only']);
    expect(warned('  a: { record: x, go: z }\n  z: { end: x }', english)).toEqual(['6:3 voice-only']);
    expect(warned('  a: { sms: x, go: z }\n  z: { end: x }', english)).toEqual([]);
    expect(warned('  a: { transfer: "+254700000201", otherwise: z }\n  z: { end: x }', english)).toEqual([]);
  });

  it('name a way around a text that comes back to it, which only a call takes without asking', () => {
    const english = 'languages: [en]\n';
    const loop = (type: string) =>
      `  a: { ask: x, type: ${type}, go: z, otherwise: b }\n  b: { say: x, go: a }\n  z: { end: x }`;
    expect(warned(loop('text'), english)).toEqual(['6:3 loop-on-voice']);
    expect(warned(loop('integer'), english)).toEqual([]);
    expect(warned('  a: { record: x, go: z, otherwise: z }\n  z: { end: x }', english)).toEqual([]);
  });

  it('name navigation keys that clash', () => {
    const keys = 'navigation: { back: 0, home: 0, more: 98 }';
    expect(warned('  a: { end: x }', `languages: [en]\n${keys}`)).toEqual(['3:13 navigation-clash']);
    const menu = '  a: { menu: x, options: [{ label: None, value: 0, go: z }] }\n  z: { end: x }';
    expect(warned(menu, 'languages: [en]\n')).toEqual(['6:27 navigation-clash']);
  });

  it('name a language that is chosen but not there', () => {
    const steps = '  a: { set: { language: fr }, go: z }\n  z: { end: "1" }';
    expect(warned(steps)).toEqual(['6:25 unknown-language']);
  });
});
