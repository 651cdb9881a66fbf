import type { Fields } from './contracts/http.js';
import { isRecord, parseJsonObject } from './json.js';
import { PayloadRejected } from './rejections.js';
import { emptyRecord } from './unsafe-names.js';

/** No single value is longer, in UTF-16 units; the rest is cut off. */
export const maxFieldLength = 4_096;

// C0 controls without TAB and LF, and surrogates that stand alone: Postgres refuses both kinds. The probe takes pairs of
// surrogates for suspects too, since it runs on every field and a pattern that tells them apart takes far longer.
const uncleanProbe = /[\u0000-\u0008\u000b-\u001f\ud800-\udfff]/;
const controls = /[\u0000-\u0008\u000b-\u001f]+/g;
const loneSurrogates = /\p{Surrogate}/gu;

/** The text without control characters (line feeds and tabs stay); lone surrogates become U+FFFD. */
export function cleanText(value: string): string {
  if (!uncleanProbe.test(value)) return value;
  return value.replace(controls, '').replace(loneSurrogates, '\ufffd');
}

/**
 * The first of the named values that can be read as text, names in any letter case; cleaned, and cut to
 * {@link maxFieldLength}. Of a list, its last value counts; objects and null are no texts.
 */
export function text(fields: Fields, ...names: readonly string[]): string | undefined {
  return find(fields, names, asText);
}

/** Like {@link text}, without the blanks around it; undefined where nothing is left. */
export function word(fields: Fields, ...names: readonly string[]): string | undefined {
  const found = text(fields, ...names)?.trim();
  return found === '' ? undefined : found;
}

/**
 * The first of the named values that is an object; an object written as JSON text counts as well, since forms can
 * carry it no other way.
 */
export function record(fields: Fields, ...names: readonly string[]): Fields | undefined {
  return find(fields, names, asRecord);
}

/** A whole number between 0 and 2 147 483 647, so that any database column holds it; undefined for anything else. */
export function count(fields: Fields, ...names: readonly string[]): number | undefined {
  const found = word(fields, ...names);
  if (found === undefined || !/^\d{1,10}$/.test(found)) return undefined;
  const value = Number(found);
  return value <= 2_147_483_647 ? value : undefined;
}

/** A payload to be kept: every name and text cleaned as {@link cleanText} does, nothing cut. */
export function cleanRecord(fields: Fields): Fields {
  const copy = emptyRecord<unknown>();
  for (const name of Object.keys(fields)) copy[cleanText(name)] = cleanValue(fields[name]);
  return copy;
}

/** Any scalar of a payload as text; see {@link text}. */
export function asText(value: unknown): string | undefined {
  if (typeof value === 'string') {
    return cleanText(value.length > maxFieldLength ? value.slice(0, maxFieldLength) : value);
  }
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : undefined;
  if (typeof value === 'boolean') return String(value);
  if (!Array.isArray(value)) return undefined;
  for (let i = value.length - 1; i >= 0; i--) {
    const item: unknown = value[i];
    const found = Array.isArray(item) ? undefined : asText(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function asRecord(value: unknown): Fields | undefined {
  if (isRecord(value)) return value;
  if (typeof value !== 'string' || !value.trimStart().startsWith('{')) return undefined;
  try {
    return parseJsonObject(value.trim());
  } catch (error) {
    if (error instanceof PayloadRejected) return undefined;
    throw error;
  }
}

function find<Found>(
  fields: Fields,
  names: readonly string[],
  read: (value: unknown) => Found | undefined,
): Found | undefined {
  for (const name of names) {
    const found = read(fields[name]);
    if (found !== undefined) return found;
  }
  for (const key of Object.keys(fields)) {
    const lowered = key.toLowerCase();
    if (!names.some((name) => name.toLowerCase() === lowered)) continue;
    const found = read(fields[key]);
    if (found !== undefined) return found;
  }
  return undefined;
}

function cleanValue(value: unknown): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (Array.isArray(value)) return value.map(cleanValue);
  return isRecord(value) ? cleanRecord(value) : value;
}
