import { word } from '@app/provider-kit';
import type { WebhookReply, WebhookRequest } from '@app/provider-kit';

/**
 * A new webhook is posted a validation key and a challenge, which it must say again; the account's bearer secret comes along.
 * https://github.com/mobtexting/docs, v2/webhook
 */
export function answerChallenge({ method, fields }: WebhookRequest): WebhookReply | undefined {
  if (method !== 'POST' || word(fields, 'validation_key') === undefined) return undefined;
  const challenge = word(fields, 'challenge');
  if (challenge === undefined) return undefined;
  return { status: 200, contentType: 'application/json', body: JSON.stringify({ challenge }) };
}
