import { septetsOf, ucs2UnitsOf } from '@app/telephony';

/** Throws for a screen that the network could not show whole; `max` counts septets after CON or END. */
export function checkSeptets(text: string, max = 160): void {
  const septets = septetsOf(text);
  const length = septets ?? ucs2UnitsOf(text);
  const limit = septets === undefined ? Math.floor((max * 7) / 16) : max;
  if (length > limit) throw new Error(`a screen of ${String(length)} where ${String(limit)} fit: ${text}`);
}
