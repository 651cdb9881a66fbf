import type { FastifyRequest } from 'fastify';
import type { WebhookLog } from './webhook-call.js';

/**
 * Writes to the log under the request's id. Fastify's own way, a child logger for every request, costs more than the
 * dialog's part of a turn, and nearly all requests write nothing.
 */
export class RequestLog implements WebhookLog {
  constructor(private readonly request: FastifyRequest) {}

  info(fields: object, message: string): void {
    this.request.log.info({ reqId: this.request.id, ...fields }, message);
  }

  error(fields: object, message: string): void {
    this.request.log.error({ reqId: this.request.id, ...fields }, message);
  }
}

/** To be given to Fastify's logger in the place of its own serializer of `req`, which writes the query down. */
export function requestForLog(request: FastifyRequest): { method: string; url: string; remoteAddress?: string } {
  const { remoteAddress } = request.socket;
  return {
    method: request.method,
    url: pathOf(request.url),
    ...(remoteAddress === undefined ? {} : { remoteAddress }),
  };
}

/** A URL without its query. */
export function pathOf(url: string): string {
  const mark = url.indexOf('?');
  return mark === -1 ? url : url.slice(0, mark);
}
