import { describe, expect, it } from '@jest/globals';
import { DialogTester, type Phone } from '@app/testing';

async function walk(phone: Phone, ...answers: string[]): Promise<string> {
  await phone.dial();
  for (const answer of answers) await phone.answer(answer);
  return phone.screen;
}

describe('languages', () => {
  const source = `
dialog: test
languages: [en, sw]
start: home
phrases: { invalid: { sw: Chagua kutoka kwenye orodha. }, unavailable: { sw: Haipatikani. }, goodbye: { sw: Kwaheri. } }
steps:
  home:
    menu: { en: Home, sw: Nyumbani }
    options:
      - { label: Language, go: pick }
      - { label: { en: Fail, sw: Kosa }, go: fail }
      - { label: { en: Leave, sw: Toka }, go: bye }
      - { label: French, go: french }
  pick: { menu: Which?, save: language, options: [{ label: En, value: en }, { label: Sw, value: sw }], go: home }
  french: { set: { language: fr }, go: home }
  fail: { call: nothing.there, go: home }
  bye: { end: "Bye {{ language }}" }
`;
  const tester = (text = source): DialogTester => new DialogTester({ test: text });

  it.each([
    [{ language: 'sw-KE' }, 'Nyumbani'],
    [{ language: 'SW' }, 'Nyumbani'],
    [{ language: 'fr' }, 'Home'],
    [{ language: 'fr', accountLanguage: 'sw' }, 'Nyumbani'],
    [{ language: 'en', accountLanguage: 'sw' }, 'Home'],
    [{ accountLanguage: 'sw' }, 'Nyumbani'],
    [{}, 'Home'],
  ])('begin as %j wishes', async (turn, text) => {
    expect((await tester().phone({ turn }).dial()).screen.split('\n')[0]).toBe(text);
  });

  it('are kept 90 days for the account, from the last choice on', async () => {
    const days = 24 * 60 * 60 * 1000;
    const world = tester();
    expect(await walk(world.phone(), '1', '2')).toMatch(/^Nyumbani/);
    world.clock.advance(80 * days);
    expect(await walk(world.phone(), '1', '2')).toMatch(/^Nyumbani/);
    world.clock.advance(80 * days);
    expect(await walk(world.phone())).toMatch(/^Nyumbani/);
    expect(await walk(world.phone({ turn: { account: 'other' } }))).toMatch(/^Home/);
    world.clock.advance(11 * days);
    expect(await walk(world.phone())).toMatch(/^Home/);
  });

  it('count in the phrases of a failure and after the end', async () => {
    const phone = tester().phone();
    expect(await walk(phone, '1', '2', '9')).toMatch(/^Chagua kutoka/);
    expect((await phone.answer('2')).screen).toBe('Haipatikani.');
    const other = tester().phone();
    await walk(other, '1', '2', '3');
    expect(other.screen).toBe('Bye sw');
    expect((await other.answer('1')).screen).toBe('Kwaheri.');
  });

  it('that a dialog does not speak leave it in its first one, phrases too', async () => {
    const swahili = source.replace('[en, sw]', '[sw, en]');
    expect(await walk(tester(swahili).phone(), '4')).toMatch(/^Nyumbani/);
    expect(await walk(tester(swahili).phone(), '4', '9')).toMatch(/^Chagua kutoka/);
  });

  it('of all kinds are understood in the labels', async () => {
    expect(await walk(tester().phone(), 'TOKA')).toBe('Bye en');
    expect(await walk(tester().phone({ turn: { language: 'sw' } }), 'leave')).toBe('Bye sw');
  });

  it('leave a phrase that they do not have in English', async () => {
    expect(await walk(tester().phone(), '9')).toMatch(/^That is not one of the choices\./);
  });
});

describe('texts', () => {
  it('leave no empty line, whatever they end with or come to', async () => {
    const tester = new DialogTester({
      test: `
dialog: test
start: a
steps:
  a: { say: "{{ nothing }}", go: b }
  b:
    say: |
      Hello.
    go: c
  c:
    menu: |
      Which?
    options: [{ label: One, go: d }]
  d:
    end: |
      Bye.
`,
    });
    const phone = await tester.phone().dial();
    expect(phone.screen).toBe('Hello.\nWhich?\n1. One');
    const bot = tester.phone({
      kind: 'latest',
      limit: { kind: 'unlimited' },
      turn: { channel: 'bot', sessionIsProviders: false },
    });
    expect((await bot.dial()).reply?.texts).toEqual(['Hello.', 'Which?\n1. One']);
    expect((await bot.answer('1')).reply?.texts).toEqual(['Bye.']);
  });

  it('differ by channel, then by language', async () => {
    const tester = new DialogTester({
      test: `
dialog: test
languages: [en, sw]
start: a
steps: { a: { end: { bot: { en: Bot, sw: Boti }, default: { en: Other, sw: Nyingine } } } }
`,
    });
    const bot = { channel: 'bot', sessionIsProviders: false } as const;
    const on = async (turn: object): Promise<string> => (await tester.phone({ turn }).dial()).screen;
    expect(await on({})).toBe('Other');
    expect(await on({ language: 'sw' })).toBe('Nyingine');
    expect(await on({ ...bot, language: 'sw' })).toBe('Boti');
  });
});

