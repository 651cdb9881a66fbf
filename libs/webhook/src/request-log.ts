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

/** A URL without its query. */
export function pathOf(url: string): string {
  const mark = url.indexOf('?');
  return mark === -1 ? url : url.slice(0, mark);
}
