import type { Money } from '@app/reporting';

/** The cost of a row; undefined where it has none. */
export function costOf({
  cost_amount,
  cost_currency,
}: {
  readonly cost_amount: string | null;
  readonly cost_currency: string | null;
}): Money | undefined {
  if (cost_amount === null) return undefined;
  return { amount: cost_amount, ...(cost_currency === null ? {} : { currency: cost_currency }) };
}
