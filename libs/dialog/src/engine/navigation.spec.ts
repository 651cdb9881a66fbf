import { describe, expect, it } from '@jest/globals';
import { DialogTester, type Phone } from '@app/testing';

async function walk(phone: Phone, ...answers: string[]): Promise<string> {
  await phone.dial();
  for (const answer of answers) await phone.answer(answer);
  return phone.screen;
}

function phoneOf(source: string, more: Record<string, string> = {}): Phone {
  return new DialogTester({ test: source, ...more }).phone();
}

const long = 'You will be told the price of the day in your market. '.repeat(6).trim();

const shop = `
dialog: test
start: home
showNavigation: true
steps:
  home: { menu: Home, options: [{ label: Buy, go: name }, { label: Rules, go: rules }, { label: Terms, go: terms }] }
  name: { ask: Name?, type: pattern, pattern: "[A-Za-z]+", save: name, go: crop }
  crop: { menu: "Crop, {{ name }}?", options: [{ label: Maize, go: bye }] }
  rules: { menu: "${long}", options: [{ label: Fine, go: bye }] }
  terms: { say: "First.", go: last }
  last: { end: "${long}" }
  bye: { end: Bye }
`;

describe('the lines of navigation', () => {
  it('are shown where the dialog wants them, but not on the first screen', async () => {
    const phone = phoneOf(shop);
    expect(await walk(phone)).toBe('Home\n1. Buy\n2. Rules\n3. Terms');
    expect((await phone.answer('1')).screen).toBe('Name?\n0. Back\n00. Home');
    expect((await phone.answer('?')).screen).toBe('That does not look right.\nName?\n0. Back\n00. Home');
    expect((await phone.answer('Ann')).screen).toBe('Crop, Ann?\n1. Maize\n0. Back\n00. Home');
    expect((await phone.answer('1')).screen).toBe('Bye');
  });

  it('stand after those of paging, back only once', async () => {
    const phone = phoneOf(shop);
    expect(await walk(phone, '2')).toMatch(/[^\n]\n98\. More\n0\. Back\n00\. Home$/);
    expect((await phone.answer('98')).screen).toMatch(/[^\n]\n98\. More\n0\. Back\n00\. Home$/);
    expect((await phone.answer('98')).screen).toMatch(/\n1\. Fine\n0\. Back\n00\. Home$/);
  });

  it('are gone again once home is reached by its key', async () => {
    expect(await walk(phoneOf(shop), '1', '00')).toBe('Home\n1. Buy\n2. Rules\n3. Terms');
  });

  it('are shown to bots too', async () => {
    const phone = new DialogTester({ test: shop }).phone({
      kind: 'latest',
      limit: { kind: 'unlimited' },
      turn: { channel: 'bot', sessionIsProviders: false },
    });
    expect(await walk(phone)).toBe('Home\n1. Buy\n2. Rules\n3. Terms');
    expect((await phone.answer('1')).reply?.texts).toEqual(['Name?\n0. Back\n00. Home']);
  });
});

describe('the keys of navigation', () => {
  it('are an answer where the ask itself takes them as they were typed', async () => {
    const source = `
dialog: test
start: a
navigation: { back: B }
steps:
  a: { ask: First?, save: x, go: b }
  b: { ask: Letter?, type: pattern, pattern: "[A-Z]", save: y, go: c }
  c: { end: "{{ x }}{{ y }}" }
`;
    expect(await walk(phoneOf(source), 'x', 'B')).toBe('xB');
    expect(await walk(phoneOf(source), 'x', 'b')).toBe('First?');
  });

  it('are a choice where a shown option claims them, and more turns the page all the same', async () => {
    const options = Array.from({ length: 30 }, (_, i) => `{ label: Market number ${i + 1}, value: "${90 + i}" }`);
    const source = `
dialog: test
start: a
steps:
  a: { menu: "Which?", save: m, options: [${options.join(', ')}, { label: None, value: "0" }], go: b }
  b: { end: "{{ m }}" }
`;
    expect(await walk(phoneOf(source), '98')).toMatch(/\n98\. More\n0\. Back$/);
    expect(await walk(phoneOf(source), '98', '0')).toBe('0');
  });

  it('do nothing where they were taken away', async () => {
    const source = shop.replace('showNavigation: true', 'navigation: { back: null, home: null }');
    expect(await walk(phoneOf(source), '1', '0')).toMatch(/^That does not look right/);
    expect(await walk(phoneOf(source), '2', '98')).not.toMatch(/Back/);
  });

  it('work on the pages of an end, which closes with its last one', async () => {
    const phone = phoneOf(shop);
    expect(await walk(phone, '3')).toBe('First.\n98. More\n0. Back\n00. Home');
    expect((await phone.answer('98')).screen).toMatch(/^You will[^]*\n98\. More\n0\. Back\n00\. Home$/);
    expect(phone.reply?.end).toBe(false);
    expect((await phone.answer('0')).screen).toMatch(/^First/);
    expect((await phone.answer('x')).screen).toMatch(/^That is not one of the choices\.\nYou will/);
    expect((await phone.answer('0')).screen).toMatch(/^Home/);
    expect(await walk(phone, '3', 'x', 'x', 'x')).toBe('Thank you. Goodbye.');
  });
});

