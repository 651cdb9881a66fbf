import { gsmWidthOf, septetsOf } from './gsm7.js';

/** Replacement → the characters that look like it (or, for the empty one, like nothing at all). Letters are never changed. */
const lookAlikes: readonly (readonly [replacement: string, characters: string])[] = [
  ['"', '\u201c\u201d\u201e\u201f\u00ab\u00bb\u02ba\u02ee\u2033\u275d\u275e\u301d\u301e'],
  ["'", '`\u00b4\u2018\u2019\u201b\u02b9\u02bb\u02bc\u02bd\u02c8\u02ca\u02cb\u2032\u275b\u275c'],
  [',', '\u201a'],
  ['<', '\u2039'],
  ['>', '\u203a'],
  ['-', '\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\ufe58\ufe63'],
  ['...', '\u2026'],
  ['/', '\u2044\u2215'],
  ['|', '\u00a6\u2223'],
  ['*', '\u2217\u204e'],
  ['~', '\u02dc\u223c'],
  ['^', '\u02c6'],
  [':', '\u2236'],
  ['Δ', '\u2206'],
  ['Σ', '\u2211'],
  ['Π', '\u220f'],
  ['Ω', '\u2126'],
  ['Å', '\u212b'],
  [' ', '\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000'],
  ['\n', '\v\u0085\u2028\u2029'],
  ['', '\u00ad\u200b\u2060\ufeff'],
];

/** They join, part or direct the letters of other scripts and emoji, and mean nothing between those of GSM-7. */
const joiners = /[\u200c-\u200f]+/g;

const FULL_WIDTH_FIRST = 0xff01;
const FULL_WIDTH_LAST = 0xff5e;
const FULL_WIDTH_OFFSET = 0xfee0;

const replacements = new Map<string, string>();
for (const [replacement, characters] of lookAlikes) {
  for (const character of characters) replacements.set(character, replacement);
}
for (let code = FULL_WIDTH_FIRST; code <= FULL_WIDTH_LAST; code += 1) {
  const character = String.fromCharCode(code - FULL_WIDTH_OFFSET);
  replacements.set(String.fromCharCode(code), replacements.get(character) ?? character);
}

// A letter and its accents as separate characters; GSM-7 has some of them as one.
const decomposed = /[\p{Script=Latin}\p{Script=Greek}]\p{Mn}+/gu;

/**
 * Puts in place of curly quotes, dashes, odd blanks and the like the GSM-7 character that a reader takes for the same,
 * and removes what cannot be seen. Characters that carry a meaning of their own, such as `ç`, stay.
 */
export function replaceLookAlikes(text: string): string {
  if (septetsOf(text) !== undefined) return text;
  let replaced = '';
  for (let i = 0; i < text.length; i += 1) {
    const character = text.charAt(i);
    replaced += replacements.get(character) ?? character;
  }
  const composed = replaced.replace(decomposed, (letter) => letter.normalize('NFC'));
  return composed.replace(joiners, (run, at: number) =>
    isPlain(composed, at - 1) && isPlain(composed, at + run.length) ? '' : run,
  );
}

function isPlain(text: string, index: number): boolean {
  return index < 0 || index >= text.length || gsmWidthOf(text.charCodeAt(index)) > 0;
}
