import type { Account, VoiceCallbacks } from '@app/provider-kit';
import type { PublicUrl } from '@app/webhook';

/** Where the documents of a call have its answers posted: our own webhook, with the key that opens it. */
export function callbacksOf({ provider, account, webhookKeys }: Account, publicUrl: PublicUrl): VoiceCallbacks {
  const [key] = webhookKeys;
  const answer = (turn: number): string => {
    const query = key === undefined ? '' : `key=${encodeURIComponent(key)}&`;
    return `${publicUrl.url()}/voice/${provider}/${account}?${query}turn=${turn}`;
  };
  return { answer, noInput: (turn) => `${answer(turn)}&noinput=${turn}` };
}
