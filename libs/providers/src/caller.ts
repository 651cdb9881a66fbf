import type { Account, Caller } from '@app/provider-kit';
import { parseMsisdn } from '@app/telephony';

/**
 * A caller named by a number; one that cannot be read as an msisdn stays as it came, blanks around it aside. A blank
 * before it counts: it is what a form decoder leaves of a `+` that was not escaped.
 */
export function callerOf(number: string, network: string | undefined, account: Account): Caller {
  const msisdn = parseMsisdn(number, account.country);
  const caller: Caller = msisdn === undefined ? { id: number.trim() } : { id: msisdn, msisdn };
  return network === undefined ? caller : { ...caller, network };
}
