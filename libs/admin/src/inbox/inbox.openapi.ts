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
import { inboxStates } from './inbox.dto.js';

const record = {
  id: '0199b2a1-0a11-7d44-8a10-5f6d1f2b7c90',
  route: 'POST /sms/africastalking/demo/delivery',
  provider: 'africastalking',
  account: 'demo',
  state: 'kept',
  reason: 'event-unreadable',
  receivedAt: '2026-03-04T09:32:24.000Z',
  contentType: 'application/x-www-form-urlencoded',
  bytes: 14,
  body: 'status=Success',
  bodyEncoding: 'text',
};
const kinds = ['message', 'delivery-event', 'call-report', 'session-report', 'notice', 'opt-out', 'opt-in'];

export const inboxPaths: Paths = {
  '/admin/v1/inbox': {
    get: route({
      id: 'listInbox',
      tag: 'Inbox',
      summary: 'Webhooks that could not be handled, newest first',
      scopes: ['inbox:read'],
      parameters: [
        query('state', '`rejected`: no valid body. `kept`: not understood. `failed`: our fault.', {
          type: 'string',
          enum: [...inboxStates],
        }),
        query('provider', 'Such as `africastalking`.'),
        query('account', 'Name of the account.'),
        query('route', 'Method and path.', { type: 'string' }, record.route),
        instant('receivedAfter', 'From then on'),
        instant('receivedBefore', 'Until then'),
        ...listParameters,
      ],
      answers: { '200': listOf('InboxRecord', record) },
    }),
  },
  '/admin/v1/inbox/{id}/replay': {
    post: route({
      id: 'replayInbox',
      tag: 'Inbox',
      summary: 'Have a webhook handled once more',
      description:
        'As if it came now, but for its arrival. What says the same as a record that is there already adds none, and that record is the answer.',
      scopes: ['inbox:replay'],
      parameters: [inPath('id', 'Of the record.', record.id)],
      answers: {
        '200': json('What it became.', ref('Replayed'), {
          id: record.id,
          state: 'replayed',
          became: [{ kind: 'delivery-event', record: { id: '0199b2a1-0a11-7000-8a10-5f6d1f2b7c91' } }],
        }),
      },
      posts: true,
      problems: {
        '404': 'There is no such record.',
        '409':
          'It is a turn of a conversation, it was replayed already, or nobody serves its route here; or the first request with this `Idempotency-Key` is still under way.',
        '422': 'It still cannot be read; or this `Idempotency-Key` was used for another request.',
      },
    }),
  },
};

const text = { type: 'string' } as const;

export const inboxSchemas: Schemas = {
  InboxRecord: {
    type: 'object',
    required: Object.keys(record).filter((name) => !name.startsWith('body')),
    properties: {
      id: { ...text, format: 'uuid' },
      route: text,
      provider: text,
      account: text,
      state: { type: 'string', enum: [...inboxStates] },
      reason: text,
      receivedAt: { ...text, format: 'date-time' },
      contentType: { ...text, nullable: true },
      bytes: { type: 'integer', description: 'Length of the whole body.' },
      body: {
        ...text,
        description:
          'At most its first 16 KiB, and what was typed masked, but for messages. Left out without `pii:read`.',
      },
      bodyEncoding: {
        type: 'string',
        enum: ['text', 'base64'],
        description: '`base64`: it is no printable UTF-8. Left out without `pii:read`.',
      },
    },
  },
  Replayed: {
    type: 'object',
    required: ['id', 'state', 'became'],
    properties: {
      id: { ...text, format: 'uuid' },
      state: { type: 'string', enum: ['replayed'] },
      became: {
        type: 'array',
        items: {
          type: 'object',
          required: ['kind', 'record'],
          properties: {
            kind: { type: 'string', enum: kinds },
            record: { type: 'object', additionalProperties: true, description: 'As its own list shows it.' },
          },
        },
      },
    },
  },
};
