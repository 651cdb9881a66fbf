import type { Account, Provider } from '@app/provider-kit';
import type { WebhookRoute } from '@app/webhook';
import type { SmsHandler } from './sms.handler.js';

/**
 * The paths of the SMS channel. Messages come to accounts that have addresses for them; what is told of our own messages
 * comes to every account that can send any.
 */
export function smsRoutes(handler: SmsHandler): readonly WebhookRoute[] {
  const path = '/sms/:provider/:account';
  return [
    { method: 'POST', path, serves: receives, handle: (call) => handler.message(call) },
    { method: 'POST', path: `${path}/delivery`, serves: sends, handle: (call) => handler.delivery(call) },
    { method: 'POST', path: `${path}/opt-out`, serves: sends, handle: (call) => handler.optOut(call) },
    { method: 'POST', path: `${path}/subscriptions`, serves: sends, handle: (call) => handler.subscription(call) },
  ];
}

function receives(provider: Provider, account: Account): boolean {
  return provider.sms !== undefined && account.sms !== undefined;
}

function sends(provider: Provider, account: Account): boolean {
  if (provider.sms === undefined) return false;
  return account.sms !== undefined || account.replyFrom !== undefined || Object.keys(account.credentials).length > 0;
}
