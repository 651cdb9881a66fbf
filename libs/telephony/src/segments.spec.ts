import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SegmentedMessage } from 'sms-segments-calculator';
import { gsmWidthOf, septetsOf, ucs2UnitsOf } from './gsm7.js';
import { segmentsOf, splitSegments } from './segments.js';

const gsmCharacters = Array.from({ length: 0x10000 }, (_, code) => code)
  .filter((code) => gsmWidthOf(code) > 0)
  .map((code) => String.fromCharCode(code));
const gsmText = (maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...gsmCharacters, '€', '[', '{'), maxLength, size: 'max' });
// Characters that combine with nothing: the calculator never parts what a reader sees as one character, which the
// network knows nothing of, and so counts more parts than are sent where accents or joined emoji meet the border.
const singleText = fc.string({
  unit: fc.constantFrom('a', ' ', '\n', '€', 'ç', 'ም', '中', 'ж', '“', '😀', '🌽'),
  maxLength: 400,
  size: 'max',
});
const anyUnits = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 0xffff }), fc.constantFrom(0xd83d, 0xde00, 0, 0x41)), {
    maxLength: 400,
    size: 'max',
  })
  .map((units) => String.fromCharCode(...units));

const oracle = (text: string) => {
  const message = new SegmentedMessage(text);
  return { encoding: message.encodingName === 'GSM-7' ? 'gsm7' : 'ucs2', segments: message.segmentsCount };
};
const ours = (text: string) => {
  const { encoding, segments } = segmentsOf(text);
  return { encoding, segments };
};

describe('the GSM-7 table', () => {
  it('has the characters of the independent calculator and no others', () => {
    const theirs = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code)).filter(
      (character) => new SegmentedMessage(character).encodingName === 'GSM-7',
    );
    expect(gsmCharacters).toEqual(theirs);
    expect(gsmCharacters).toHaveLength(127 + 10);
  });

  it.each([
    ['', 0],
    ['abc', 3],
    ['€[', 4],
    ['`', undefined],
    ['ç', undefined],
    ['\u001b', undefined],
    ['\u0000', undefined],
    ['😀', undefined],
    ['\ud800', undefined],
  ])('counts the septets of %j as %j', (text, septets) => {
    expect(septetsOf(text)).toBe(septets);
  });

  it('counts UCS-2 in 16-bit units', () => {
    expect(ucs2UnitsOf('ም😀')).toBe(3);
  });
});

describe('segmentsOf', () => {
  const gsm7 = (units: number, segments: number) => ({ encoding: 'gsm7', units, segments });
  const ucs2 = (units: number, segments: number) => ({ encoding: 'ucs2', units, segments });

  it.each([
    ['an empty text', '', gsm7(0, 1)],
    ['160 septets', 'a'.repeat(160), gsm7(160, 1)],
    ['161 septets', 'a'.repeat(161), gsm7(161, 2)],
    ['306 septets', 'a'.repeat(306), gsm7(306, 2)],
    ['307 septets', 'a'.repeat(307), gsm7(307, 3)],
    ['80 escape pairs', '€'.repeat(80), gsm7(160, 1)],
    ['an escape pair at the border', `${'a'.repeat(152)}€${'a'.repeat(152)}`, gsm7(306, 3)],
    ['70 units', 'ም'.repeat(70), ucs2(70, 1)],
    ['71 units', 'ም'.repeat(71), ucs2(71, 2)],
    ['35 emoji', '😀'.repeat(35), ucs2(70, 1)],
    ['67 emoji, 33 of which fit a part', '😀'.repeat(67), ucs2(134, 3)],
  ])('counts %s', (_, text, expected) => {
    expect(segmentsOf(text)).toEqual(expected);
  });

  it('agrees with the independent calculator on texts in GSM-7', () => {
    fc.assert(fc.property(gsmText(700), (text) => expect(ours(text)).toEqual(oracle(text))));
  });

  it('agrees with the independent calculator on characters that do not combine', () => {
    fc.assert(fc.property(singleText, (text) => expect(ours(text)).toEqual(oracle(text))));
  });

  it('finds the encoding of the independent calculator for any text (#42)', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(segmentsOf(text).encoding).toBe(oracle(text).encoding);
      }),
    );
  });
});

describe('splitSegments', () => {
  it('cuts any text into the counted parts, within their size, with no pair parted and nothing lost (#42)', () => {
    fc.assert(
      fc.property(fc.oneof(gsmText(700), singleText, anyUnits), (text) => {
        const { encoding, segments } = segmentsOf(text);
        const parts = splitSegments(text);
        expect(parts.join('')).toBe(text);
        expect(parts).toHaveLength(segments);
        for (const part of parts) {
          const size = encoding === 'gsm7' ? (septetsOf(part) ?? Infinity) : part.length;
          const single = encoding === 'gsm7' ? 160 : 70;
          const several = encoding === 'gsm7' ? 153 : 67;
          expect(size).toBeLessThanOrEqual(segments === 1 ? single : several);
        }
        parts.slice(1).forEach((part, index) => {
          const parted = /[\ud800-\udbff]$/.test(parts[index] ?? '') && /^[\udc00-\udfff]/.test(part);
          expect(parted).toBe(false);
        });
      }),
    );
  });
});
