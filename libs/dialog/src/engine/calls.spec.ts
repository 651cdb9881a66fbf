import { describe, expect, it } from '@jest/globals';
import { DialogTester, type Phone } from '@app/testing';

const recording = 'https://voice.example/recordings/7.mp3';

const source = (steps: string, head = '') => `
dialog: test
start: a
${head}
steps:
${steps}
  z: { end: 'Got {{ v }}.' }
`;

/** A call that was answered as given: `-` is silence. */
async function call(steps: string, answers: readonly string[] = [], head = ''): Promise<Phone> {
  const phone = await new DialogTester({ test: source(steps, head) }).caller().dial();
  for (const answer of answers) await (answer === '-' ? phone.silence() : phone.answer(answer));
  return phone;
}

const menuOf = (count: number) =>
  `  a: { menu: Which?, save: v, go: z, options: [${Array.from({ length: count }, (_, i) => `{ label: L${i + 1} }`).join(', ')}] }`;

describe('a menu in a call', () => {
  const menu = `
  a: { say: Hello, go: b }
  b: { play: { en: 'https://a.example/en.mp3', sw: 'https://a.example/sw.mp3' }, go: c }
  c: { say: Now., go: m }
  m:
    menu: Which crop?
    save: v
    options: [{ label: Maize, value: maize }, { label: Beans, value: beans }]
    go: z`;
  const languages = 'languages: [en, sw]';
  const question = 'Which crop?\nFor Maize, press 1.\nFor Beans, press 2.\n[1 keys]';

  it('is heard after all that stands above it, each option with its key', async () => {
    const phone = await call(menu, [], languages);
    expect(phone.heard).toBe(`Hello\n<https://a.example/en.mp3>\nNow.\n${question}`);
    expect(phone.screen).toBe('Hello\nNow.\nWhich crop?\nFor Maize, press 1.\nFor Beans, press 2.');
  });

  it.each([
    ['9', 'That is not one of the choices.'],
    ['-', 'I did not hear anything.'],
    [recording, 'That is not one of the choices.'],
  ])('is asked again after %s, with what was wrong first', async (answer, complaint) => {
    const phone = await call(menu, [answer], languages);
    expect(phone.heard).toBe(`${complaint}\n${question}`);
    expect((await phone.answer('2')).heard).toBe('Got beans.');
    expect(phone.reply?.end).toBe(true);
  });

  it('ends with goodbye after three answers that do not fit, silence among them', async () => {
    const phone = await call(menu, ['9', '-', '7'], languages);
    expect(phone.heard).toBe('Thank you. Goodbye.');
    expect(phone.reply).toMatchObject({ end: true, failed: false });
  });

  it('goes to otherwise after as many attempts as it has', async () => {
    const steps = `${menuOf(2)}\n  n: { end: Nobody there. }`.replace('save: v', 'attempts: 2, otherwise: n, save: v');
    expect((await call(steps, ['-', '-'])).heard).toBe('Nobody there.');
  });

  it.each([
    [9, '1 keys', '9'],
    [10, 'keys, then #', '10'],
  ])('of %i options waits for %s', async (count, prompt, last) => {
    const phone = await call(menuOf(count));
    expect(phone.heard.endsWith(`For L${last}, press ${last}.\n[${prompt}]`)).toBe(true);
    expect((await phone.answer(last)).heard).toBe(`Got L${last}.`);
  });

  it('says its own words in its own language', async () => {
    const head = `languages: [sw]\nphrases: { press: { sw: '{{ n }} kwa {{ label }}.' }, noInput: { sw: Sikusikia. } }`;
    const phone = await call(menuOf(1), ['-'], head);
    expect(phone.heard).toBe('Sikusikia.\nWhich?\n1 kwa L1.\n[1 keys]');
    expect(phone.reply?.voice?.language).toBe('sw');
  });

  it('is never cut into pages', async () => {
    const phone = await call(`  a: { say: ${'word '.repeat(200)}, go: m }\n${menuOf(30).replace('a:', 'm:')}`);
    expect(phone.heard.split('\n')).toHaveLength(33);
    expect((await phone.answer('98')).heard.split('\n')[0]).toBe('That is not one of the choices.');
  });

  it('uses the words that a text has for calls', async () => {
    expect((await call("  a: { end: { default: Read this., voice: 'Hear this.' } }")).heard).toBe('Hear this.');
  });
});

