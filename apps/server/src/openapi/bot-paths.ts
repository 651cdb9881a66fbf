import {
  addressParameters,
  bodyInBothEncodings,
  notKept,
  textContent,
  turnedAway,
  webhookSecurity,
  type Parameters,
  type Paths,
  type Schemas,
  type WireExample,
} from './parts-of-a-description.js';

const calls: readonly WireExample[] = [
  {
    provider: 'haptik',
    summary: 'a node asks for what to say',
    encoding: 'json',
    fields: {
      node: 'price_lookup',
      event: 'API_INTEGRATION',
      user: { user_name: 'hk_3f9a', full_name: '', device_platform: 5 },
      entities: { crop: [{ detection: 'message', original_text: 'maize', entity_value: 'maize' }], unit: null },
    },
  },
  {
    provider: 'haptik',
    summary: 'an event of the platform',
    encoding: 'json',
    fields: {
      version: '1.0',
      timestamp: '2026-03-04T10:30:00.000Z',
      user: { auth_id: 'cust-9' },
      business_id: 1234,
      event_name: 'message',
      message: { id: 5501, body: { text: 'Which crop?', type: 'TEXT', data: {} } },
    },
  },
];

/** Every request that the description of the bot channel shows, by path. */
export const botExamples = { '/bot/{provider}/{account}': calls };

const unavailable = 'The service is not available right now. Please try again later.';
const signature: Parameters[number] = {
  name: 'x-hub-signature',
  in: 'header',
  required: false,
  description:
    '`sha1=` and the HMAC-SHA1 of the raw body in hex, under one of the `secrets` of the account. An account without secrets ' +
    'asks for none.',
  schema: { type: 'string', pattern: '^sha1=[0-9a-f]{40}$' },
};

/** The webhook of the bot channel. */
export const botPaths: Paths = {
  '/bot/{provider}/{account}': {
    parameters: addressParameters(['haptik']),
    get: {
      operationId: 'botPage',
      tags: ['Bots'],
      summary: 'A small page, for whoever looks at the address',
      security: webhookSecurity,
      responses: {
        '200': {
          description: 'A page that says what this address is.',
          content: { 'text/html': { schema: { type: 'string' } } },
        },
        ...turnedAway,
      },
    },
    post: {
      operationId: 'botCall',
      tags: ['Bots'],
      summary: 'A node’s call, or an event of the platform',
      description:
        'A body with `event_name` is an event and is kept. Any other is a call of a node: it starts the dialog of the node, ' +
        'or goes on with the open one, whose input is the first entity that was found in the message.',
      security: webhookSecurity,
      parameters: [signature],
      requestBody: bodyInBothEncodings(['HaptikCall', 'HaptikEvent'], calls),
      responses: {
        '200': {
          description: 'The messages to show; for an event, that it is kept.',
          content: {
            'application/json': {
              schema: { $ref: '#/components/schemas/HaptikReply' },
              example: { response: ['Maize costs KES 42.50 per kg.'], response_message_type: 0, status: true },
            },
            ...textContent('text/plain', { event: 'OK' }),
          },
        },
        '400': {
          description: 'The body cannot be read, names no node, or nobody: a closing message.',
          content: {
            'application/json': {
              schema: { $ref: '#/components/schemas/HaptikReply' },
              example: { response: [unavailable], response_message_type: 0, status: false },
            },
          },
        },
        ...turnedAway,
        ...notKept,
      },
    },
  },
};

const anything = { type: 'object', additionalProperties: true } as const;

/** What the bot webhook exchanges. */
export const botSchemas: Schemas = {
  HaptikCall: {
    type: 'object',
    required: ['node', 'user'],
    properties: {
      node: { type: 'string', description: 'System name of the node; `bot` of the account gives its dialog.' },
      event: { type: 'string' },
      conversation_no: { type: 'integer', description: 'Newer calls: a number starts a session of its own.' },
      user: {
        ...anything,
        description:
          'The person is `user_id`, else `auth_id`, else `user_name`; `language_code` and `full_name` are read.',
      },
      entities: {
        ...anything,
        nullable: true,
        description: 'Name → list of `{detection, original_text, entity_value}`, or null.',
      },
    },
    additionalProperties: true,
  },
  HaptikEvent: {
    type: 'object',
    required: ['event_name'],
    properties: {
      event_name: { type: 'string', description: 'Kept as the topic of the notice.' },
      timestamp: { type: 'string', format: 'date-time' },
    },
    additionalProperties: true,
  },
  HaptikReply: {
    type: 'object',
    required: ['response', 'response_message_type', 'status'],
    properties: {
      response: { type: 'array', items: { type: 'string' }, minItems: 1 },
      response_message_type: { type: 'integer', enum: [0] },
      status: { type: 'boolean', description: 'False only for a failure of ours.' },
    },
  },
};
