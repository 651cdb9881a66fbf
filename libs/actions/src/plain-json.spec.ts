import { describe, expect, it } from '@jest/globals';
import { plainJson, readJson } from './plain-json.js';

describe('plain JSON', () => {
  it.each([[null], [true], [0], [-1.5], ['maize'], [[1, ['a', null]]], [{ crop: { name: 'maize', prices: [1, 2] } }]])(
    'takes %j as it is',
    (thing) => {
      expect(plainJson(thing)).toEqual(thing);
    },
  );

  it('leaves out members that are undefined, and __proto__', () => {
    const hostile = JSON.parse('{"a":1,"__proto__":{"admin":true}}') as object;
    const value = plainJson({ ...hostile, b: undefined });
    expect(Object.keys(value as object)).toEqual(['a']);
    expect((value as { admin?: boolean }).admin).toBeUndefined();
  });

  it.each([
    ['NaN', NaN],
    ['an infinity', { amount: Infinity }],
    ['a date', new Date(0)],
    ['a bigint', 1n],
    ['a function', () => 1],
    ['a map', new Map()],
    ['bytes', Buffer.from('x')],
    ['an instance of a class', new URL('http://shamba.example/')],
    ['undefined in a list', [undefined]],
    ['a symbol', { a: Symbol('x') }],
  ])('refuses %s', (_what, thing) => {
    expect(plainJson(thing)).toBeUndefined();
  });

  it('refuses what contains itself or nests too deeply', () => {
    const loop: Record<string, unknown> = {};
    loop['self'] = loop;
    expect(plainJson(loop)).toBeUndefined();
    expect(plainJson(JSON.parse('['.repeat(65) + ']'.repeat(65)))).toBeUndefined();
    expect(plainJson(JSON.parse('['.repeat(60) + ']'.repeat(60)))).toBeDefined();
  });
});

describe('reading JSON', () => {
  it.each([
    ['{"a":[1,2.5,"x",null]}', { a: [1, 2.5, 'x', null] }],
    ['"maize"', 'maize'],
    ['0.1', 0.1],
    ['9007199254740991', 9_007_199_254_740_991],
    ['{"id":12345678901234567890}', { id: '12345678901234567890' }],
    ['{"big":1e999}', { big: '1e999' }],
    ['{"a":1,"a":2}', { a: 2 }],
  ])('reads %s', (text, value) => {
    expect(readJson(text)).toEqual(value);
  });

  it.each([[''], ['<html>'], ['{"a":NaN}'], ['{"a":1'], ['[1,]'], ['['.repeat(20_000) + ']'.repeat(20_000)]])(
    'finds no value in %.20s',
    (text) => {
      expect(readJson(text)).toBeUndefined();
    },
  );

  it('#50 reads a member named __proto__ without touching any prototype', () => {
    const value = readJson('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"a":1}');
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
    expect((value as { a: number }).a).toBe(1);
  });
});
