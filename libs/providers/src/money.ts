import type { Money } from '@app/provider-kit';

/** Reads `0.8000`, or `KES 0.10` with its currency; a currency that stands elsewhere is taken where the text names none. */
export function readMoney(text: string | undefined, currencyElsewhere?: string): Money | undefined {
  const found = text === undefined ? null : /^(?:([A-Z]{3})\s*)?(\d{1,12}(?:\.\d{1,10})?)$/.exec(text);
  const [, named, amount] = found ?? [];
  if (amount === undefined) return undefined;
  const currency = named ?? (/^[A-Z]{3}$/.test(currencyElsewhere ?? '') ? currencyElsewhere : undefined);
  return currency === undefined ? { amount } : { amount, currency };
}
