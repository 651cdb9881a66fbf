import parsePhoneNumber, { getCountries, getCountryCallingCode, type CountryCode } from 'libphonenumber-js/core';
import metadata from 'libphonenumber-js/min/metadata';

declare const brand: unique symbol;

/** A phone number in E.164: `+`, a country calling code that exists, 8 to 15 digits in all. */
export type Msisdn = string & { readonly [brand]: 'Msisdn' };

const countries = new Map<string, CountryCode>(getCountries(metadata).map((country) => [country, country]));
const callingCodes = new Set([...Object.keys(metadata.country_calling_codes), ...Object.keys(metadata.nonGeographic)]);

/** Longer than any number with its separators; what is longer is not looked at. */
const MAX_LENGTH = 64;
/** No national number in use has this many digits, so plain digits of this length begin with a country code. */
const SURELY_INTERNATIONAL = 12;
/** The same, but for a few large countries; asked only after the default country had its chance. */
const LIKELY_INTERNATIONAL = 11;
/** Plain digits up to this length are a short code, unless the default country has numbers that short. */
const SHORT_CODE_DIGITS = 8;
const MIN_SHORT_NATIONAL = 7;

const scheme = /^(?:whatsapp|tel|sms|smsto):/i;
// Blanks, hyphens, dots, brackets, and the invisible marks that come along when a number is copied from a contact list.
const separators = /[\s\-.()\u200b-\u200f\u2010-\u2015\u202a-\u202e\u2060\u2066-\u2069]/g;

/**
 * Reads a phone number as a provider sends or a person writes it: `+254…`, `00254…`, `254…`, or national with the
 * default country (ISO 3166 alpha-2). A leading blank counts as a `+` that a form decoder ate. Undefined for short
 * codes (3 to 8 digits), sender names, SIP names and whatever else is no number.
 */
export function parseMsisdn(text: string, country?: string): Msisdn | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const number = text.replace(scheme, '');
  const compact = number.replace(separators, '');
  if (compact.startsWith('+')) return international(compact.slice(1));
  if (!/^\d+$/.test(compact)) return undefined;
  if (compact.startsWith('00')) return international(compact.slice(2));
  const home = country === undefined ? undefined : countries.get(country);
  if (number.startsWith(' ') && compact.length > SHORT_CODE_DIGITS) {
    const decoded = possibleInternational(compact);
    if (decoded !== undefined) return decoded;
  }
  return compact.startsWith('0') ? national(compact, home) : plainDigits(compact, home);
}

/** The number as it is dialled inside its country, digits only: `0700000201` for `+254700000201`. */
export function localNumber(msisdn: Msisdn): string {
  const parsed = parsePhoneNumber(msisdn, metadata);
  return parsed === undefined ? msisdn : parsed.formatNational().replace(/\D/g, '');
}

/**
 * How a file or a provider may write an address that is this number: E.164, the same without `+`, national. An address
 * that is no E.164 number has one form only.
 */
export function writtenForms(address: string): readonly string[] {
  if (!isE164(address)) return [address];
  return [...new Set([address, address.slice(1), localNumber(address)])];
}

function plainDigits(digits: string, home: CountryCode | undefined): Msisdn | undefined {
  if (digits.length >= SURELY_INTERNATIONAL) return international(digits);
  if (digits.length <= SHORT_CODE_DIGITS) {
    return digits.length < MIN_SHORT_NATIONAL ? undefined : national(digits, home);
  }
  if (home !== undefined) {
    const own = digits.startsWith(getCountryCallingCode(home, metadata)) ? validInternational(digits) : undefined;
    const number = own ?? national(digits, home);
    if (number !== undefined) return number;
  }
  return possibleInternational(digits);
}

function national(digits: string, home: CountryCode | undefined): Msisdn | undefined {
  if (home === undefined) return undefined;
  const parsed = parsePhoneNumber(digits, home, metadata);
  return parsed?.isValid() === true ? international(parsed.number.slice(1)) : undefined;
}

function validInternational(digits: string): Msisdn | undefined {
  return parsePhoneNumber(`+${digits}`, metadata)?.isValid() === true ? international(digits) : undefined;
}

function possibleInternational(digits: string): Msisdn | undefined {
  if (digits.length >= LIKELY_INTERNATIONAL) return international(digits);
  return parsePhoneNumber(`+${digits}`, metadata)?.isPossible() === true ? international(digits) : undefined;
}

/**
 * Accepts what has a calling code and a sensible length, whether or not the country's plan as we know it has such
 * numbers: plans grow faster than metadata.
 */
function international(digits: string): Msisdn | undefined {
  if (!/^[1-9]\d{7,14}$/.test(digits)) return undefined;
  const code = callingCodeOf(digits);
  if (code === undefined) return undefined;
  // A trunk 0 after the country code (`+254 0700…`) is dropped, where the country has it (not in Ivory Coast or Italy).
  const number = digits[code.length] === '0' ? (parsePhoneNumber(`+${digits}`, metadata)?.number ?? '') : `+${digits}`;
  return isE164(number) ? number : undefined;
}

function callingCodeOf(digits: string): string | undefined {
  for (let length = 1; length <= 3; length += 1) {
    const code = digits.slice(0, length);
    if (callingCodes.has(code)) return code;
  }
  return undefined;
}

function isE164(text: string): text is Msisdn {
  return /^\+[1-9]\d{7,14}$/.test(text);
}
