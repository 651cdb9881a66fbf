import type { Account, Caller } from '@app/provider-kit';
import { parseMsisdn } from '@app/telephony';

/**
 * A caller named by a number; one that cannot be read as an msisdn stays as it came, blanks around it aside. A blank
 * before it counts: it is what a form decoder leaves of a `+` that was not escaped.
 */
export function callerOf(number: string, network: string | undefined, account: Account): Caller {
  const msisdn = parseMsisdn(number, account.country);
  if (msisdn === undefined) {
    const id = number.trim();
    return network === undefined ? { id } : { id, network };
  }
  return network === undefined ? { id: msisdn, msisdn } : { id: msisdn, msisdn, network };
}
