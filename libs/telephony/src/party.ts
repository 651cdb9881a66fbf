import { parseMsisdn, type Msisdn } from './msisdn.js';

/** Either end of a message or call: a number, a short code, or a name kept just as it came. */
export type Party =
  | { readonly kind: 'msisdn'; readonly msisdn: Msisdn }
  | { readonly kind: 'short-code'; readonly code: string }
  | { readonly kind: 'name'; readonly name: string };

/** Tells what an address is; short codes are 3 to 8 digits, sender names and SIP names are names. */
export function parseParty(text: string, country?: string): Party {
  const msisdn = parseMsisdn(text, country);
  if (msisdn !== undefined) return { kind: 'msisdn', msisdn };
  const code = text.trim();
  return /^\d{3,8}$/.test(code) ? { kind: 'short-code', code } : { kind: 'name', name: text };
}
