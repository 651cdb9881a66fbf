import { deliveryStatuses, failureReasons } from '@app/telephony';
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
  type Schema,
  type Schemas,
} from '../openapi/description.js';

const event = {
  id: '0199b2a1-3b7c-7a10-8d02-51d0a7b3c201',
  provider: 'africastalking',
  account: 'demo',
  externalId: 'ATXid_1',
  messageId: '0199b2a1-0a11-7d44-8a10-5f6d1f2b7c90',
  status: 'delivered',
  providerStatus: 'Success',
  reason: null,
  providerReason: null,
  retryCount: null,
  occurredAt: null,
  receivedAt: '2026-03-04T09:32:14.000Z',
  seen: 1,
  raw: { id: 'ATXid_1', status: 'Success', phoneNumber: '+254700000201' },
};
const message = {
  id: event.messageId,
  direction: 'mt',
  provider: 'africastalking',
  account: 'demo',
  from: '44170',
  to: '+254700000201',
  text: 'Maize: KES 42.50 per kg, Nakuru.',
  segments: 1,
  encoding: 'gsm7',
  status: 'delivered',
  parts: null,
  cost: { amount: '0.8000', currency: 'KES' },
  externalId: event.externalId,
  failureReason: null,
  createdAt: '2026-03-04T09:32:10.000Z',
  finalAt: '2026-03-04T09:32:14.000Z',
};
const statusWords: Schema = { type: 'string', enum: [...deliveryStatuses] };

export const messagesPaths: Paths = {
  '/admin/v1/messages': {
    get: route({
      id: 'listMessages',
      tag: 'Messages',
      summary: 'Messages in both directions, newest first',
      scopes: ['messages:read'],
      parameters: [
        query('provider', 'Such as `africastalking`.'),
        query('account', 'Name of the account.'),
        query('direction', '`mo` from people, `mt` to them.', { type: 'string', enum: ['mo', 'mt'] }),
        query('status', 'As it stands now.', statusWords),
        query('from', 'A number, or an address of ours; needs `pii:read`.'),
        query('to', 'A number, or an address of ours; needs `pii:read`.'),
        query('number', 'Either end; needs `pii:read`.'),
        query('country', 'For numbers without a country code; else that of the account.', { type: 'string' }, 'KE'),
        query('externalId', 'Id that the provider gave it; needs `pii:read`.'),
        query('batchId', 'What was sent together.'),
        instant('createdAfter', 'From then on'),
        instant('createdBefore', 'Until then'),
        ...listParameters,
      ],
      answers: { '200': listOf('Message', message) },
    }),
    post: route({
      id: 'sendMessages',
      tag: 'Messages',
      summary: 'Send a text to one person or many',
      description:
        'It waits in the outbox behind all replies. Numbers are read in the country of the account; one that is none refuses all of them. People who opted out are taken, and their messages rejected when their turn comes.',
      scopes: ['messages:send'],
      body: {
        schema: ref('NewMessages'),
        example: {
          provider: 'africastalking',
          account: 'demo',
          to: ['+254700000201', '0700000202'],
          text: 'The market opens at eight.',
        },
      },
      answers: {
        '202': json('They are in the outbox.', ref('SentMessages'), {
          batchId: '0199b2a1-0a10-7b01-9a10-5f6d1f2b7c01',
          messages: [{ id: message.id, to: '+254700000201', status: 'queued' }],
        }),
      },
      posts: true,
    }),
  },
  '/admin/v1/messages/{id}': {
    get: route({
      id: 'getMessage',
      tag: 'Messages',
      summary: 'A message with all that its provider told of it',
      scopes: ['messages:read'],
      parameters: [inPath('id', 'Of the message.', message.id)],
      answers: { '200': json('The message.', ref('MessageDetail'), { ...message, events: [event] }) },
      problems: { '404': 'There is no such message.' },
    }),
  },
  '/admin/v1/delivery-events': {
    get: route({
      id: 'listDeliveryEvents',
      tag: 'Messages',
      summary: 'What providers told of messages, newest first',
      scopes: ['messages:read'],
      parameters: [
        query('provider', 'Such as `africastalking`.'),
        query('account', 'Name of the account.'),
        query('externalId', 'Id that the provider gave the message; needs `pii:read`.'),
        query('messageId', 'Id of the message.', { type: 'string', format: 'uuid' }),
        query('status', 'What the event says.', statusWords),
        query('unmatched', '`true`: those of no message that we know; `false`: the others.', { type: 'boolean' }),
        instant('receivedAfter', 'From then on'),
        instant('receivedBefore', 'Until then'),
        ...listParameters,
      ],
      answers: { '200': listOf('DeliveryEvent', event) },
    }),
  },
};

