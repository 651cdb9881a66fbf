import type { INestApplication } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import { botPaths, botSchemas } from './bot-paths.js';
import { operatorPaths, operatorSchemas } from './operator-paths.js';
import { ussdPaths, ussdSchemas } from './ussd-paths.js';

const description = `Everything that this server answers.

The webhooks take a form or JSON from every provider, whichever it documents, and read names without regard to case. Their
answers are in the words of the provider, since providers and not people read them.`;

/**
 * Describes every route: those of controllers as Nest knows them, and by hand the webhooks, which are plain Fastify
 * routes. Loads `@nestjs/swagger` only now, so that no start has to wait for it.
 */
export async function openApiDocument(app: INestApplication): Promise<OpenAPIObject> {
  const { DocumentBuilder, SwaggerModule } = await import('@nestjs/swagger');
  const config = new DocumentBuilder()
    .setTitle('Ongea')
    .setDescription(description)
    .setVersion('1')
    .addTag('USSD')
    .addTag('Bots')
    .addTag('Operation')
    .addApiKey({ type: 'apiKey', in: 'query', name: 'key' }, 'webhookKeyInQuery')
    .addApiKey({ type: 'apiKey', in: 'header', name: 'x-webhook-key' }, 'webhookKeyInHeader')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'In production only.' }, 'adminKey')
    .build();
  const scanned = SwaggerModule.createDocument(app, config);
  const schemas = { ...scanned.components?.schemas, ...ussdSchemas, ...botSchemas, ...operatorSchemas };
  return {
    ...scanned,
    paths: { ...scanned.paths, ...ussdPaths, ...botPaths, ...operatorPaths },
    components: { ...scanned.components, schemas },
  };
}
