import {
  inPath,
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

const optOut = {
  id: '5c1f6f0e-6f0a-4c55-9a54-0d6f1b7a2e11',
  provider: 'africastalking',
  account: 'demo',
  address: '44170',
  msisdn: '+254700000201',
  reason: 'stop-word',
  at: '2026-03-04T09:32:10.000Z',
};

export const optOutsPaths: Paths = {
  '/admin/v1/opt-outs': {
    get: route({
      id: 'listOptOuts',
      tag: 'Messages',
      summary: 'Who is not to be written to or called, newest first',
      scopes: ['messages:send'],
      parameters: [
        query('provider', 'Such as `africastalking`.'),
        query('account', 'Name of the account.'),
        query('msisdn', 'A number; needs `pii:read`.'),
        query('address', 'Ours: a short code, number or sender name.'),
        query('country', 'For numbers without a country code; else that of the account.', { type: 'string' }, 'KE'),
        ...listParameters,
      ],
      answers: { '200': listOf('OptOut', optOut) },
    }),
    post: route({
      id: 'addOptOut',
      tag: 'Messages',
      summary: 'Note that somebody wants to hear nothing',
      description: 'One that is there already stays as it is, and is the answer.',
      scopes: ['messages:send'],
      body: {
        schema: ref('NewOptOut'),
        example: { msisdn: '+254700000201', provider: 'africastalking', account: 'demo', reason: 'asked by letter' },
      },
      answers: { '201': json('The opt-out.', ref('OptOut'), { ...optOut, address: null, reason: 'asked by letter' }) },
      posts: true,
    }),
  },
  '/admin/v1/opt-outs/{id}': {
    delete: route({
      id: 'removeOptOut',
      tag: 'Messages',
      summary: 'Lift an opt-out',
      scopes: ['messages:send'],
      parameters: [inPath('id', 'Of the opt-out.', optOut.id)],
      answers: { '204': nothing('The person may be written to again.') },
      problems: { '404': 'There is no such opt-out, or it was lifted already.' },
    }),
  },
};

const text = { type: 'string' } as const;

export const optOutsSchemas: Schemas = {
  OptOut: {
    type: 'object',
    required: Object.keys(optOut),
    properties: {
      id: { type: 'string', format: 'uuid' },
      provider: text,
      account: text,
      address: { ...text, nullable: true, description: 'Null: every address of the account.' },
      msisdn: { ...text, description: 'Masked without `pii:read`.' },
      reason: { ...text, description: '`stop-word`, `provider-notice`, `admin`, or words of an operator.' },
      at: { ...text, format: 'date-time' },
    },
  },
  NewOptOut: {
    type: 'object',
    required: ['msisdn', 'account'],
    properties: {
      msisdn: { ...text, description: 'With its country code, or national in the country of the account.' },
      account: { ...text, description: 'Its name, or `provider/name`.' },
      provider: { ...text, description: 'Needed where several providers have an account of this name.' },
      address: { ...text, description: 'Absent: every address of the account.' },
      reason: { ...text, minLength: 1, maxLength: 200 },
    },
    additionalProperties: false,
  },
};
