import { describe, expect, it } from '@jest/globals';
import { isDialledCode, matchServiceCode } from './service-code.js';

describe('isDialledCode', () => {
  it.each(['*384*4417#', '*887#', '#144#', '*#06#', '*887*21*2#'])('takes %s for a dialled code', (text) => {
    expect(isDialledCode(text)).toBe(true);
  });

  it.each(['', '1', '1*2', '*1', '44170', '*abc#', '*#', '*384*4417', ' *887#', '*887#\n'])(
    'does not take %j for a dialled code',
    (text) => {
      expect(isDialledCode(text)).toBe(false);
    },
  );
});

describe('matchServiceCode', () => {
  const known = ['*887#', '*887*21#', '*384*4417#', '4417'];

  it.each([
    ['*887#', { code: '*887#', shortcut: [] }],
    ['*887*21#', { code: '*887*21#', shortcut: [] }],
    ['*887*21*2#', { code: '*887*21#', shortcut: ['2'] }],
    ['*887*2*1*5#', { code: '*887#', shortcut: ['2', '1', '5'] }],
    ['*384*4417**7#', { code: '*384*4417#', shortcut: ['', '7'] }],
    ['*887', { code: '*887#', shortcut: [] }],
    ['4417', { code: '4417', shortcut: [] }],
  ])('reads %s', (dialled, expected) => {
    expect(matchServiceCode(dialled, known)).toEqual(expected);
  });

  it.each(['*8870#', '*88#', '*384#', '', '#'])('does not find %j', (dialled) => {
    expect(matchServiceCode(dialled, known)).toBeUndefined();
  });

  it('prefers the very same code whatever the order', () => {
    expect(matchServiceCode('*887*21#', ['*887*21', '*887*21#'])).toEqual({ code: '*887*21#', shortcut: [] });
  });
});
