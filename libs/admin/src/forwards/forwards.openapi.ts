import {
  inPath,
  json,
  listOf,
  listParameters,
  ref,
  route,
  type Paths,
  type RouteDescription,
  type Schemas,
} from '../openapi/description.js';

const forward = {
  id: 'crm',
  on: ['call-report'],
  when: 'status == "answered"',
  method: 'POST',
  url: 'https://crm.example',
  headers: ['authorization'],
  body: 'json',
  fields: { caller: '{{ from }}' },
  allowPersonal: false,
  signed: true,
  enabled: true,
  reason: null,
  failingSince: null,
  lastSuccessAt: '2026-03-04T09:32:11.000Z',
  waiting: 0,
  dead: 0,
};

const attempt = {
  id: '0199b2a1-0a11-7d44-8a10-5f6d1f2b7c90.1',
  orderId: '0199b2a1-0a11-7d44-8a10-5f6d1f2b7c90',
  event: 'call-report',
  recordId: '0199b2a1-09f0-7a01-9c41-2f0c7d1e5a77',
  attempt: 1,
  at: '2026-03-04T09:32:11.000Z',
  state: 'sent',
  httpStatus: 200,
  error: null,
  durationMs: 84,
};

const common = { tag: 'Forwards', scopes: ['forwards:manage'] } as const;
const id = inPath('id', 'Of the forward, as in the configuration.', forward.id);
const problems = { '404': 'No such forward is configured.' };

function switching(description: Pick<RouteDescription, 'id' | 'summary' | 'description'>, example: unknown) {
  const answers = { '202': json('The forward as it is now.', ref('Forward'), example) };
  return { post: route({ ...common, ...description, parameters: [id], answers, posts: true, problems }) };
}

export const forwardsPaths: Paths = {
  '/admin/v1/forwards': {
    get: route({
      ...common,
      id: 'listForwards',
      summary: 'All forwards of the configuration, and how they do',
      description: 'Secrets are left out: of the address the host is shown, of headers the names.',
      answers: { '200': listOf('Forward', forward) },
    }),
  },
  '/admin/v1/forwards/{id}/attempts': {
    get: route({
      ...common,
      id: 'listForwardAttempts',
      summary: 'Attempts to send, newest first',
      parameters: [id, ...listParameters],
      answers: { '200': listOf('ForwardAttempt', attempt) },
      problems,
    }),
  },
  '/admin/v1/forwards/{id}/redrive': {
    post: route({
      ...common,
      id: 'redriveForward',
      summary: 'Send again what was given up',
      description: 'Every dead record of the forward is tried eleven more times.',
      parameters: [id],
      answers: { '202': json('How many.', ref('RedrivenForward'), { redriven: 12 }) },
      posts: true,
      problems,
    }),
  },
  '/admin/v1/forwards/{id}/enable': switching(
    { id: 'enableForward', summary: 'Enable a forward', description: 'What it missed meanwhile is not sent.' },
    forward,
  ),
  '/admin/v1/forwards/{id}/disable': switching(
    {
      id: 'disableForward',
      summary: 'Disable a forward',
      description: 'New records are not sent on; what waits is given up when its turn comes, and can be redriven.',
    },
    { ...forward, enabled: false, reason: 'by-operator' },
  ),
};

const text = { type: 'string' } as const;
const time = { ...text, format: 'date-time' } as const;
const count = { type: 'integer', minimum: 0 } as const;
const texts = { type: 'array', items: text } as const;

export const forwardsSchemas: Schemas = {
  Forward: {
    type: 'object',
    required: Object.keys(forward),
    properties: {
      id: text,
      on: { type: 'array', items: { ...text, enum: ['call-report', 'delivery-event', 'session-end'] } },
      when: { ...text, nullable: true, description: 'The condition, in CEL.' },
      method: { ...text, enum: ['GET', 'POST', 'PUT'] },
      url: { ...text, description: 'The host alone.' },
      headers: { ...texts, description: 'Names alone.' },
      body: { ...text, enum: ['json', 'form'] },
      fields: { type: 'object', additionalProperties: text, description: 'Name to template; empty: the whole record.' },
      allowPersonal: { type: 'boolean' },
      signed: { type: 'boolean' },
      enabled: { type: 'boolean' },
      reason: {
        ...text,
        nullable: true,
        description: 'Why it is disabled: `by-operator`, or the code of a send error.',
      },
      failingSince: { ...time, nullable: true, description: 'The first failure since the last success.' },
      lastSuccessAt: { ...time, nullable: true, description: 'To about ten seconds.' },
      waiting: { ...count, description: 'Records that are still to be sent.' },
      dead: { ...count, description: 'Records that were given up.' },
    },
  },
  ForwardAttempt: {
    type: 'object',
    required: Object.keys(attempt),
    properties: {
      id: text,
      orderId: {
        ...text,
        format: 'uuid',
        description: 'Of the order in the outbox; the receiver has it as `webhook-id`.',
      },
      event: text,
      recordId: { ...text, format: 'uuid' },
      attempt: { type: 'integer', minimum: 1 },
      at: time,
      state: { ...text, enum: ['sent', 'retry', 'dead'] },
      httpStatus: { type: 'integer', nullable: true },
      error: { ...text, nullable: true, description: 'The code of a send error.' },
      durationMs: count,
    },
  },
  RedrivenForward: { type: 'object', required: ['redriven'], properties: { redriven: count } },
};
