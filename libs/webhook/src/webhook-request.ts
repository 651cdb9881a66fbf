import type { FastifyRequest } from 'fastify';
import { PayloadRejected, readFields, readQuery, type Fields, type WebhookRequest } from '@app/provider-kit';

/** A request read as far as it could be. */
export interface ReadRequest {
  readonly request: WebhookRequest;
  readonly malformed: PayloadRejected | undefined;
}

const noBytes = new Uint8Array(0);
const noFields: Fields = Object.freeze(Object.create(null) as Record<string, unknown>);

/**
 * Reads a request whose body is the bytes as they came. A body or query that cannot be read leaves no fields, and says why.
 * @param contentType as it came: Fastify's own has been taken away.
 */
export function readWebhookRequest(
  request: FastifyRequest,
  contentType: string | undefined,
  receivedAt: number,
): ReadRequest {
  const { url, id, method } = request;
  const { body }: { readonly body: unknown } = request;
  const headers = request.headers as Record<string, string | undefined>;
  const rawBody = body instanceof Uint8Array ? body : noBytes;
  const mark = url.indexOf('?');
  let query = noFields;
  let fields = noFields;
  let malformed: PayloadRejected | undefined;
  try {
    if (mark !== -1) query = readQuery(url.slice(mark + 1));
    fields = readFields(rawBody, contentType, query);
  } catch (error) {
    if (!(error instanceof PayloadRejected)) throw error;
    malformed = error;
  }
  return { request: { id, method, headers, query, rawBody, contentType, fields, receivedAt }, malformed };
}
