import { text } from '@app/provider-kit';
import type { Account, Caller, Fields } from '@app/provider-kit';
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

/** Either end of a message or call: E.164 where it can be read; short codes and names as they came. */
export function addressOf(address: string, account: Account): string {
  return callerOf(address, undefined, account).id;
}

/** Like {@link addressOf}, of a named value; undefined where it is missing or blank. */
export function addressIn(fields: Fields, name: string, account: Account): string | undefined {
  const address = text(fields, name) ?? '';
  return address.trim() === '' ? undefined : addressOf(address, account);
}