describe('an ask in a call', () => {
  const ask = (rest: string) => `  a: { ask: How?, ${rest}, save: v, go: z }`;

  it.each([
    ['type: integer', 'keys, then #', '12', '12'],
    ['type: decimal', 'keys, then #', '1*5', '1.5'],
    ['type: amount', 'keys, then #', '250*50', '250.5'],
    ['type: date', 'keys, then #', '31122026', '2026-12-31'],
    ['type: phone', 'keys, then #', '0700000202', '+254700000202'],
    ['type: text', 'recording', recording, recording],
    ['type: pattern, pattern: "[A-Z]+"', 'recording', recording, recording],
  ])('of %s waits for %s and saves what %s means', async (rest, prompt, answer, saved) => {
    const phone = await call(ask(rest));
    expect(phone.heard).toBe(`How?\n[${prompt}]`);
    expect((await phone.answer(answer)).heard).toBe(`Got ${saved}.`);
  });

  it.each([
    ['type: pin', '4 keys'],
    ['type: pin, minLength: 6, maxLength: 6', '6 keys'],
    ['type: pin, minLength: 4, maxLength: 6', 'keys, then #'],
  ])('of %s waits for %s', async (rest, prompt) => {
    const steps = `  a: { ask: PIN?, ${rest}, save: p, go: b }\n  b: { end: Thanks. }`;
    expect((await call(steps)).heard).toBe(`PIN?\n[${prompt}]`);
  });

  it.each([
    ['type: integer', recording],
    ['type: integer', '1*5'],
    ['type: decimal', '1**5'],
    ['type: text', '123'],
  ])('of %s refuses %s', async (rest, answer) => {
    expect((await call(ask(rest), [answer])).heard).toMatch(/^That does not look right\.\nHow\?/);
  });

  it('of a text goes another way where there is one', async () => {
    const steps = `${ask('otherwise: n')}\n  n: { end: Please write to us. }`;
    expect((await call(steps)).heard).toBe('Please write to us.');
  });

  it('of digits goes to otherwise only when its attempts are used up', async () => {
    const steps = `${ask('type: integer, otherwise: n')}\n  n: { end: Please write to us. }`;
    expect((await call(steps)).heard).toBe('How?\n[keys, then #]');
    expect((await call(steps, ['-', '-', '-'])).heard).toBe('Please write to us.');
  });

  it('never says what is sensitive', async () => {
    const steps = `
  a: { ask: PIN?, type: pin, save: p, go: b }
  b: { say: 'It was {{ p }}', go: c }
  c: { menu: 'With {{ p }}?', options: [{ label: 'Of {{ p }}', go: z }] }`;
    const phone = await call(steps, ['4711']);
    expect(JSON.stringify(phone.reply)).not.toContain('4711');
    expect(phone.heard).toBe('It was \nWith ?\nFor Of , press 1.\n[1 keys]');
  });
});

describe('a recording', () => {
  const record = '  a: { record: After the tone., maxSeconds: 30, save: v, go: z }';

  it('is waited for and saved by its address', async () => {
    const phone = await call(record);
    expect(phone.heard).toBe('After the tone.\n[recording of 30 s]');
    expect((await phone.answer(recording)).heard).toBe(`Got ${recording}.`);
  });

  it('is asked for again after silence and after keys, three times in all', async () => {
    const phone = await call(record, ['-']);
    expect(phone.heard).toBe('I did not hear anything.\nAfter the tone.\n[recording of 30 s]');
    expect((await phone.answer('5')).heard).toMatch(/^That does not look right\./);
    expect((await phone.silence()).heard).toBe('Thank you. Goodbye.');
  });

  it('leads to otherwise when nothing came', async () => {
    const steps = `${record.replace(' go: z', ' go: z, otherwise: n')}\n  n: { end: Maybe later. }`;
    expect((await call(steps, ['-', '-', '-'])).heard).toBe('Maybe later.');
  });

  it.each(['sms', 'ussd', 'bot'] as const)('is not made on %s', async (channel) => {
    const world = new DialogTester({ test: source(`${record.slice(0, -1)}, otherwise: n }\n  n: { end: Write. }`) });
    expect((await world.phone({ kind: 'latest', turn: { channel } }).dial()).screen).toBe('Write.');
  });
});

