import { inPath, json, ref, route, type Paths, type Schemas } from '../openapi/description.js';

const running = {
  id: '0199b2a1-77aa-7c10-9f00-2b1f0a6f3d11',
  state: 'running',
  removed: {},
  requestedAt: '2026-03-04T09:32:10.000Z',
  doneAt: null,
};

const done = {
  ...running,
  state: 'done',
  removed: { messages: 12, call_reports: 3, sessions: 1 },
  doneAt: '2026-03-04T09:32:16.000Z',
};

export const erasuresPaths: Paths = {
  '/admin/v1/erasures': {
    post: route({
      id: 'beginErasure',
      tag: 'Privacy',
      summary: 'Forget a number',
      description:
        'In every form and everywhere: records, payloads, transcripts, sessions, what is to be sent. It runs on while a ' +
        'process or the database is away. An opt-out stays in force under a keyed hash.',
      scopes: ['privacy:erase'],
      body: { schema: ref('NewErasure'), example: { msisdn: '+254799999999' } },
      answers: { '202': json('It will be done.', ref('Erasure'), running) },
      posts: true,
    }),
  },
  '/admin/v1/erasures/{id}': {
    get: route({
      id: 'getErasure',
      tag: 'Privacy',
      summary: 'How far an erasure is',
      scopes: ['privacy:erase'],
      parameters: [inPath('id', 'Of the erasure.', running.id)],
      answers: { '200': json('The erasure.', ref('Erasure'), done) },
      problems: { '404': 'There is no such erasure.' },
    }),
  },
};

const text = { type: 'string' } as const;

export const erasuresSchemas: Schemas = {
  Erasure: {
    type: 'object',
    required: Object.keys(running),
    properties: {
      id: { ...text, format: 'uuid' },
      state: { ...text, enum: ['running', 'done', 'failed'] },
      removed: {
        type: 'object',
        additionalProperties: { type: 'integer' },
        description: 'Table to how many of its records were removed, or cleared of the number.',
      },
      requestedAt: { ...text, format: 'date-time' },
      doneAt: { ...text, format: 'date-time', nullable: true },
    },
  },
  NewErasure: {
    type: 'object',
    required: ['msisdn'],
    properties: {
      msisdn: { ...text, description: 'With its country code, or national where `country` is given.' },
      country: { ...text, description: 'ISO 3166 alpha-2, such as `KE`.' },
    },
    additionalProperties: false,
  },
};
