import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isBearer } from '../health/operator.guard.js';
import { openApiDocument } from './open-api-document.js';
import { page, pageAssets, pagePolicy, pageScript } from './page.js';

/**
 * Serves the description of the API at `/docs-json` and a page of it at `/docs`. Nothing is built or loaded before
 * somebody asks for it.
 *
 * @param operatorKey asked for as a bearer token, or by browsers as a password; undefined: not asked for.
 */
export function serveOpenApi(app: NestFastifyApplication, operatorKey: string | undefined): void {
  const fastify: FastifyInstance = app.getHttpAdapter().getInstance();
  let document: Promise<string> | undefined;
  void fastify.register((context, _options, done) => {
    context.addHook('onRequest', (request, reply, next) => {
      void reply.header('cache-control', 'no-store').header('x-content-type-options', 'nosniff');
      if (operatorKey === undefined || isOperator(request, operatorKey)) next();
      else deny(reply);
    });
    context.get('/docs-json', async (_request, reply) => {
      document ??= openApiDocument(app).then((built) => JSON.stringify(built));
      return reply.type('application/json; charset=utf-8').send(await document);
    });
    context.get('/docs', (_request, reply) =>
      reply.header('content-security-policy', pagePolicy).type('text/html; charset=utf-8').send(page),
    );
    context.get('/docs/page.js', (_request, reply) => reply.type('text/javascript; charset=utf-8').send(pageScript));
    for (const [name, type] of Object.entries(pageAssets)) {
      context.get(`/docs/${name}`, async (_request, reply) => reply.type(type).send(await readFile(assetFile(name))));
    }
    done();
  });
}

function isOperator({ headers: { authorization } }: FastifyRequest, key: string): boolean {
  return isBearer(authorization, key) || isBearer(`Bearer ${passwordOf(authorization)}`, key);
}

/** The password of HTTP Basic, which is all that a browser can be asked for; the user name does not matter. */
function passwordOf(authorization: string | undefined): string {
  const [, encoded = ''] = /^Basic ([A-Za-z0-9+/]+=*)$/.exec(authorization ?? '') ?? [];
  const text = Buffer.from(encoded, 'base64').toString();
  return text.slice(text.indexOf(':') + 1);
}

function deny(reply: FastifyReply): void {
  void reply.code(401).header('www-authenticate', 'Basic realm="Ongea", charset="UTF-8"').send();
}

/** The package comes with `@nestjs/swagger`, which is where it is looked for. */
function assetFile(name: string): string {
  const swagger = createRequire(createRequire(import.meta.url).resolve('@nestjs/swagger/package.json'));
  return path.join(path.dirname(swagger.resolve('swagger-ui-dist/package.json')), name);
}
