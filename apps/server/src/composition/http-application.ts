import { randomBytes } from 'node:crypto';
import type { NestApplicationOptions } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { LogController, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Environment } from '@app/settings';
import { AppModule } from '../app.module.js';
import { FaultFilter, refuseAddress } from '../fault.filter.js';
import { nestLogger } from '../logging/nest-logger.js';
import { serveOpenApi } from '../openapi/serve-open-api.js';
import type { Parts } from './parts.js';

/** A request that has not come whole by then is cut, in milliseconds; a whole turn of a provider takes no longer. */
const requestTimeoutMs = 10_000;

/** Puts the Nest application together on Fastify, not listening yet. */
export async function createApplication(
  parts: Parts,
  environment: Environment,
  adminKey: string,
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    loggerInstance: parts.log,
    // Turns are logged where they are understood, and the path of a request says little more.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: requestIds(),
    bodyLimit: 256 * 1024,
    requestTimeout: requestTimeoutMs,
    // Both time-outs are only kept if connections are looked at this often.
    http: { headersTimeout: requestTimeoutMs, connectionsCheckingInterval: 500, maxHeaderSize: 16 * 1024 },
    keepAliveTimeout: 65_000,
    // Whoever still comes while we close is answered: a provider would show a 503 to the caller as a network error.
    return503OnClosing: false,
    // No middleware is used, so no request need pass through it.
    skipMiddie: true,
    frameworkErrors: (_error: unknown, request: FastifyRequest, reply: FastifyReply) =>
      refuseAddress(request.url, reply),
    routerOptions: { maxParamLength: 200 },
  });
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- Nest declares its options as a class
  const options: NestApplicationOptions = { logger: nestLogger(parts.log), abortOnError: false };
  const root = AppModule.of(parts, environment, adminKey);
  const app = await NestFactory.create<NestFastifyApplication>(root, adapter, options);
  app.useGlobalFilters(new FaultFilter(app.getHttpAdapter()));
  serveOpenApi(app, environment.production ? adminKey : undefined);
  return app;
}

/** Ids that differ between processes and starts without asking for randomness each time. */
function requestIds(): () => string {
  const prefix = randomBytes(5).toString('base64url');
  let n = 0;
  return () => `${prefix}-${(++n).toString(36)}`;
}
