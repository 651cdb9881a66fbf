import type { SendContract } from '@app/provider-kit';
import { readSend } from './send-reply.js';
import { renderSend } from './send-request.js';

/**
 * What Africa's Talking sends for us. Its idempotency header is known for airtime alone.
 * https://developers.africastalking.com/docs/sms/sending/bulk
 */
export const africasTalkingSend: SendContract = {
  kinds: new Set(['message', 'call']),
  maxRecipients: 100,
  idempotent: false,
  renderSend,
  readSend,
};
