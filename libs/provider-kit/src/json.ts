import { parse as parseLossless } from 'lossless-json';
import type { Fields } from './contracts/http.js';
import { maxFields } from './form.js';
import { PayloadRejected } from './rejections.js';
import { emptyRecord, isUnsafeName } from './unsafe-names.js';

/** JSON nested more deeply than this is refused before it is parsed. */
export const maxDepth = 64;

/** A number token with as many digits may not survive as a double; it stays the text that it was. */
const longNumberDigits = 16;

/**
 * Reads a JSON object without losing digits: a number of 16 or more digits becomes a text. Of a name given twice the
 * last one counts. A comma before a closing bracket is forgiven; comments, single quotes and NaN are not.
 * @throws PayloadRejected `body-malformed`, `body-too-deep`
 */
export function parseJsonObject(text: string): Fields {
  const found = scan(text);
  const json = found.strayCommas.length === 0 ? text : without(text, found.strayCommas);
  const value = withoutPrototypes(parseAny(json, found.hasLongNumber));
  if (!isRecord(value)) throw new PayloadRejected('body-malformed');
  return value;
}

/** Whether a value read from a payload is an object with named members. */
export function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseAny(json: string, hasLongNumber: boolean): unknown {
  try {
    if (!hasLongNumber) return JSON.parse(json);
    return parseLossless(json, null, { parseNumber, onDuplicateKey: ({ newValue }) => newValue });
  } catch {
    throw new PayloadRejected('body-malformed');
  }
}

function parseNumber(token: string): string | number {
  return token.replace(/\D/g, '').length >= longNumberDigits ? token : Number(token);
}

function withoutPrototypes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPrototypes);
  if (!isRecord(value)) return value;
  const names = Object.keys(value);
  if (names.length > maxFields) throw new PayloadRejected('body-malformed');
  const copy = emptyRecord<unknown>();
  for (const name of names) {
    if (!isUnsafeName(name)) copy[name] = withoutPrototypes(value[name]);
  }
  return copy;
}

interface Scan {
  readonly hasLongNumber: boolean;
  readonly strayCommas: readonly number[];
}

const code = (character: string): number => character.charCodeAt(0);
const quote = code('"');
const backslash = code('\\');
const comma = code(',');
const dot = code('.');
const zero = code('0');
const nine = code('9');

/** One pass outside of texts, so that hostile nesting costs no more than its length. */
function scan(text: string): Scan {
  const strayCommas: number[] = [];
  let hasLongNumber = false;
  let depth = 0;
  let digits = 0;
  let lastComma = -1;
  let afterValue = false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c <= 0x20) continue;
    if (c >= zero && c <= nine) hasLongNumber ||= ++digits >= longNumberDigits;
    else if (c !== dot) digits = 0;
    if (c === comma) {
      lastComma = afterValue ? i : -1;
      afterValue = false;
    } else if (isOpening(c)) {
      if (++depth > maxDepth) throw new PayloadRejected('body-too-deep');
      lastComma = -1;
      afterValue = false;
    } else {
      if (isClosing(c)) {
        depth--;
        if (lastComma !== -1) strayCommas.push(lastComma);
      } else if (c === quote) i = endOfText(text, i);
      lastComma = -1;
      afterValue = true;
    }
  }
  return { hasLongNumber, strayCommas };
}

function isOpening(c: number): boolean {
  return c === 0x7b || c === 0x5b;
}

function isClosing(c: number): boolean {
  return c === 0x7d || c === 0x5d;
}

function endOfText(text: string, opening: number): number {
  for (let i = opening + 1; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === quote) return i;
    if (c === backslash) i++;
  }
  return text.length;
}

function without(text: string, positions: readonly number[]): string {
  let result = '';
  let from = 0;
  for (const position of positions) {
    result += text.slice(from, position);
    from = position + 1;
  }
  return result + text.slice(from);
}
