import type { Account, Provider } from '@app/provider-kit';
import type { WebhookRoute } from '@app/webhook';
import type { UssdHandler } from './ussd.handler.js';

/** The paths of the USSD channel. */
export function ussdRoutes(handler: UssdHandler): readonly WebhookRoute[] {
  const path = '/ussd/:provider/:account';
  return [
    { method: 'POST', path, turns: true, serves, handle: (call) => handler.turn(call) },
    { method: 'POST', path: `${path}/events`, serves, handle: (call) => handler.event(call) },
  ];
}

function serves(provider: Provider, account: Account): boolean {
  return provider.ussd !== undefined && account.ussd !== undefined;
}
