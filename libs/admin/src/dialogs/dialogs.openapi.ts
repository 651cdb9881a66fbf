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

const version = '4f1c0d9a2b7e8f604f1c0d9a2b7e8f604f1c0d9a2b7e8f604f1c0d9a2b7e8f60';
const dialog = {
  id: 'shamba',
  version,
  file: 'shamba.dialog.yaml',
  languages: ['en', 'sw'],
  start: 'home',
  steps: 12,
};
const detail = {
  ...dialog,
  served: true,
  definition: 'dialog: shamba\nstart: home\nsteps: …\n',
  runs: ['farm-prices'],
  versions: [{ version, current: true, firstSeen: '2026-03-01T08:00:00.000Z', lastSeen: '2026-03-04T08:00:00.000Z' }],
};
const step = { step: 'shamba/home', reached: 120, answered: 100, invalid: 8, left: 12, meanMs: 5_400 };

export const dialogsPaths: Paths = {
  '/admin/v1/dialogs': {
    get: route({
      id: 'listDialogs',
      tag: 'Dialogs',
      summary: 'What is served, by id',
      scopes: ['dialogs:read'],
      parameters: listParameters,
      answers: { '200': listOf('Dialog', { ...dialog, openSessions: 3 }) },
    }),
  },
  '/admin/v1/dialogs/{id}': {
    get: route({
      id: 'getDialog',
      tag: 'Dialogs',
      summary: 'A dialog with its definition and its versions',
      description: 'One that is no longer served is found as well.',
      scopes: ['dialogs:read'],
      parameters: [inPath('id', 'Of the dialog.', dialog.id)],
      answers: { '200': json('The dialog.', ref('DialogDetail'), detail) },
      problems: { '404': 'There is no such dialog.' },
    }),
  },
  '/admin/v1/dialogs/{id}/funnel': {
    get: route({
      id: 'getFunnel',
      tag: 'Dialogs',
      summary: 'How far people come',
      description: 'Counts the turns of sessions that began in the range, as far back as transcripts are kept.',
      scopes: ['dialogs:read'],
      parameters: [
        inPath('id', 'Of the dialog.', dialog.id),
        query('version', 'Hash of a version, or its first 8 digits and more.'),
        instant('after', 'From then on'),
        instant('before', 'Until then'),
      ],
      answers: { '200': json('Step by step, what was reached most first.', ref('Funnel'), { steps: [step] }) },
      problems: { '404': 'There is no such dialog.' },
    }),
  },
};

const text = { type: 'string' } as const;
const count = { type: 'integer' } as const;
const time = { ...text, format: 'date-time' } as const;
const fields = {
  id: text,
  version: { ...text, description: 'Hash of its content and of every dialog that it runs.' },
  file: text,
  languages: { type: 'array', items: text },
  start: { ...text, description: 'The first step.' },
  steps: count,
} as const;

export const dialogsSchemas: Schemas = {
  Dialog: {
    type: 'object',
    required: [...Object.keys(fields), 'openSessions'],
    properties: { ...fields, openSessions: count },
  },
  DialogDetail: {
    type: 'object',
    required: Object.keys(detail),
    properties: {
      ...fields,
      served: { type: 'boolean' },
      definition: { ...text, nullable: true, description: 'The text of its file.' },
      runs: { type: 'array', items: text, description: 'Dialogs that it runs, and they run.' },
      versions: {
        type: 'array',
        description: 'Newest first.',
        items: {
          type: 'object',
          properties: { version: text, current: { type: 'boolean' }, firstSeen: time, lastSeen: time },
        },
      },
    },
  },
  Funnel: {
    type: 'object',
    required: ['steps'],
    properties: {
      steps: {
        type: 'array',
        items: {
          type: 'object',
          required: Object.keys(step),
          properties: {
            step: { ...text, description: '`dialog/step`' },
            reached: { ...count, description: 'How often its question was shown.' },
            answered: { ...count, description: 'Answers that fitted.' },
            invalid: { ...count, description: 'Answers that did not.' },
            left: { ...count, description: 'Sessions that are over and waited for an answer there.' },
            meanMs: { type: 'number', nullable: true, description: 'Mean time from the question to its answer.' },
          },
        },
      },
    },
  },
};