describe('a transfer', () => {
  const transfer = (rest = '') => `  a: { say: One moment., go: t }\n  t: { transfer: '0700 000 203'${rest} }`;

  it('waits at the other number, in full', async () => {
    const phone = await call(transfer(', record: true, otherwise: z'));
    expect(phone.heard).toBe('One moment.\n[transfer to +254700000203, recorded]');
    expect(phone.reply?.end).toBe(false);
  });

  it.each([
    ['an address of the provider', "'desk.one@ke.sip.example'", 'desk.one@ke.sip.example'],
    ['a variable', "'{{ caller.msisdn }}'", '+254700000201'],
  ])('goes to %s', async (_what, number, to) => {
    expect((await call(`  a: { transfer: ${number}, otherwise: z }`)).heard).toBe(`[transfer to ${to}]`);
  });

  it('goes on by otherwise when nobody takes it, and ends without one', async () => {
    const steps = `${transfer(', otherwise: n')}\n  n: { end: Nobody is free. }`;
    expect((await call(steps, ['-'])).heard).toBe('Nobody is free.');
    const phone = await call(transfer(), ['-']);
    expect(phone.heard).toBe('The service is not available right now. Please try again later.');
    expect(phone.reply?.end).toBe(true);
  });

  it('goes on by otherwise where there is no number', async () => {
    const steps = "  a: { transfer: '{{ caller.name }}', otherwise: n }\n  n: { end: Nobody is free. }";
    expect((await call(steps)).heard).toBe('Nobody is free.');
  });

  it('is nothing to go back to', async () => {
    const steps = `
  a: { menu: Home, options: [{ label: Talk, go: s }] }
  s: { set: { tried: 1 }, go: t }
  t: { transfer: '+254700000203', otherwise: u }
  u: { set: { late: 1 }, go: n }
  n: { menu: Nobody is free., options: [{ label: Leave, go: w }] }
  w: { end: '{{ tried }}{{ late }}' }`;
    const phone = await call(steps, ['1', '-']);
    expect(phone.heard).toMatch(/^Nobody is free\./);
    expect((await phone.answer('0')).heard).toMatch(/^Home/);
    expect((await phone.answer('0')).heard).toMatch(/^Home/);
  });
});

describe('the keys of a call', () => {
  const steps = `
  a: { menu: First, options: [{ label: On, go: b }] }
  b: { menu: Second, options: [{ label: On, go: c }] }
  c: { ask: Third, type: integer, min: 5, save: v, go: z }`;
  const first = (phone: Phone) => phone.heard.split('\n')[0];

  it.each([
    ['0', '', 'Second'],
    ['*', '', 'First'],
    ['00', '', 'That does not look right.'],
    ['0', "navigation: { back: '7', home: '8' }", 'Second'],
    ['7', "navigation: { back: '7', home: '8' }", 'Got 7.'],
    ['0', 'navigation: { back: null }', 'That does not look right.'],
    ['*', 'navigation: { home: null }', 'That does not look right.'],
  ])('%s with "%s" leads to %s', async (key, head, heard) => {
    expect(first(await call(steps, ['1', '1', key], head))).toBe(heard);
  });

  it('belong to an option or an answer that claims them', async () => {
    const zero = "  a: { menu: First, options: [{ label: On, also: ['0', '*'], go: b }] }\n  b: { end: Taken. }";
    expect((await call(zero, ['0'])).heard).toBe('Taken.');
    expect((await call(zero, ['*'])).heard).toBe('Taken.');
    expect((await call('  a: { ask: How many?, type: integer, save: v, go: z }', ['0'])).heard).toBe('Got 0.');
  });
});

describe('what only a call can do', () => {
  it('is passed over elsewhere: audio is not played', async () => {
    const steps = "  a: { play: 'https://a.example/en.mp3', go: b }\n  b: { end: Read. }";
    const world = new DialogTester({ test: source(steps) });
    for (const channel of ['ussd', 'sms', 'bot'] as const) {
      const phone = await world.phone({ kind: 'latest', turn: { channel } }).dial();
      expect(phone.reply).toMatchObject({ texts: ['Read.'], end: true });
      expect(phone.reply).not.toHaveProperty('voice');
    }
  });
});
