import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { septetsOf } from './gsm7.js';
import { replaceLookAlikes } from './look-alikes.js';

describe('replaceLookAlikes', () => {
  it.each([
    ['“Maize” – it’s `fine`…', "\"Maize\" - it's 'fine'..."],
    ['KES\u00a042\u202f000\tper\u2009kg', 'KES 42 000 per kg'],
    ['a\u200bb\ufeffc\u00add', 'abcd'],
    ['ＫＥＳ１０', 'KES10'],
    ['one\u2028two', 'one\ntwo'],
    ['cafe\u0301', 'café'],
    ['a\u200d\u200eb', 'ab'],
    ['≈', '≈'],
    ['français', 'français'],
    ['ê', 'ê'],
    ['👨\u200d🌾 “ok”', '👨\u200d🌾 "ok"'],
    ['می\u200cخواهم', 'می\u200cخواهم'],
    ['e\u0328\u0328', 'ę\u0328'],
    ['\ud800\u0000', '\ud800\u0000'],
  ])('turns %j into %j', (text, expected) => {
    expect(replaceLookAlikes(text)).toBe(expected);
  });

  it('leaves texts alone that GSM-7 can hold', () => {
    const text = 'Ça va? {€} ñ Ω\n';
    expect(replaceLookAlikes(text)).toBe(text);
  });

  it('changes nothing more when done twice, and never makes a text in GSM-7 need UCS-2', () => {
    const unit = fc.constantFrom('a', '“', '\u200d', '\u200b', '\u0301', 'e', '😀', '…', 'م', '１', '\u00a0');
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit }), fc.string({ unit: 'binary' })), (text) => {
        const once = replaceLookAlikes(text);
        if (septetsOf(text) !== undefined) expect(once).toBe(text);
        expect(replaceLookAlikes(once)).toBe(once);
      }),
    );
  });
});
