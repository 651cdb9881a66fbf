import type { Account } from '@app/provider-kit';
import { parseMsisdn } from '@app/telephony';

/** Who called, as `UssdTurn.caller` wants it. */
export interface MobileCaller {
  readonly id: string;
  readonly msisdn?: string;
  readonly network?: string;
}

/**
 * A caller named by a number; one that cannot be read as an msisdn stays as it came, blanks around it aside. A blank
 * before it counts: it is what a form decoder leaves of a `+` that was not escaped.
 */
export function callerOf(number: string, network: string | undefined, account: Account): MobileCaller {
  const msisdn = parseMsisdn(number, account.country);
  return {
    id: msisdn ?? number.trim(),
    ...(msisdn === undefined ? {} : { msisdn }),
    ...(network === undefined ? {} : { network }),
  };
}
