import { describe, expect, it } from '@jest/globals';
import { parseDialog } from './parse-dialog.js';

const head = 'dialog: t\nstart: a\nsteps:\n';
const whole = (steps: string) => `${head}${steps}`;

/** Every fault as `line:column code`. */
function positions(source: string): string[] {
  return parseDialog('t.dialog.yaml', source).faults.map((fault) => `${fault.line}:${fault.column} ${fault.code}`);
}

const faulty: readonly (readonly [string, string, readonly string[]])[] = [
  ['an empty file', '', ['1:1 not-a-map']],
  ['a list instead of a map', '- a\n', ['1:1 not-a-map']],
  ['a map without anything', 'languages: [en]\n', ['1:1 missing-key', '1:1 missing-key', '1:1 missing-key']],
  ['an unknown key', `${whole('  a: { end: x }\n')}stat: a\n`, ['5:1 unknown-key']],
  ['a duplicate key', whole('  a: { end: x }\n  a: { end: y }\n'), ['5:3 yaml-duplicate-key']],
  ['a tab', whole('  a:\n\t  end: x\n'), ['5:1 yaml-tab-as-indent']],
  ['two documents', `${whole('  a: { end: x }\n')}---\nb: 1\n`, ['5:1 yaml-multiple-docs']],
  ['an anchor and its alias', whole('  a: { end: &x hello }\n  b: { end: *x }\n'), ['4:13 anchor', '5:13 alias']],
  ['a tag', whole('  a: { end: !!binary aGVsbG8= }\n'), ['4:13 tag']],
  ['another name than the file', 'dialog: u\nstart: a\nsteps: { a: { end: x } }\n', ['1:9 name-differs']],
  ['an unknown start', 'dialog: t\nstart: aa\nsteps: { a: { end: x } }\n', ['2:8 unknown-step']],
  ['an unknown step after go', whole('  a: { say: x, go: bb }\n  b: { end: x }\n'), ['4:20 unknown-step']],
  ['an unknown kind', whole('  a: { mneu: x }\n'), ['4:8 unknown-step-kind']],
  ['two kinds in one step', whole('  a: { say: x, end: y, go: a }\n'), ['4:16 two-kinds']],
  ['a step that is a text', whole('  a: hello\n'), ['4:6 not-a-step']],
  ['a step without text', whole('  a: { end: }\n'), ['4:8 missing-key']],
  ['an empty text', whole('  a: { end: "" }\n'), ['4:13 empty-text']],
  ['an unquoted template', whole('  a: { end: {{ name }} }\n'), ['4:14 bad-key']],
  ['an unknown filter', whole('  a: { end: "Hi {{ x | mony }}" }\n'), ['4:17 bad-template']],
  ['a filter in a block', whole('  a:\n    end: |-\n      Hi\n      you {{ x | mony }}\n'), ['7:11 bad-template']],
  ['an unclosed template', whole('  a: { end: "Hi {{ x" }\n'), ['4:17 bad-template']],
  ['an include', whole('  a: { end: "{% include \'b\' %}" }\n'), ['4:14 bad-template']],
  ['a language that the dialog lacks', whole('  a: { end: { en: x, fr: y } }\n'), ['4:22 unknown-language']],
  ['neither language nor channel', whole('  a: { end: { en: x, ussdd: y } }\n'), ['4:22 unknown-language']],
  [
    'no first language',
    'dialog: t\nlanguages: [en, sw]\nstart: a\nsteps: { a: { end: { sw: x } } }\n',
    ['4:20 no-first-language'],
  ],
  ['channels without default', whole('  a: { end: { ussd: x } }\n'), ['4:13 no-default-text']],
  ['channels and languages mixed', whole('  a: { end: { ussd: x, en: y } }\n'), ['4:24 mixed-text']],
  ['a menu without options', whole('  a: { menu: x }\n'), ['4:6 menu-options']],
  [
    'options and optionsFrom',
    whole('  a: { menu: x, options: [{ label: y, go: a }], optionsFrom: z }\n'),
    ['4:49 menu-options'],
  ],
  ['an option without go', whole('  a: { menu: x, options: [{ label: y }] }\n'), ['4:27 missing-key']],
  ['optionsFrom without go', whole('  a: { menu: x, optionsFrom: z }\n'), ['4:17 missing-key']],
  ['an option without label', whole('  a: { menu: x, options: [{ go: a }] }\n'), ['4:27 missing-key']],
  ['zero attempts', whole('  a: { menu: x, attempts: 0, options: [{ label: y, go: a }] }\n'), ['4:27 out-of-range']],
  ['an unknown type', whole('  a: { ask: x, type: numbr, go: a }\n'), ['4:22 unknown-value']],
  ['a limit of another type', whole('  a: { ask: x, type: phone, min: 3, go: a }\n'), ['4:29 limit-of-other-type']],
  ['limits crossed', whole('  a: { ask: x, type: integer, min: 9, max: 1, go: a }\n'), ['4:36 limits-crossed']],
  [
    'a number where a date should be',
    whole('  a: { ask: x, type: date, min: 2026-02-30, go: a }\n'),
    ['4:33 bad-date'],
  ],
  [
    'a pattern with look-ahead',
    whole('  a: { ask: x, type: pattern, pattern: "(?=a)b", go: a }\n'),
    ['4:40 bad-pattern'],
  ],
  ['a pattern without its type', whole('  a: { ask: x, pattern: "a+", go: a }\n'), ['4:16 limit-of-other-type']],
  [
    'a pin that is not sensitive',
    whole('  a: { ask: x, type: pin, sensitive: false, go: a }\n'),
    ['4:27 pin-is-sensitive'],
  ],
  ['an ask that leads nowhere', whole('  a: { ask: x }\n'), ['4:6 missing-key']],
  ['a built-in variable saved', whole('  a: { ask: x, save: caller, go: a }\n'), ['4:22 bad-variable']],
  ['a choose without rest', whole('  a: { choose: [{ when: x == 1, go: a }] }\n'), ['4:17 choose-rest']],
  ['a rest that is not last', whole('  a: { choose: [{ go: a }, { go: a }] }\n'), ['4:17 choose-rest']],
  [
    'a condition that cannot be read',
    whole('  a: { choose: [{ when: "x ==", go: a }, { go: a }] }\n'),
    ['4:30 bad-condition'],
  ],
  [
    'a condition with matches',
    whole('  a: { choose: [{ when: \'y && x.matches("a")\', go: a }, { go: a }] }\n'),
    ['4:31 bad-condition'],
  ],
  [
    'a condition that is a number',
    whole('  a: { choose: [{ when: 1 + 1, go: a }, { go: a }] }\n'),
    ['4:25 bad-condition'],
  ],
  ['a call without go', whole('  a: { call: x.y }\n'), ['4:6 missing-key']],
  ['an unknown step of an outcome', whole('  a: { call: x.y, go: { ok: a, no: b } }\n'), ['4:36 unknown-step']],
  ['a wrong duration', whole('  a: { call: x.y, timeout: 3 sec, go: a }\n'), ['4:28 bad-duration']],
  [
    'an http outcome that is none',
    whole('  a: { http: "https://x.example", go: { 2000: a } }\n'),
    ['4:41 bad-outcome'],
  ],
  ['an address that is none', whole('  a: { http: "ftp://x", go: a }\n'), ['4:14 bad-url']],
  ['a GET with a body', whole('  a: { http: "https://x.example", body: { x: 1 }, go: a }\n'), ['4:35 get-with-body']],
  ['an unknown phrase', `${whole('  a: { end: x }\n')}phrases: { invald: x }\n`, ['5:12 unknown-phrase']],
  ['an unknown navigation key', `${whole('  a: { end: x }\n')}navigation: { bak: "1" }\n`, ['5:15 unknown-key']],
  ['an unknown channel of idle', `${whole('  a: { end: x }\n')}idle: { sns: 1h }\n`, ['5:9 unknown-key']],
  ['a wrong language', 'dialog: t\nlanguages: [english]\nstart: a\nsteps: { a: { end: x } }\n', ['2:13 bad-language']],
];

