import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { parseDialog } from './parse-dialog.js';
import { phraseNames } from './phrases.js';

const schema = JSON.parse(readFileSync('schemas/dialog.schema.json', 'utf8')) as {
  properties: { phrases: { properties: Record<string, unknown> } };
};
const validate = new Ajv({ allErrors: true, allowUnionTypes: true, strictTypes: false }).compile(schema);
const demos = 'examples/demo/dialogs';

/** What the schema and the reader think of a file; they should agree. */
function opinions(source: string): { schema: boolean; reader: boolean } {
  return { schema: validate(parse(source)), reader: parseDialog('t.dialog.yaml', source).dialog !== undefined };
}

const steps = (text: string) => `dialog: t\nlanguages: [en, sw]\nstart: a\nsteps:\n${text}\n`;

const everything = `
dialog: t
languages: [en, sw-KE]
start: home
idle: { ussd: 500ms, sms: 24h, voice: 1h, bot: 30m }
resume: ask
resumeWithin: 10m
navigation: { back: 0, home: "00", more: null }
showNavigation: true
phrases: { invalid: { sw: Hapana }, press: "{{ label }} {{ n }}" }
steps:
  home:
    menu: { en: Hi, sw: Habari }
    options:
      - { label: 1, value: 7, also: [a, 8], when: channel == "ussd", go: pin }
      - { label: { ussd: { en: A, sw: B }, default: C } }
    go: list
    save: picked
    attempts: 2
    invalid: No
    otherwise: end
  list: { menu: Which?, optionsFrom: picked.items, go: pin }
  pin: { ask: PIN, type: pin, minLength: 4, save: pin, go: date }
  date: { ask: When?, type: date, min: 2026-01-01, max: 2026-12-31, go: code }
  code: { ask: Code, type: pattern, pattern: "[A-Z]+", go: amount, sensitive: true }
  amount: { ask: How much?, type: amount, min: 0.5, save: amount, go: set }
  set: { set: { x: [1, "{{ amount }}", { y: null }], language: sw }, go: choose }
  choose: { choose: [{ when: amount > 3, go: call }, { go: http }] }
  call: { call: a.b, with: { to: "{{ x }}" }, timeout: 3s, save: r, late: sms, go: { ok: say, error: http } }
  http: { http: "https://x.example/{{ x }}", method: POST, headers: { X-A: 1 }, body: { a: 1 }, go: { 200: say, 4xx: say, ok: say } }
  say: { say: Wait, go: run }
  run: { run: other, with: { a: 1 }, save: o, go: { done: sms } }
  sms: { sms: Hi, to: "{{ caller.msisdn }}", go: record }
  record: { record: Speak, maxSeconds: 30, save: url, go: play, otherwise: play }
  play: { play: { en: "https://x.example/a.mp3" }, go: transfer }
  transfer: { transfer: "+254700000201", record: true, otherwise: end }
  end: { end: Bye, as: done }
`;

describe('the JSON schema of dialogs', () => {
  it.each(readdirSync(demos).filter((file) => file.endsWith('.dialog.yaml')))('takes the demo dialog %s', (file) => {
    const valid = validate(parse(readFileSync(`${demos}/${file}`, 'utf8')));
    expect(validate.errors).toBeNull();
    expect(valid).toBe(true);
  });

  it('takes every key of the language, as the reader does', () => {
    expect(parseDialog('t.dialog.yaml', everything).faults).toEqual([]);
    expect(validate(parse(everything))).toBe(true);
  });

  it('knows the phrases that the reader knows', () => {
    expect(Object.keys(schema.properties.phrases.properties).sort()).toEqual([...phraseNames].sort());
  });

  it.each([
    ['an unknown key', `${steps('  a: { end: x }')}strat: a\n`],
    ['no start', 'dialog: t\nsteps: { a: { end: x } }\n'],
    ['no steps', 'dialog: t\nstart: a\n'],
    ['an unknown kind', steps('  a: { mneu: x }')],
    ['an unknown key of a step', steps('  a: { end: x, goto: a }')],
    ['a menu without options', steps('  a: { menu: x, go: a }')],
    ['a menu with both kinds of options', steps('  a: { menu: x, options: [{ label: y }], optionsFrom: z, go: a }')],
    ['a menu without any go', steps('  a: { menu: x, options: [{ label: y }] }')],
    ['an option without label', steps('  a: { menu: x, options: [{ go: a }] }')],
    ['no attempt at all', steps('  a: { ask: x, attempts: 0, go: a }')],
    ['an ask without go', steps('  a: { ask: x }')],
    ['an unknown type', steps('  a: { ask: x, type: numbr, go: a }')],
    ['a limit of another type', steps('  a: { ask: x, type: phone, min: 3, go: a }')],
    ['lengths of a number', steps('  a: { ask: x, type: integer, maxLength: 3, go: a }')],
    ['a pattern without its type', steps('  a: { ask: x, pattern: a+, go: a }')],
    ['the type pattern without one', steps('  a: { ask: x, type: pattern, go: a }')],
    ['a number as the limit of a date', steps('  a: { ask: x, type: date, min: 3, go: a }')],
    ['a pin that is not sensitive', steps('  a: { ask: x, type: pin, sensitive: false, go: a }')],
    ['a built-in variable saved', steps('  a: { ask: x, save: caller, go: a }')],
    ['a built-in variable set', steps('  a: { set: { now: 1 }, go: a }')],
    ['a wrong duration', steps('  a: { call: x, timeout: 3 sec, go: a }')],
    ['an http outcome that is none', steps('  a: { http: "https://x.example", go: { 2000: a } }')],
    ['an address that is none', steps('  a: { http: "ftp://x", go: a }')],
    ['a GET with a body', steps('  a: { http: "https://x.example", body: { a: 1 }, go: a }')],
    ['channels without default', steps('  a: { end: { ussd: x } }')],
    ['channels and languages mixed', steps('  a: { end: { ussd: x, en: y } }')],
    ['an empty text', steps('  a: { end: "" }')],
    ['an unknown phrase', `${steps('  a: { end: x }')}phrases: { invald: x }\n`],
    ['an unknown channel', `${steps('  a: { end: x }')}idle: { sns: 1h }\n`],
    ['an unknown way to resume', `${steps('  a: { end: x }')}resume: maybe\n`],
    ['a name in capitals', 'dialog: T\nstart: a\nsteps: { a: { end: x } }\n'],
  ])('refuses %s, as the reader does', (_, source) => {
    expect(opinions(source)).toEqual({ schema: false, reader: false });
  });
});
