import { defaultAddress, type Account, type Routes } from '@app/provider-kit';

/** What an address of an account leads to. */
export interface SmsRoute {
  /** As the configuration writes it, so that an address has one name however the provider spells it; else as it came. */
  readonly address: string;
  /** The dialog of texts without a keyword; undefined: there is none. */
  readonly dialog: string | undefined;
  /** The account's dialog for addresses that it does not name. */
  readonly defaultDialog: string | undefined;
  /** Keyword → dialog. */
  readonly keywords: Routes;
}

const noKeywords: Routes = new Map();

/** Finds what an address leads to: its own entry, else the account's `default`; letter case and a leading `+` aside. */
export function routeOf({ sms, replyFrom }: Account, to: string): SmsRoute {
  const own = [...(sms?.keys() ?? [])].filter((key) => key !== defaultAddress).find((key) => isSameAddress(key, to));
  const other = sms?.get(defaultAddress);
  const target = own === undefined ? other : sms?.get(own);
  const replies = replyFrom !== undefined && isSameAddress(replyFrom, to) ? replyFrom : undefined;
  const defaultDialog = dialogOf(other);
  return {
    address: replies ?? own ?? to.trim(),
    dialog: dialogOf(target) ?? defaultDialog,
    defaultDialog,
    keywords: typeof target === 'object' ? withoutDefault(target) : noKeywords,
  };
}

/** Whether a sender is one of the account's own addresses: what it writes is our own word, come back. */
export function isOwnAddress({ sms, replyFrom }: Account, from: string): boolean {
  return [replyFrom, ...(sms?.keys() ?? [])].some((own) => own !== undefined && isSameAddress(own, from));
}

function isSameAddress(one: string, other: string): boolean {
  return bare(one) === bare(other);
}

/** A `+` that a form decoder ate leaves a blank. */
function bare(address: string): string {
  return address.trim().replace(/^\+/, '').toLowerCase();
}

function dialogOf(target: string | Routes | undefined): string | undefined {
  return typeof target === 'object' ? target.get(defaultAddress) : target;
}

function withoutDefault(routes: Routes): Routes {
  return new Map([...routes].filter(([keyword]) => keyword !== defaultAddress));
}
