import type { INestApplication } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import { adminPaths, adminSchemas, adminTags } from '@app/admin';
import { botPaths, botSchemas } from './bot-paths.js';
import { operatorPaths, operatorSchemas } from './operator-paths.js';
import { reportPaths, reportSchemas } from './report-paths.js';
import { smsPaths, smsSchemas } from './sms-paths.js';
import { ussdPaths, ussdSchemas } from './ussd-paths.js';
import { voicePaths, voiceSchemas } from './voice-paths.js';

const description = `Everything that this server answers.

The webhooks take a form or JSON from every provider, whichever it documents, and read names without regard to case. Their
answers are in the words of the provider, since providers and not people read them.

The admin API under \`/admin/v1\` is for people and their programs: docs/admin.md tells how keys, pages and errors work.`;

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
    .addTag('SMS')
    .addTag('Voice')
    .addTag('Bots')
    .addTag('Call reports')
    .addTag('Notices')
    .addTag('Operation')
    .addApiKey({ type: 'apiKey', in: 'query', name: 'key' }, 'webhookKeyInQuery')
    .addApiKey({ type: 'apiKey', in: 'header', name: 'x-webhook-key' }, 'webhookKeyInHeader')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'A key of the admin API.' }, 'adminKey')
    .build();
  for (const name of adminTags) if (!config.tags?.some((tag) => tag.name === name)) config.tags?.push({ name });
  const scanned = SwaggerModule.createDocument(app, config);
  const schemas = {
    ...scanned.components?.schemas,
    ...ussdSchemas,
    ...smsSchemas,
    ...voiceSchemas,
    ...botSchemas,
    ...reportSchemas,
    ...operatorSchemas,
    ...adminSchemas,
  };
  return {
    ...scanned,
    paths: {
      ...withoutAdmin(scanned.paths),
      ...ussdPaths,
      ...smsPaths,
      ...voicePaths,
      ...botPaths,
      ...reportPaths,
      ...operatorPaths,
      ...adminPaths,
    },
    components: { ...scanned.components, schemas },
  };
}

/** Routes of the admin API are described by hand or not at all: a test finds those that are not. */
function withoutAdmin(paths: OpenAPIObject['paths']): OpenAPIObject['paths'] {
  return Object.fromEntries(Object.entries(paths).filter(([path]) => !path.startsWith('/admin/')));
}
