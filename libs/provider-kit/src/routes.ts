import { matchServiceCode } from '@app/telephony';
import type { Routes } from './contracts/account.js';

/** The address under which {@link Routes} name the dialog of every other address. */
export const defaultAddress = 'default';

/** The dialog that an address starts: its own, else the default one, else none. */
export function resolveRoute(routes: Routes, address: string): string | undefined {
  return routes.get(address) ?? routes.get(defaultAddress);
}

/** A dialled code taken apart: the service code that we know, and what was dialled behind it. */
export interface DialledRoute {
  /** Undefined: not even a default dialog is there. */
  readonly dialog: string | undefined;
  /** As the routes write it; the dialled text itself where they do not know it. */
  readonly serviceCode: string;
  /** `*887*21*2#` with the known code `*887*21#` holds the input `2`. */
  readonly shortcut: readonly string[];
}

/** The dialog that a dialled code starts: of the same code, else of the longest one that it continues, else the default. */
export function resolveDialled(routes: Routes, dialled: string): DialledRoute {
  const codes = [...routes.keys()].filter((address) => address !== defaultAddress);
  const found = matchServiceCode(dialled, codes);
  if (found === undefined) return { dialog: routes.get(defaultAddress), serviceCode: dialled, shortcut: [] };
  return { dialog: routes.get(found.code), serviceCode: found.code, shortcut: found.shortcut };
}
