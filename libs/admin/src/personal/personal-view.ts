import { parseMsisdn, type Msisdn } from '@app/telephony';
import { seesPersonalData, type Principal } from '../access/principal.js';
import { badRequest, Problem } from '../problems/problem.js';
import type { View } from './masking.js';

/** How this principal sees records. */
export function viewOf(principal: Principal): View {
  return { personal: seesPersonalData(principal) };
}

/**
 * Filters that would tell numbers and payloads to whoever may not see them: a key without `pii:read` gives none.
 * @throws Problem 403 when one of them is given
 */
export function requirePersonal(principal: Principal, filters: Readonly<Record<string, unknown>>): void {
  const given = Object.keys(filters).filter((name) => filters[name] !== undefined);
  if (given.length === 0 || seesPersonalData(principal)) return;
  throw new Problem(403, `the key lacks the scope pii:read, which ${given.join(', ')} needs`);
}

/** An address of ours as people write it: E.164 where it is a number; short codes and sender names as they are. */
export function addressIn(text: string, country?: string): string {
  return parseMsisdn(text, country) ?? text;
}

/**
 * A number as people write it.
 * @param country for numbers without a country code
 * @throws Problem 400
 */
export function numberIn(field: string, text: string, country?: string): Msisdn {
  const number = parseMsisdn(text, country);
  if (number !== undefined) return number;
  const message =
    'must be a number with its country code, such as +254700000201, or national where the country is known';
  throw badRequest({ field, message });
}
