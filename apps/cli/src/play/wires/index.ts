import { asText, type Account } from '@app/provider-kit';
import { HaptikWire } from './haptik-wire.js';
import { HistoryWire } from './history-wire.js';
import { KairosWire } from './kairos-wire.js';
import type { Wire, WireCaller } from './wire.js';

const makers: Readonly<Record<string, (caller: WireCaller, account: Account) => Wire>> = {
  africastalking: (caller) => {
    return new HistoryWire(caller, { sessionPrefix: 'ATUid_', hopHeader: 'at-ussd-hop-metadata' });
  },
  cradlebots: (caller) => new HistoryWire(caller, { sessionPrefix: 'cb-' }),
  haptik: (caller) => new HaptikWire(caller),
  kairos: (caller, account) => new KairosWire(caller, asText(account.options.endMessageType) ?? '2'),
};

/** The other side of a provider; undefined for one that cannot be played. */
export function wireOf(account: Account, caller: WireCaller): Wire | undefined {
  return Object.hasOwn(makers, account.provider) ? makers[account.provider]?.(caller, account) : undefined;
}

export type { Shown, Wire, WireCaller, WireRequest } from './wire.js';
