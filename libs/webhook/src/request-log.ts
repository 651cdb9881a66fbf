import type { FastifyRequest } from 'fastify';

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
