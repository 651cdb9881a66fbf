import { json, ref, route, type Paths, type Schemas } from '../openapi/description.js';

const text = { type: 'string' } as const;

export const callsPaths: Paths = {
  '/admin/v1/calls': {
    post: route({
      id: 'startCall',
      tag: 'Calls',
      summary: 'Call somebody',
      description: 'It goes through the outbox; what came of it is a call report.',
      scopes: ['calls:start'],
      body: {
        schema: ref('NewCall'),
        example: {
          provider: 'africastalking',
          account: 'demo',
          from: '+254711082000',
          to: '+254700000201',
          dialog: 'shamba',
        },
      },
      answers: {
        '202': json('It is in the outbox.', ref('StartedCall'), {
          id: '0199b2a1-0a11-7d44-8a10-5f6d1f2b7c90',
          status: 'queued',
        }),
      },
      posts: true,
    }),
  },
};

export const callsSchemas: Schemas = {
  NewCall: {
    type: 'object',
    required: ['account', 'from', 'to'],
    properties: {
      provider: { ...text, description: 'Needed where several providers have an account of this name.' },
      account: { ...text, description: 'Its name, or `provider/name`.' },
      from: { ...text, description: 'A number of ours.' },
      to: { ...text, description: 'With its country code, or national in the country of the account.' },
      dialog: { ...text, description: 'Absent: what `from` has.' },
    },
    additionalProperties: false,
  },
  StartedCall: {
    type: 'object',
    required: ['id', 'status'],
    properties: {
      id: { ...text, format: 'uuid', description: 'Of the order in the outbox.' },
      status: { type: 'string', enum: ['queued'] },
    },
  },
};