describe('a faulty dialog file', () => {
  it.each(faulty)('with %s is refused at the exact place', (_, source, expected) => {
    expect(positions(source)).toEqual(expected);
    expect(parseDialog('t.dialog.yaml', source).dialog).toBeUndefined();
  });

  it('reports all its faults at once, in order', () => {
    const source = `dialog: u\nstart: z\nsteps:\n  a: { mnu: x }\n  b: { say: y }\n  c: { ask: q, type: x, go: d }\n`;
    expect(positions(source)).toEqual([
      '1:9 name-differs',
      '2:8 unknown-step',
      '4:8 unknown-step-kind',
      '5:6 missing-key',
      '6:22 unknown-value',
      '6:29 unknown-step',
    ]);
  });

  it('says what was probably meant', () => {
    const hintOf = (source: string) => parseDialog('t.dialog.yaml', source).faults[0]?.hint;
    expect(hintOf(whole('  a: { mneu: x }\n'))).toBe('Did you mean "menu"?');
    expect(hintOf(`${whole('  a: { end: x }\n')}langauges: [en]\n`)).toBe('Did you mean "languages"?');
    expect(hintOf(whole('  a: { end: "{{ x | mony }}" }\n'))).toBe('Did you mean "money"?');
    expect(hintOf(whole('  a: { end: {{ name }} }\n'))).toBe('Put quotes round a text that begins with {{.');
  });

  it('with 20 000 brackets, or longer than 256 KiB, is refused without harm', () => {
    expect(parseDialog('t.dialog.yaml', '['.repeat(20_000)).dialog).toBeUndefined();
    expect(positions('a'.repeat(300_000))).toEqual(['1:1 too-long']);
  });
});

