import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cleanJson } from './clean-json.js';

const clean = (value: unknown): unknown => JSON.parse(cleanJson(JSON.stringify(value)));

describe('cleanJson', () => {
  it.each([
    ['a NUL', 'a\u0000b', 'ab'],
    ['a lone high surrogate', 'a\ud83db', 'ab'],
    ['a lone low surrogate', 'a\ude00b', 'ab'],
    ['halves that NUL kept apart', '\ud83d\u0000\ude00', ''],
    ['a whole pair', 'a😀b', 'a😀b'],
    ['a backslash before what looks like an escape', 'a\\u0000 \\ud83d', 'a\\u0000 \\ud83d'],
    ['other control characters', '\u0001\u001f\n', '\u0001\u001f\n'],
  ])('treats %s (#42)', (_, text, expected) => {
    expect(clean({ [text]: [text] })).toEqual({ [expected]: [expected] });
  });

  it('leaves only well-formed text, and leaves well-formed text alone (#42)', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) }),
        (whole, broken) => {
          expect(clean(whole)).toBe(whole.replaceAll('\u0000', ''));
          const cleaned = String(clean(broken));
          expect(Buffer.from(cleaned).toString()).toBe(cleaned);
          expect(cleaned).not.toContain('\u0000');
        },
      ),
    );
  });
});
