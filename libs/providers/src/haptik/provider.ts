import type { Provider } from '@app/provider-kit';
import { haptikBot } from './bot.js';
import { haptikSignature } from './signature.js';

/** Haptik, as it calls nodes with custom code and pushes platform events. */
export const haptik: Provider = {
  id: 'haptik',
  name: 'Haptik',
  signature: haptikSignature,
  bot: haptikBot,
  accountOptions: {
    richChoices: { type: 'boolean', description: 'show choices as quick replies instead of numbered lines' },
  },
};