describe('going back', () => {
  const main = `
dialog: test
start: name
steps:
  name: { ask: Name?, save: name, go: inner }
  inner: { run: sub, with: { given: "{{ name }}" }, save: result, go: { done: after, left: bye } }
  after: { menu: "{{ name }} {{ result.crop }}", options: [{ label: Fine, go: bye }] }
  bye: { end: Bye }
`;
  const sub = `
dialog: sub
start: crop
steps:
  crop: { ask: "Crop, {{ given }}?", type: pattern, pattern: "[a-z]+", save: crop, go: price }
  price: { ask: "Price of {{ crop }}?", type: integer, min: 1, save: price, go: fin }
  fin: { end: Saved. }
`;

  it('crosses the borders of a dialog that was run, both ways', async () => {
    const phone = phoneOf(main, { sub });
    expect(await walk(phone, 'Ann', 'maize', '5')).toBe('Saved.\nAnn maize\n1. Fine');
    expect((await phone.answer('0')).screen).toBe('Price of maize?');
    expect((await phone.answer('0')).screen).toBe('Crop, Ann?');
    expect((await phone.answer('0')).screen).toBe('Name?');
    await phone.answer('Bea');
    await phone.answer('beans');
    expect((await phone.answer('7')).screen).toBe('Saved.\nBea beans\n1. Fine');
  });

  it('puts back the list that was shown', async () => {
    const tester = new DialogTester({
      test: `
dialog: test
start: load
steps:
  load: { call: list, save: items, go: pick }
  pick: { menu: Which?, optionsFrom: items, save: item, go: again }
  again: { call: list, save: items, go: next }
  next: { menu: "Next to {{ item }}?", optionsFrom: items, save: other, go: done }
  done: { end: "{{ item }} {{ other }}" }
`,
    });
    let n = 0;
    tester.effects.on('list', () => ({ outcome: 'ok', value: n++ === 0 ? ['a', 'b'] : ['c', 'd'] }));
    const phone = tester.phone();
    expect(await walk(phone, '2')).toBe('Next to b?\n1. c\n2. d');
    expect((await phone.answer('0')).screen).toBe('Which?\n1. a\n2. b');
    expect((await phone.answer('1')).screen).toBe('Next to a?\n1. c\n2. d');
    expect((await phone.answer('2')).screen).toBe('a d');
  });

  it('begins the attempts of the question anew', async () => {
    expect(await walk(phoneOf(main, { sub }), 'Ann', '?', '?', 'maize', '0', '?', '?')).toMatch(/Crop, Ann\?$/);
  });

  it('works once more after the stack of questions was full of large values', async () => {
    const tester = new DialogTester({
      test: `
dialog: test
start: load
steps:
  load: { call: list, save: items, go: pick }
  pick: { menu: "{{ items.size }} items", options: [{ label: Again, go: load }] }
`,
    });
    let n = 0;
    tester.effects.on('list', () => ({ outcome: 'ok', value: { size: ++n, filler: 'x'.repeat(10_000) } }));
    const phone = tester.phone();
    for (const answer of [undefined, ...Array.from({ length: 30 }, () => '1')]) {
      await (answer === undefined ? phone.dial() : phone.answer(answer));
      expect(phone.screen).toBe(`${n} items\n1. Again`);
    }
    expect((await phone.answer('0')).screen).toBe('30 items\n1. Again');
  });
});

describe('the question whether to resume', () => {
  it('has pages of its own, and keys', async () => {
    const resume = 'Ungependa kuendelea pale ulipoachia mara ya mwisho na maelezo yako yote? '.repeat(3).trim();
    const source = `
dialog: test
start: a
resume: ask
phrases: { resume: "${resume}" }
steps:
  a: { ask: A?, save: a, go: b }
  b: { ask: "B after {{ a }}?", save: b, go: c }
  c: { end: "{{ a }}{{ b }}" }
`;
    const phone = phoneOf(source);
    await walk(phone, 'x');
    expect(await walk(phone)).toMatch(/\n98\. More$/);
    expect((await phone.answer('98')).screen).toMatch(/1\. Continue\n2\. Start again\n0\. Back$/);
    expect((await phone.answer('0')).screen).toMatch(/^Ungependa/);
    expect((await phone.answer('x')).screen).toMatch(/^That is not one of the choices\.\nUngependa/);
    expect((await phone.answer('0')).screen).toMatch(/^Ungependa/);
    expect((await phone.answer('1')).screen).toBe('B after x?');
  });
});
