import {
  inPath,
  instant,
  json,
  listOf,
  listParameters,
  query,
  ref,
  route,
  type Paths,
  type Schemas,
} from '../openapi/description.js';
import { outboxStates } from './outbox.dto.js';

const order = {
  id: '0199b2a1-0a11-7d44-8a10-5f6d1f2b7c90',
  kind: 'message',
  provider: 'africastalking',
  account: 'demo',
  state: 'dead',
  attempts: 12,
  nextAt: null,
  lastError: 'insufficient-balance',
  createdAt: '2026-03-04T09:32:10.000Z',
};

export const outboxPaths: Paths = {
  '/admin/v1/outbox': {
    get: route({
      id: 'listOutbox',
      tag: 'Outbox',
      summary: 'What is to be sent and what was, newest first',
      scopes: ['outbox:manage'],
      parameters: [
        query('kind', 'Such as `message` or `call`.'),
        query('state', 'How it stands.', { type: 'string', enum: [...outboxStates] }),
        query('provider', 'Such as `africastalking`.'),
        query('account', 'Name of the account.'),
        instant('createdAfter', 'From then on'),
        instant('createdBefore', 'Until then'),
        ...listParameters,
      ],
      answers: { '200': listOf('Order', order) },
    }),
  },
  '/admin/v1/outbox/{id}/redrive': {
    post: route({
      id: 'redriveOrder',
      tag: 'Outbox',
      summary: 'Send again what was given up',
      description:
        'To those of its recipients whom no attempt has settled. An uncertain order may reach somebody a second time.',
      scopes: ['outbox:manage'],
      parameters: [inPath('id', 'Of the order.', order.id)],
      answers: {
        '202': json('It waits again.', ref('Order'), { ...order, state: 'waiting', nextAt: order.createdAt }),
      },
      posts: true,
      problems: {
        '404': 'There is no such order.',
        '409':
          'It is neither dead nor uncertain, or has nobody left; or the first request with this `Idempotency-Key` is still under way.',
      },
    }),
  },
};

const text = { type: 'string' } as const;

export const outboxSchemas: Schemas = {
  Order: {
    type: 'object',
    required: Object.keys(order),
    properties: {
      id: { ...text, format: 'uuid' },
      kind: text,
      provider: text,
      account: text,
      state: {
        type: 'string',
        enum: [...outboxStates],
        description: '`uncertain`: it may have been sent. `dead`: given up.',
      },
      attempts: { type: 'integer' },
      nextAt: { ...text, format: 'date-time', nullable: true },
      lastError: { ...text, nullable: true, description: 'A code of the table in docs/sending.md.' },
      createdAt: { ...text, format: 'date-time' },
    },
  },
};