describe('a dialog file', () => {
  it('has the defaults of the language', () => {
    const { dialog, faults } = parseDialog('some/where/t.dialog.yaml', whole('  a: { end: x }\n'));
    expect(faults).toEqual([]);
    expect(dialog).toMatchObject({
      id: 't',
      file: 'some/where/t.dialog.yaml',
      languages: ['en'],
      idleMs: { ussd: 180_000, voice: 3_600_000, bot: 1_800_000, sms: 86_400_000 },
      resume: 'restart',
      resumeWithinMs: 600_000,
      navigation: { back: '0', home: '00', more: '98' },
      showNavigation: false,
    });
    expect(dialog?.steps.get('a')).toMatchObject({ kind: 'end', as: 'done', at: { line: 4, column: 3 } });
  });

  it('keeps the digits of keys as they are written, and null takes a key away', () => {
    const source = `${whole('  a: { end: x }\n')}navigation: { back: 00, home: 0, more: null }\n`;
    expect(parseDialog('t.dialog.yaml', source).dialog?.navigation).toEqual({ back: '00', home: '0' });
  });

  it('reads numbers, booleans and texts of option values as what they are', () => {
    const options =
      'options: [{ label: 1, value: 7 }, { label: b, value: 007 }, { label: c, value: true, also: [8, x] }]';
    const { dialog, faults } = parseDialog('t.dialog.yaml', whole(`  a: { menu: x, go: a, ${options} }\n`));
    expect(faults).toEqual([]);
    const menu = dialog?.steps.get('a');
    const values = menu?.kind === 'menu' ? menu.options?.map((option) => [option.value, option.also]) : [];
    expect(values).toEqual([
      [7, []],
      ['007', []],
      [true, ['8', 'x']],
    ]);
  });

  it('reads texts by channel and language', () => {
    const text = '{ ussd: { en: A, sw: B }, default: C }';
    const source = `dialog: t\nlanguages: [en, sw-KE]\nstart: a\nsteps: { a: { end: ${text} } }\n`;
    const { dialog, faults } = parseDialog('t.dialog.yaml', source);
    expect(faults).toEqual([]);
    const step = dialog?.steps.get('a');
    if (step?.kind !== 'end') throw new Error('no end');
    expect([...(step.text.get('ussd')?.keys() ?? [])]).toEqual(['en', 'sw']);
    expect(step.text.get('default')?.get('')?.source).toBe('C');
  });

  it('makes every pin sensitive, of four digits unless its lengths say otherwise', () => {
    const source = whole('  a: { ask: x, type: pin, go: b }\n  b: { ask: y, type: pin, minLength: 6, go: a }\n');
    const steps = parseDialog('t.dialog.yaml', source).dialog?.steps;
    expect(steps?.get('a')).toMatchObject({ sensitive: true, minLength: 4, maxLength: 4, attempts: 3 });
    expect(steps?.get('b')).toMatchObject({ sensitive: true, minLength: 6, maxLength: 6 });
  });

  it('reads a plain go as any outcome and a go map by outcome', () => {
    const steps = '  a: { call: x.y, go: b }\n  b: { http: "https://x.example/{{ q }}", go: { 404: a, 2xx: b } }\n';
    const read = parseDialog('t.dialog.yaml', whole(steps)).dialog?.steps;
    const goOf = (name: string) => {
      const step = read?.get(name);
      return step?.kind === 'call' || step?.kind === 'http' ? [...step.go] : undefined;
    };
    expect(goOf('a')).toEqual([['*', 'b']]);
    expect(goOf('b')).toEqual([['404', 'a'], ['2xx', 'b']]); // prettier-ignore
    expect(read?.get('a')).toMatchObject({ timeoutMs: 3000 });
  });

  it('lets a transfer have the key record', () => {
    const { dialog, faults } = parseDialog(
      't.dialog.yaml',
      whole('  a: { transfer: "+254700000201", record: true }\n'),
    );
    expect(faults).toEqual([]);
    expect(dialog?.steps.get('a')).toMatchObject({ kind: 'transfer', record: true });
  });
});
