import { describe, expect, it } from '@jest/globals';
import { cleanRecord, count, record, text, word } from './index.js';

describe('text', () => {
  it.each([
    ['a', 'a'],
    ['', ''],
    [12, '12'],
    [0.1, '0.1'],
    [true, 'true'],
    [['1', '2'], '2'],
    [['1', { x: 1 }, null], '1'],
    [[['1']], undefined],
    [[], undefined],
    [{ a: 1 }, undefined],
    [null, undefined],
    [undefined, undefined],
    [Infinity, undefined],
  ])('reads %j as %j', (value, expected) => {
    expect(text({ a: value }, 'a')).toBe(expected);
  });

  it('tries the names in their order, then letter case aside', () => {
    expect(text({ b: '2', a: '1' }, 'a', 'b')).toBe('1');
    expect(text({ SESSIONID: '1' }, 'sessionId')).toBe('1');
    expect(text({ sessionid: '2', sessionId: '1' }, 'sessionId')).toBe('1');
    expect(text({ sessionId: null, sessionID: '2' }, 'sessionId')).toBe('2');
    expect(text({ session: '1' }, 'sessionId')).toBeUndefined();
  });

  it('#42 removes control characters and mends lone surrogates', () => {
    expect(text({ a: 'a\0b\u0007\r\nc\td' }, 'a')).toBe('ab\nc\td');
    expect(text({ a: '\ud83d x \udc00 😀' }, 'a')).toBe('\ufffd x \ufffd 😀');
  });

  it('#42 keeps marks, joiners and right-to-left text as they are', () => {
    const hostile = '\u202eabc\u200b👩‍👩‍👧 مرحبا e\u0301\u0301';
    expect(text({ a: hostile }, 'a')).toBe(hostile);
  });

  it('cuts a value to 4 096 units, and no pair in two', () => {
    expect(text({ a: 'x'.repeat(5_000) }, 'a')).toHaveLength(4_096);
    expect(text({ a: `${'x'.repeat(4_095)}😀` }, 'a')).toBe(`${'x'.repeat(4_095)}\ufffd`);
  });
});

describe('word', () => {
  it('is without blanks around it, and absent where nothing is left', () => {
    expect(word({ a: ' x y ' }, 'a')).toBe('x y');
    expect(word({ a: ' \0 ' }, 'a')).toBeUndefined();
    expect(word({}, 'a')).toBeUndefined();
  });
});

describe('record', () => {
  it('is an object, or one written as JSON text', () => {
    expect(record({ a: { b: 1 } }, 'a')).toEqual({ b: 1 });
    expect({ ...record({ a: ' {"b":1}' }, 'a') }).toEqual({ b: 1 });
  });

  it.each(['{"b":', 'b', 1, null, [{ b: 1 }], '{"b":'.repeat(100)])('is not %j', (value) => {
    expect(record({ a: value }, 'a')).toBeUndefined();
  });
});

describe('count', () => {
  it.each([
    ['21408', 21_408],
    [3, 3],
    ['0', 0],
    ['2147483647', 2_147_483_647],
    ['2147483648', undefined],
    ['-1', undefined],
    ['1.5', undefined],
    ['1e3', undefined],
    ['two', undefined],
    ['', undefined],
  ])('reads %j as %j', (value, expected) => {
    expect(count({ a: value }, 'a')).toBe(expected);
  });
});

describe('cleanRecord', () => {
  it('#42 cleans names and texts at every level and leaves the rest', () => {
    const dirty = { 'a\0': ['x\0', { b: '\ud800', c: null, d: 1, e: 'y'.repeat(5_000) }] };
    expect(JSON.parse(JSON.stringify(cleanRecord(dirty)))).toEqual({
      a: ['x', { b: '\ufffd', c: null, d: 1, e: 'y'.repeat(5_000) }],
    });
  });
});
