import { textContent, type Schemas, type Paths } from './parts-of-a-description.js';

const operatorsOnly = {
  security: [{}, { adminKey: [] }],
  denied: { '401': { description: 'In production: the admin key is wrong or missing.' } },
};
const readiness = { 'application/json': { schema: { $ref: '#/components/schemas/Readiness' } } };

/** What orchestrators, Prometheus and the people behind them ask for. */
export const operatorPaths: Paths = {
  '/health/live': {
    get: {
      operationId: 'live',
      tags: ['Operation'],
      summary: 'Whether the process need not be killed',
      responses: {
        '200': {
          description: 'It runs.',
          content: {
            'application/json': {
              schema: { type: 'object', properties: { status: { type: 'string', enum: ['live'] } } },
            },
          },
        },
      },
    },
  },
  '/health/ready': {
    get: {
      operationId: 'ready',
      tags: ['Operation'],
      summary: 'Whether the process should be sent anything',
      parameters: [
        {
          name: 'strict',
          in: 'query',
          required: false,
          allowEmptyValue: true,
          description: 'Given, with or without a value: a dependency that is away counts as not ready.',
          schema: { type: 'string' },
        },
      ],
      responses: {
        '200': { description: 'Turns can be answered and facts be kept.', content: readiness },
        '503': { description: 'It is starting or stopping; with `strict`, something is away.', content: readiness },
      },
    },
  },
  '/metrics': {
    get: {
      operationId: 'metrics',
      tags: ['Operation'],
      summary: 'What the process counts, for Prometheus',
      security: operatorsOnly.security,
      responses: {
        '200': {
          description: 'The text format of Prometheus.',
          content: textContent('text/plain', {
            turns: 'ongea_turns_total{channel="ussd",provider="kairos",outcome="reply"} 12\n',
          }),
        },
        ...operatorsOnly.denied,
      },
    },
  },
  '/docs': {
    get: {
      operationId: 'page',
      tags: ['Operation'],
      summary: 'This description as a page',
      description: 'In production a browser may give the admin key as the password of HTTP Basic, with any user name.',
      security: operatorsOnly.security,
      responses: {
        '200': { description: 'The page.', content: { 'text/html': { schema: { type: 'string' } } } },
        ...operatorsOnly.denied,
      },
    },
  },
  '/docs-json': {
    get: {
      operationId: 'document',
      tags: ['Operation'],
      summary: 'This description',
      security: operatorsOnly.security,
      responses: {
        '200': { description: 'OpenAPI 3.', content: { 'application/json': { schema: { type: 'object' } } } },
        ...operatorsOnly.denied,
      },
    },
  },
};

/** What those routes answer with. */
export const operatorSchemas: Schemas = {
  Readiness: {
    type: 'object',
    required: ['ready', 'complete', 'dependencies', 'draining'],
    properties: {
      ready: { type: 'boolean' },
      complete: { type: 'boolean', description: 'Nothing that we depend on is away.' },
      draining: { type: 'boolean', description: 'The process is about to stop.' },
      dependencies: {
        type: 'object',
        description: '`postgres`, `sessions`, `spool`',
        additionalProperties: {
          type: 'object',
          required: ['state'],
          properties: { state: { type: 'string' }, reason: { type: 'string' } },
        },
      },
    },
  },
};
