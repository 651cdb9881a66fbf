import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Gate, Addressee } from './gate.js';
import { pathOf, RequestLog } from './request-log.js';
import type { WebhookAnswer, WebhookRoute } from './webhook-call.js';
import { readWebhookRequest } from './webhook-request.js';

/** No body of a webhook is longer, in bytes; longer ones are answered 413. */
export const maxBodyBytes = 256 * 1024;

/** What the first look at a request found out. */
interface FirstLook extends Addressee {
  readonly contentType: string | undefined;
  readonly receivedAt: number;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** On webhook routes only. */
    firstLook: FirstLook | undefined;
  }
}

type Params = Readonly<Record<'provider' | 'account', string>>;

/**
 * Registers webhook routes in a Fastify context of their own: any content type or none is taken, the bytes are kept, and
 * errors have empty bodies. Other routes keep Fastify's strict parsers.
 */
export function registerWebhooks(
  fastify: FastifyInstance,
  gate: Gate,
  routes: readonly WebhookRoute[],
  now: () => number,
): void {
  fastify.register((context, _options, done) => {
    context.decorateRequest('firstLook', undefined);
    // Instead of a child for each request: see RequestLog.
    context.setChildLoggerFactory((logger) => logger);
    context.removeAllContentTypeParsers();
    context.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: maxBodyBytes }, keepBytes);
    context.setErrorHandler<Error & { statusCode?: number }>((error, request, reply) => {
      const status = error.statusCode ?? 500;
      if (status >= 500) new RequestLog(request).error({ err: error }, 'a webhook failed');
      return sendEmpty(reply, status);
    });
    for (const route of routes) addRoute(context, gate, route, now);
    done();
  });
}

function keepBytes(_request: FastifyRequest, body: Buffer, done: (error: null, body: Buffer) => void): void {
  done(null, body);
}

function addRoute(context: FastifyInstance, gate: Gate, route: WebhookRoute, now: () => number): void {
  context.route<{ Params: Params }>({
    method: route.method,
    url: route.path,
    exposeHeadRoute: false,
    // Strangers are turned away before a byte of their body is read.
    onRequest(request, reply, done) {
      const found = look(gate, route, request);
      if (typeof found === 'number') {
        sendEmpty(reply, found);
        return;
      }
      const { provider, account } = found;
      request.firstLook = { provider, account, contentType: takeContentType(request), receivedAt: now() };
      done();
    },
    handler(request, reply) {
      const { firstLook } = request;
      return firstLook === undefined ? sendEmpty(reply, 500) : answer(gate, route, firstLook, request, reply);
    },
  });
}

function look(gate: Gate, route: WebhookRoute, request: FastifyRequest<{ Params: Params }>): Addressee | number {
  const addressee = gate.find(request.params.provider, request.params.account);
  if (addressee === undefined || !route.serves(addressee.provider, addressee.account)) return 404;
  const { key } = request.query as Record<string, unknown>;
  const admission = gate.admits(addressee.account, {
    remoteAddress: request.socket.remoteAddress,
    forwardedFor: headerOf(request, 'x-forwarded-for'),
    webhookKey: typeof key === 'string' && key !== '' ? key : headerOf(request, 'x-webhook-key'),
  });
  if (admission === 'yes') return addressee;
  logRefusal(new RequestLog(request), addressee, admission);
  return admission === 'wrong-key' ? 401 : 403;
}

function logRefusal(log: RequestLog, { provider, account }: Addressee, admission: string): void {
  log.info({ provider: provider.id, account: account.account, admission }, 'a webhook call was turned away');
}

function headerOf(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** Fastify refuses labels that it cannot read (`text`, `json; charset`) even where every type is taken, but not a missing one. */
function takeContentType(request: FastifyRequest): string | undefined {
  const contentType = request.headers['content-type'];
  request.headers['content-type'] = undefined;
  return contentType;
}

async function answer(
  gate: Gate,
  route: WebhookRoute,
  first: FirstLook,
  fastifyRequest: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { provider, account, contentType, receivedAt } = first;
  const log = new RequestLog(fastifyRequest);
  const { request, malformed } = readWebhookRequest(fastifyRequest, contentType, receivedAt);
  if (route.page !== true && !gate.isSigned(first, request)) {
    logRefusal(log, first, 'wrong-signature');
    return sendEmpty(reply, 401);
  }
  const challenge = provider.challenge?.(request);
  if (challenge !== undefined) return send(reply, { reply: challenge });
  const path = `${route.method} ${pathOf(fastifyRequest.url)}`;
  const call = { request, provider, account, malformed, route: path, log };
  return send(reply, await route.handle(call));
}

function send(reply: FastifyReply, { reply: webhookReply, whenBroken }: WebhookAnswer): FastifyReply {
  const { status, contentType, headers, body } = webhookReply;
  reply.code(status).header('content-type', contentType);
  if (headers !== undefined) reply.headers(headers);
  // Asked before anything is written: a response without a connection counts as finished afterwards.
  const isGone = reply.raw.destroyed;
  reply.send(body);
  if (isGone) void whenBroken?.();
  return reply;
}

function sendEmpty(reply: FastifyReply, status: number): FastifyReply {
  return reply.code(status).send();
}
