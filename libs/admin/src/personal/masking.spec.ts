import { describe, expect, it } from '@jest/globals';
import { onlyPersonal, shownNumber, shownText } from './masking.js';
import { numberIn, requirePersonal, viewOf } from './personal-view.js';

const [masked, whole] = [{ personal: false }, { personal: true }];

describe('what a key without pii:read sees', () => {
  it('is a number without its middle, and no payload', () => {
    expect([shownNumber('+254700000201', masked), shownNumber('+254700000201', whole)]).toEqual([
      '+2547…201',
      '+254700000201',
    ]);
    expect(shownNumber(undefined, masked)).toBeNull();
    expect([onlyPersonal(masked, { raw: 1 }), onlyPersonal(whole, { raw: 1 })]).toEqual([{}, { raw: 1 }]);
  });

  it.each([
    ['call +254 700 000 201 or 0700-000-202 now', 'call +2547…201 or 07…202 now'],
    ['paid 1500 on 2026', 'paid 1500 on 2026'],
    ['254700000201', '2547…201'],
    ['0700.000.201, (0700) 000202, +254 (0)700 000 203', '07…201, (07…202, +2540…203'],
    ['٠٧٠٠٠٠٠٢٠١ or 0700000202', '… or 07…202'],
    ['https://x.example/0700%20000%20201.mp3', 'https://x.example/07…201.mp3'],
  ])('hides numbers in "%s"', (text, shown) => {
    expect(shownText(text, masked)).toBe(shown);
    expect(shownText(text, whole)).toBe(text);
  });

  it('cannot be narrowed down by a number', () => {
    const nobody = { id: 'k', name: 'k', scopes: new Set(['reports:read'] as const) };
    const trusted = { id: 'k', name: 'k', scopes: new Set(['pii:read'] as const) };
    expect(() => requirePersonal(nobody, { from: undefined, to: '+254700000201' })).toThrow('pii:read, which to needs');
    expect(() => requirePersonal(nobody, { from: undefined })).not.toThrow();
    expect(() => requirePersonal(trusted, { to: '1' })).not.toThrow();
    expect([viewOf(nobody), viewOf(trusted)]).toEqual([masked, whole]);
  });
});

describe('a number in a filter', () => {
  it.each([
    ['+254700000201', undefined],
    ['254700000201', undefined],
    [' 254700000201', undefined],
    ['0700000201', 'KE'],
  ])('may be written "%s" with the country %s', (text, country) => {
    expect(numberIn('from', text, country)).toBe('+254700000201');
  });

  it('is refused where it is none', () => {
    expect(() => numberIn('from', '0700000201')).toThrow('from: must be a number');
  });
});
