import { describe, expect, it } from '@jest/globals';
import { DialogTester, smsTurn } from '@app/testing';
import type { Turn, TurnReply } from '../index.js';

const farm = `
dialog: test
start: home
steps:
  home: { menu: Home, options: [{ label: Name, go: name }, { label: Price list, go: bye, also: [price] }, { label: Long, go: long }] }
  name: { ask: Your name?, save: name, go: hello }
  hello: { end: "Hello {{ name }}" }
  long: { menu: Long, options: [{ label: Back, go: home }] }
  bye: { end: Bye }
`;
const prices = `
dialog: prices
start: crop
steps:
  crop: { ask: Which crop?, save: crop, go: told }
  told: { menu: "{{ crop }} is 40", options: [{ label: Thanks, go: bye }] }
  bye: { end: Bye }
`;

function setUp() {
  const tester = new DialogTester({ test: farm, prices });
  let id = 0;
  const turn = (text: string, keyword?: Turn['keyword']): Turn =>
    smsTurn(tester, `m${++id}`, text, keyword === undefined ? {} : { keyword });
  const text = (words: string, keyword?: Turn['keyword']): Promise<TurnReply> =>
    tester.service.handle(turn(words, keyword));
  return { tester, turn, text };
}

const price = (rest = '') => ({ dialog: 'prices', rest });
const always = (rest = '') => ({ dialog: 'prices', rest, always: true });
const home = 'Home\n1. Name\n2. Price list\n3. Long';

describe('a text message without an open session', () => {
  it.each([
    ['only opens the dialog of its address', '1', undefined, home],
    ['starts the dialog of its keyword', 'PRICE', price(), 'Which crop?'],
    ['gives what stands behind the keyword as first input', 'price maize', price('maize'), 'maize is 40\n1. Thanks'],
    ['takes blanks behind the keyword for nothing', 'price  ', price('  '), 'Which crop?'],
  ])('%s', async (_, words, keyword, expected) => {
    const { text } = setUp();
    expect(await text(words, keyword)).toMatchObject({ texts: [expected], end: false, turn: 1 });
  });

  it('begins anew after the end, with a keyword and without', async () => {
    const { text } = setUp();
    await text('hi');
    expect((await text('2')).end).toBe(true);
    expect((await text('2')).texts).toEqual([home]);
    await text('2');
    expect((await text('price beans', price('beans'))).texts).toEqual(['beans is 40\n1. Thanks']);
  });
});

describe('a keyword in an open session', () => {
  it.each([
    ['interrupts a menu that does not take it', [], 'prices', price(), 'Which crop?'],
    ['is an answer where a choice is named so', [], 'Price', price(), 'Bye'],
    ['is an answer where the label is the whole text', [], 'price LIST', price('LIST'), 'Bye'],
    ['is an answer where it is the number of a choice', [], '1', price(), 'Your name?'],
    ['is a key of navigation first', ['3'], '0', price(), home],
    ['is an answer to a question', ['1'], 'price', price(), 'Hello price'],
    ['interrupts a question where it always counts', ['1'], 'HELP', always(), 'Which crop?'],
    ['interrupts a menu that takes it where it always counts', [], 'price', always(), 'Which crop?'],
  ])('%s', async (_, before, words, keyword, expected) => {
    const { text } = setUp();
    await text('hi');
    for (const answer of before) await text(answer);
    expect((await text(words, keyword)).texts).toEqual([expected]);
  });

  it('leaves the new dialog as the open session', async () => {
    const { text } = setUp();
    await text('hi');
    await text('prices', price());
    expect((await text('maize')).texts).toEqual(['maize is 40\n1. Thanks']);
  });
});

describe('text messages', () => {
  it('are repeats by their id at any time, also after the end, and never by their words (#2)', async () => {
    const { tester, turn, text } = setUp();
    await text('hi');
    const first = turn('3');
    const reply = await tester.service.handle(first);
    for (let i = 0; i < 100; i++) {
      tester.clock.advance(60_000);
      expect(await tester.service.handle(first)).toEqual({ ...reply, outcome: 'repeat' });
    }
    await text('1');
    const last = turn('2');
    const end = await tester.service.handle(last);
    expect(end.end).toBe(true);
    expect(await tester.service.handle(last)).toEqual({ ...end, outcome: 'repeat' });
  });

  it('show the same question again where nothing was said', async () => {
    const { tester, text } = setUp();
    await text('hi');
    await text('1');
    expect((await tester.service.handle(smsTurn(tester, 'help', undefined))).texts).toEqual(['Your name?']);
  });

  it('go on in their session where the address has come to lead elsewhere', async () => {
    const { tester, text } = setUp();
    await text('hi');
    const moved = smsTurn(tester, 'moved', '1', { dialog: 'prices' });
    expect((await tester.service.handle(moved)).texts).toEqual(['Your name?']);
  });
});

describe('a session closed by its address', () => {
  it('answers repeats alone, and anything else begins anew', async () => {
    const { tester, turn, text } = setUp();
    await text('hi');
    const last = turn('1');
    await tester.service.handle(last);
    await tester.service.close(last);
    expect(await tester.service.handle(last)).toMatchObject({ texts: ['Your name?'], end: true, outcome: 'repeat' });
    expect((await text('Wanjiku')).texts).toEqual([home]);
  });

  it('is not made where there is none', async () => {
    const { tester, turn } = setUp();
    const any = turn('1');
    await tester.service.close(any);
    expect((await tester.service.handle(any)).texts).toEqual([home]);
  });
});
