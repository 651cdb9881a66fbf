import type { AccountBook } from '@app/provider-kit';

/** Of which accounts a list is asked for, and how its numbers are written. */
interface Asked {
  readonly provider?: string;
  readonly account?: string;
  readonly country?: string;
}

/** In which country a number of a filter is read: the one that is given, else that of all accounts that can be meant. */
export function countryIn({ accounts }: AccountBook, { provider, account, country }: Asked): string | undefined {
  if (country !== undefined) return country;
  const meant = accounts.filter(
    (each) =>
      (provider === undefined || each.provider === provider) && (account === undefined || each.account === account),
  );
  const [only, ...others] = new Set(meant.map((each) => each.country));
  return others.length === 0 ? only : undefined;
}
