import { describe, expect, it } from '@jest/globals';
import type { ScreenLimit } from '@app/dialog';
import { describeMeasure, describeSegments, measure } from './measure.js';

const septets: ScreenLimit = { kind: 'septets', max: 160 };

describe('the length of a screen', () => {
  const cases: readonly (readonly [what: string, text: string, limit: ScreenLimit, shown: string])[] = [
    ['counts septets', 'Zao gani?', septets, '9/160 septets'],
    ['counts two septets for a character of the extension table', '{€}', septets, '6/160 septets'],
    ['counts UCS-2 units where GSM-7 cannot carry the text', 'Àjẹ', septets, '3/70 UCS-2 units'],
    ['counts characters where the provider does', 'Àjẹ', { kind: 'characters', max: 1000 }, '3/1000 characters'],
    ['names no limit where there is none', 'Zao gani?', { kind: 'unlimited' }, '9 characters'],
  ];
  it.each(cases)('%s', (_, text, limit, shown) => {
    expect(describeMeasure(measure(text, limit))).toBe(shown);
  });
});

describe('what a message takes', () => {
  it.each([
    ['Zao gani?', '1 segment, GSM-7, 9/160'],
    ['a'.repeat(161), '2 segments, GSM-7, 161/306'],
    ['Àjẹ', '1 segment, UCS-2, 3/70'],
    ['ẹ'.repeat(135), '3 segments, UCS-2, 135/201'],
  ])('%s', (text, shown) => expect(describeSegments(text)).toBe(shown));
});
