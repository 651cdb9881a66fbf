import type { Account, Provider } from '@app/provider-kit';
import type { WebhookRoute } from '@app/webhook';
import type { BotHandler } from './bot.handler.js';

/** The path of the bot channel. */
export function botRoutes(handler: BotHandler): readonly WebhookRoute[] {
  const path = '/bot/:provider/:account';
  return [
    { method: 'POST', path, turns: true, serves, handle: (call) => handler.turn(call) },
    { method: 'GET', path, page: true, serves, handle: (call) => Promise.resolve(handler.page(call)) },
  ];
}

function serves(provider: Provider, account: Account): boolean {
  return provider.bot !== undefined && account.bot !== undefined;
}
