import { randomUUID } from 'node:crypto';
import { readFields, type Fields, type WebhookRequest } from '@app/provider-kit';
import type { WireRequest } from './wires/index.js';

/** A provider's request as a webhook gets it. @param query without the webhook key. */
export function webhookRequest(
  { contentType, headers, body }: WireRequest,
  receivedAt: number,
  query: Fields = {},
): WebhookRequest {
  const rawBody = Buffer.from(body);
  return {
    id: randomUUID(),
    method: 'POST',
    headers: { ...headers, 'content-type': contentType },
    query,
    rawBody,
    contentType,
    fields: readFields(rawBody, contentType, query),
    receivedAt,
  };
}