describe('a menu', () => {
  it('gives no number to an option whose condition is false, and reads by the list that was shown', async () => {
    const tester = new DialogTester({
      test: `
dialog: test
start: n
steps:
  n: { ask: N?, type: integer, save: n, go: pick }
  pick:
    menu: Which?
    options:
      - { label: Small, when: "n < 10", go: small }
      - { label: Large, when: "n >= 10", go: large }
      - { label: Broken, when: "missing.thing == 1", go: small }
      - { label: Any, go: any }
  small: { end: small }
  large: { end: large }
  any: { end: any }
`,
    });
    expect(await walk(tester.phone(), '12')).toBe('Which?\n1. Large\n2. Any');
    expect(await walk(tester.phone(), '12', '1')).toBe('large');
    expect(await walk(tester.phone(), '12', '2')).toBe('any');
    expect(await walk(tester.phone(), '12', 'small')).toMatch(/^That is not/);
  });

  it.each([
    [['a', 2, true], 'Which?\n1. a\n2. 2\n3. true'],
    [[{ label: 'A', value: 1 }, { value: 'b' }], 'Which?\n1. A\n2. b'],
    [['a', null, ['x'], {}, { id: 5 }, 'b'], 'Which?\n1. a\n2. b'],
    [[], 'None.'],
    ['text', 'None.'],
    [{ a: 1 }, 'None.'],
    [undefined, 'None.'],
  ])('of data %j shows %j', async (items, screen) => {
    expect(await walk(phoneWith(items))).toBe(screen);
  });

  function phoneWith(items: unknown): Phone {
    const tester = new DialogTester({
      test: `
dialog: test
start: load
steps:
  load: { call: list, save: answer, go: pick }
  pick: { menu: Which?, optionsFrom: answer.items, save: item, go: done, otherwise: none }
  done: { end: "{{ item }}" }
  none: { end: None. }
`,
    });
    tester.effects.on('list', () => ({ outcome: 'ok', value: items === undefined ? {} : { items: items as never } }));
    return tester.phone();
  }

  it('of data passes over what has no label, and saves the item behind the number that was shown', async () => {
    expect(await walk(phoneWith(['a', null, 'b']), '2')).toBe('b');
  });

  it('of data holds 200 items', async () => {
    const phone = phoneWith(Array.from({ length: 250 }, (_, i) => `item ${i + 1}`));
    expect(await walk(phone, '200')).toBe('item 200');
    expect(await walk(phone, '201')).toMatch(/^That is not/);
  });

  it('of what a bot found is read against what was shown, whatever is found in the answer', async () => {
    const tester = new DialogTester({
      test: `
dialog: test
start: pick
steps:
  pick: { menu: Which?, optionsFrom: allEntities.crop, save: crop, go: done }
  done: { end: "{{ crop }} {{ entities.crop }}" }
`,
    });
    const bot = { channel: 'bot', sessionIsProviders: false } as const;
    const limit = { kind: 'unlimited' } as const;
    const options = { kind: 'latest', limit, sessionId: 'bot' } as const;
    const found = { entities: { crop: 'maize' }, allEntities: { crop: ['maize', 'beans'] } };
    const phone = tester.phone({ ...options, turn: { ...bot, ...found } });
    expect(await walk(phone)).toBe('Which?\n1. maize\n2. beans');
    const later = tester.phone({
      ...options,
      turn: { ...bot, entities: { crop: 'rice' }, allEntities: { crop: ['rice'] } },
    });
    expect((await later.answer('2')).screen).toBe('beans rice');
  });
});

describe('names that every object has', () => {
  it('are variables and members like any other', async () => {
    const tester = new DialogTester({
      test: `
dialog: test
start: a
steps:
  a: { ask: "{{ toString }}{{ entities.constructor }}{{ hasOwnProperty }}?", save: toString, go: b }
  b: { call: tell, with: { __proto__: "{{ toString }}", constructor: x }, save: valueOf, go: c }
  c: { menu: "{{ toString }} {{ valueOf.__proto__.x }}", options: [{ label: constructor, go: d }, { label: A, when: 'has(valueOf.toString)', go: d }] }
  d: { end: "{{ toString }}" }
`,
    });
    const value = JSON.parse('{ "__proto__": { "x": 1 } }') as never;
    tester.effects.on('tell', () => ({ outcome: 'ok', value }));
    const phone = tester.phone();
    expect(await walk(phone)).toBe('?');
    expect((await phone.answer('hello')).screen).toBe('hello 1\n1. constructor');
    expect(Object.entries(tester.effects.calls[0]?.input ?? {})).toEqual([
      ['__proto__', 'hello'],
      ['constructor', 'x'],
    ]);
    expect((await phone.answer('__proto__')).screen).toMatch(/^That is not/);
    expect((await phone.answer('0')).screen).toBe('?');
    await phone.answer('again');
    expect((await phone.answer('constructor')).screen).toBe('again');
  });
});
