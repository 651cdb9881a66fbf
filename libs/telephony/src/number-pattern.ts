import parsePhoneNumber from 'libphonenumber-js/core';
import metadata from 'libphonenumber-js/min/metadata';
import { localNumber, type Msisdn } from './msisdn.js';

// What people and form encoders put between digits; `\302\240` is a no-break space as Postgres writes bytes.
const between = String.raw`(?:[ \t().+/\u00a0-]|%20|%28|%29|%2[DdEeFf]|%[Cc]2%[Aa]0|\\302\\240){0,2}`;

// Digits of an escape (`%20`, `\u0020`, `\240`) are not the number's.
const start = String.raw`(?:(?<![0-9])|(?<=%[0-9A-Fa-f]{2})|(?<=\\u[0-9A-Fa-f]{4})|(?<=\\[0-3][0-7]{2}))`;

/**
 * A regular expression, for JavaScript and Postgres alike, for one number in every form that it is written in: with or
 * without country code, `+`, `00`, trunk prefix, blanks and dashes, also within an encoded form. It does not match a part
 * of a longer row of digits.
 */
export function numberPattern(msisdn: Msisdn): string {
  const parsed = parsePhoneNumber(msisdn, metadata);
  const significant = parsed?.nationalNumber ?? msisdn.slice(1);
  const code = parsed?.countryCallingCode ?? '';
  const trunk = trunkOf(localNumber(msisdn), significant);
  const inside = trunk === '' ? '' : `(?:${spaced(trunk)}${between})?`;
  const abroad = code === '' ? [] : [`${spaced(code)}${between}${inside}`];
  const home = trunk === '' ? [] : [`${spaced(trunk)}${between}`];
  const prefix = String.raw`(?:(?:(?:\+|00|%2[Bb])${between})?(?:${[...abroad, ...home].join('|')}))?`;
  return `${start}${prefix}${spaced(significant)}(?![0-9])`;
}

function trunkOf(local: string, significant: string): string {
  return local.endsWith(significant) ? local.slice(0, -significant.length) : '';
}

function spaced(digits: string): string {
  return digits.replaceAll(/(?<=.)(?=.)/g, () => between);
}
