import { describe, expect, it } from '@jest/globals';
import { findCommand, findKeyword } from './keyword.js';

const keywords = new Map([
  ['price', 'farm-prices'],
  ['Bei', 'farm-prices'],
  ['2', 'second'],
  ['e-shop', 'shop'],
]);

describe('a keyword', () => {
  it.each([
    ['price', 'price', ''],
    ['PRICE maize', 'price', 'maize'],
    ['  Price   two  words ', 'price', 'two  words'],
    ['PRICE, maize', 'price', 'maize'],
    ['price,maize', 'price', 'maize'],
    ['"Price": maize', 'price', 'maize'],
    ['price\nmaize', 'price', 'maize'],
    ['price\u00a0maize', 'price', 'maize'],
    ['\u200bprice\u200b maize', 'price', 'maize'],
    ['ＰＲＩＣＥ maize', 'price', 'maize'],
    ['price -5', 'price', '-5'],
    ['bei?', 'Bei', ''],
    ['E-SHOP shoes', 'e-shop', 'shoes'],
  ])('begins %j', (text, keyword, rest) => {
    expect(findKeyword(text, keywords)).toEqual({ keyword, dialog: keywords.get(keyword), rest });
  });

  it.each([
    '',
    '   ',
    '...',
    'prices',
    'the price',
    'price-list',
    'default',
    '__proto__',
    'constructor',
    '\ud800',
    '🌽 price🌽x',
    `${'.'.repeat(50_000)}x`,
    'a'.repeat(50_000),
  ])('does not begin %j (#42, #43)', (text) => {
    expect(findKeyword(text, keywords)).toBeUndefined();
  });
});

describe('a command', () => {
  it.each([
    ['STOP', 'stop'],
    [' stop. ', 'stop'],
    ['Stop!!!', 'stop'],
    ['STOPALL', 'stop'],
    ['Unsubscribe please', 'stop'],
    ['stop, I have had enough', 'stop'],
    ['stop.now', 'stop'],
    ['START', 'start'],
    ['"start"', 'start'],
    ['Unstop!', 'start'],
    ['help', 'help'],
    ['HELP ?', 'help'],
  ])('%j is %s', (text, command) => {
    expect(findCommand(text)).toBe(command);
  });

  it.each(['', 'stopped', 'do not stop', 'start of the rains', 'help me', 'helpful', '1'])('%j is none', (text) => {
    expect(findCommand(text)).toBeUndefined();
  });
});
