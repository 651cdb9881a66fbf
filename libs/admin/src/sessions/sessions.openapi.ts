import { channels } from '@app/dialog';
import {
  inPath,
  instant,
  json,
  listOf,
  listParameters,
  nothing,
  query,
  ref,
  route,
  type Paths,
  type Schemas,
} from '../openapi/description.js';

const session = {
  key: 'Qk1yVbQwq0Zt2b3n4m5P6r7S8t9U0v1W2x3Y4z5A6b8',
  channel: 'ussd',
  provider: 'africastalking',
  account: 'demo',
  caller: '+254700000201',
  dialog: 'shamba',
  version: '4f1c0d9a2b7e8f60',
  step: 'shamba/home',
  language: 'en',
  turns: 2,
  ended: false,
  startedAt: '2026-03-04T09:32:10.000Z',
  lastTurnAt: '2026-03-04T09:32:24.000Z',
  expiresAt: '2026-03-04T09:35:24.000Z',
};
const turn = {
  id: '0199b2a1-0a11-7d44-8a10-5f6d1f2b7c90',
  at: '2026-03-04T09:32:24.000Z',
  input: '1',
  reply: 'Which crop?',
  step: 'farm-prices/crop',
  durationMs: 3.2,
  outcome: 'reply',
};
const key = inPath('key', 'Of the session, as the list gives it.', session.key);

export const sessionsPaths: Paths = {
  '/admin/v1/sessions': {
    get: route({
      id: 'listSessions',
      tag: 'Sessions',
      summary: 'Conversations, those that began last first',
      description:
        'They are what the journal of turns knows, which is a moment behind and has gaps where Postgres was away.',
      scopes: ['sessions:read'],
      parameters: [
        query('open', '`false`: those that are over as well.', { type: 'boolean', default: true }),
        query('channel', 'Where they are held.', { type: 'string', enum: [...channels] }),
        query('provider', 'Such as `africastalking`.'),
        query('account', 'Name of the account.'),
        query('dialog', 'Id of the dialog that they began with.'),
        query('caller', 'A number with its country code, or the name of a user of a bot; needs `pii:read`.'),
        instant('startedAfter', 'From then on'),
        instant('startedBefore', 'Until then'),
        ...listParameters,
      ],
      answers: { '200': listOf('Session', session) },
    }),
  },
  '/admin/v1/sessions/{key}': {
    get: route({
      id: 'getSession',
      tag: 'Sessions',
      summary: 'A conversation, open or over',
      scopes: ['sessions:read'],
      parameters: [key],
      answers: { '200': json('The session.', ref('Session'), session) },
      problems: { '404': 'There is no such session.' },
    }),
    delete: route({
      id: 'endSession',
      tag: 'Sessions',
      summary: 'End a conversation',
      description: 'What the person says next begins anew.',
      scopes: ['sessions:end'],
      parameters: [key],
      answers: { '204': nothing('It is over.') },
      problems: { '404': 'There is no such session.', '409': 'It is over already.' },
    }),
  },
  '/admin/v1/sessions/{key}/turns': {
    get: route({
      id: 'listTurns',
      tag: 'Sessions',
      summary: 'What was said in a conversation, the last first',
      description: 'Sensitive answers are masked for everybody.',
      scopes: ['sessions:read'],
      parameters: [key, ...listParameters],
      answers: { '200': listOf('Turn', turn) },
      problems: { '404': 'There is no such session.' },
    }),
  },
};

const text = { type: 'string' } as const;
const maybe = { ...text, nullable: true } as const;
const time = { ...text, format: 'date-time' } as const;

export const sessionsSchemas: Schemas = {
  Session: {
    type: 'object',
    required: Object.keys(session),
    properties: {
      key: { ...text, description: 'An HMAC: it tells nothing of the session.' },
      channel: { type: 'string', enum: [...channels] },
      provider: text,
      account: text,
      caller: { ...text, description: 'Masked without `pii:read`.' },
      dialog: text,
      version: { ...text, description: 'Of the dialog, for as long as the session lasts.' },
      step: { ...maybe, description: 'Where it waits; null once it has reached its end.' },
      language: maybe,
      turns: { type: 'integer' },
      ended: { type: 'boolean', description: 'False as well for one that was left, once it has expired.' },
      startedAt: time,
      lastTurnAt: time,
      expiresAt: time,
    },
  },
  Turn: {
    type: 'object',
    required: Object.keys(turn),
    properties: {
      id: { ...text, format: 'uuid' },
      at: time,
      input: { ...maybe, description: 'Null: nothing was said.' },
      reply: text,
      step: { ...maybe, description: 'Where the session waits after it.' },
      durationMs: { type: 'number' },
      outcome: text,
    },
  },
};
