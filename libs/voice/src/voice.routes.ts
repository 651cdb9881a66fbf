import type { Account, Provider } from '@app/provider-kit';
import type { WebhookRoute } from '@app/webhook';
import type { VoiceHandler } from './voice.handler.js';

/** The paths of the voice channel. */
export function voiceRoutes(handler: VoiceHandler): readonly WebhookRoute[] {
  const path = '/voice/:provider/:account';
  return [
    { method: 'POST', path, turns: true, serves, handle: (call) => handler.turn(call) },
    { method: 'POST', path: `${path}/events`, serves, handle: (call) => handler.event(call) },
  ];
}

function serves(provider: Provider, account: Account): boolean {
  return provider.voice !== undefined && account.voice !== undefined;
}