const text = { type: 'string' } as const;
const maybe = { ...text, nullable: true } as const;
const time = { ...text, format: 'date-time' } as const;
const maybeTime = { ...time, nullable: true } as const;
const uuid = { ...text, format: 'uuid' } as const;
const reason: Schema = { type: 'string', enum: [...failureReasons], nullable: true };
const leftOut = 'Left out without `pii:read`.';

const messageFields: Record<string, Schema> = {
  id: uuid,
  direction: { type: 'string', enum: ['mo', 'mt'] },
  provider: text,
  account: text,
  from: { ...maybe, description: 'Numbers are masked without `pii:read`.' },
  to: text,
  text,
  segments: { type: 'integer' },
  encoding: { type: 'string', enum: ['gsm7', 'ucs2'] },
  status: { ...statusWords, description: 'What came in is `delivered`.' },
  parts: { type: 'object', additionalProperties: statusWords, nullable: true, description: 'By number, from 1.' },
  cost: ref('Money'),
  externalId: { ...maybe, description: leftOut },
  failureReason: reason,
  createdAt: time,
  finalAt: { ...maybeTime, description: 'Since when it can only become `delivered`.' },
};

export const messagesSchemas: Schemas = {
  Money: {
    type: 'object',
    nullable: true,
    required: ['amount', 'currency'],
    properties: { amount: { ...text, description: 'A decimal number.' }, currency: maybe },
  },
  Message: {
    type: 'object',
    required: Object.keys(messageFields).filter((name) => name !== 'externalId'),
    properties: messageFields,
  },
  MessageDetail: {
    type: 'object',
    required: [...Object.keys(messageFields).filter((name) => name !== 'externalId'), 'events'],
    properties: {
      ...messageFields,
      events: { type: 'array', items: ref('DeliveryEvent'), description: 'Oldest first.' },
    },
  },
  DeliveryEvent: {
    type: 'object',
    required: Object.keys(event).filter((name) => name !== 'externalId' && name !== 'raw'),
    properties: {
      id: uuid,
      provider: text,
      account: text,
      externalId: { ...text, description: leftOut },
      messageId: { ...uuid, nullable: true, description: 'Null: it is of no message that we know.' },
      status: statusWords,
      providerStatus: { ...text, description: 'The word of the provider.' },
      reason,
      providerReason: maybe,
      retryCount: { type: 'integer', nullable: true },
      occurredAt: { ...maybeTime, description: 'As the provider says.' },
      receivedAt: time,
      seen: { type: 'integer', description: 'How often the provider said so.' },
      raw: { type: 'object', additionalProperties: true, description: leftOut },
    },
  },
  NewMessages: {
    type: 'object',
    required: ['account', 'to', 'text'],
    properties: {
      provider: { ...text, description: 'Needed where several providers have an account of this name.' },
      account: { ...text, description: 'Its name, or `provider/name`.' },
      to: { oneOf: [text, { type: 'array', items: text, minItems: 1, maxItems: 1_000 }] },
      text: { ...text, minLength: 1, maxLength: 1_600 },
      from: { ...text, description: 'Absent: `replyFrom` of the account.' },
    },
    additionalProperties: false,
  },
  SentMessages: {
    type: 'object',
    required: ['batchId', 'messages'],
    properties: {
      batchId: uuid,
      messages: {
        type: 'array',
        description: 'In the order of `to`; a number that stands there twice once.',
        items: { type: 'object', properties: { id: uuid, to: text, status: { type: 'string', enum: ['queued'] } } },
      },
    },
  },
};
