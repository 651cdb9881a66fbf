import {
  addressParameters,
  bodyInBothEncodings,
  notKept,
  textContent,
  turnedAway,
  webhookSecurity,
  type Operation,
  type Paths,
  type Schema,
  type Schemas,
  type WireExample,
} from './parts-of-a-description.js';

const text = (description: string, example?: string): Schema => ({
  type: 'string',
  description,
  ...(example === undefined ? {} : { example }),
});

const sent = { id: 'ATXid_6c1f0d2e4b3a59687766554433221100', phoneNumber: '+254700000202', networkCode: '63902' };
const africasTalking = (summary: string, fields: WireExample['fields']): WireExample => ({
  provider: 'africastalking',
  summary,
  encoding: 'form',
  fields,
});

const messages = [
  africasTalking('a message with a keyword', {
    ...{ date: '2026-03-04 10:30:00', from: '+254700000202', id: '9f2f2b38-7c1e-4b77-9a3e-0a51c1a4d901' },
    ...{ text: 'PRICE maize', to: '44170', cost: 'KES 1.00', networkCode: '63902' },
  }),
];
const deliveries = [
  africasTalking('it arrived', { ...sent, status: 'Success' }),
  africasTalking('it did not', { ...sent, status: 'Failed', failureReason: 'UserInBlackList' }),
];
const optOuts = [africasTalking('no more messages', { senderId: 'SHAMBA', phoneNumber: '+254700000202' })];
const subscriptions = [
  africasTalking('a subscription began', {
    ...{ phoneNumber: '+254700000202', shortCode: '44170', keyword: 'price', updateType: 'addition' },
  }),
];

/** Every request that the description of the SMS channel shows, by path. */
export const smsExamples = {
  '/sms/{provider}/{account}': messages,
  '/sms/{provider}/{account}/delivery': deliveries,
  '/sms/{provider}/{account}/opt-out': optOuts,
  '/sms/{provider}/{account}/subscriptions': subscriptions,
};

const smsProviders = ['africastalking', 'mobtexting'];

interface Notice {
  readonly id: string;
  readonly summary: string;
  readonly description: string;
  readonly schema: string;
  readonly examples: readonly WireExample[];
}

function notice({ id, summary, description, schema, examples }: Notice): Operation {
  return {
    operationId: id,
    tags: ['SMS'],
    summary,
    description: `${description} What says nothing we know is kept in the inbox.`,
    security: webhookSecurity,
    requestBody: bodyInBothEncodings([schema], examples),
    responses: {
      '200': { description: 'It is kept.', content: textContent('text/plain', { kept: 'OK' }) },
      '400': { description: 'The body is no form and no JSON; it is kept in the inbox. Empty body.' },
      ...turnedAway,
      ...notKept,
    },
  };
}

/** The webhooks of the SMS channel. */
export const smsPaths: Paths = {
  '/sms/{provider}/{account}': {
    parameters: addressParameters(smsProviders),
    post: {
      operationId: 'smsIncoming',
      tags: ['SMS'],
      summary: 'An incoming message',
      description:
        'Kept together with the job that answers it; the answer goes out as a message of its own. A message that comes again ' +
        'under the same id has no second effect.',
      security: webhookSecurity,
      requestBody: bodyInBothEncodings(['AfricasTalkingMessage'], messages),
      responses: {
        '200': {
          description: 'It is kept. `BAD`: in the inbox only, since it has no sender, no recipient or no id.',
          content: textContent('text/plain', { kept: 'GOOD', unreadable: 'BAD' }),
        },
        ...turnedAway,
        ...notKept,
      },
    },
  },
  '/sms/{provider}/{account}/delivery': {
    parameters: addressParameters(smsProviders),
    post: notice({
      id: 'smsDelivery',
      summary: 'A delivery report',
      description: 'Reports may come in any order and any number of times, also before the answer to the send.',
      schema: 'AfricasTalkingDelivery',
      examples: deliveries,
    }),
  },
  '/sms/{provider}/{account}/opt-out': {
    parameters: addressParameters(smsProviders),
    post: notice({
      id: 'smsOptOut',
      summary: 'A person wants no more messages',
      description: 'From then on nothing is sent to them from that address.',
      schema: 'AfricasTalkingOptOut',
      examples: optOuts,
    }),
  },
  '/sms/{provider}/{account}/subscriptions': {
    parameters: addressParameters(smsProviders),
    post: notice({
      id: 'smsSubscription',
      summary: 'A premium subscription began or ended',
      description: 'Kept as a notice.',
      schema: 'AfricasTalkingSubscription',
      examples: subscriptions,
    }),
  },
};

/** What the SMS webhooks exchange. */
export const smsSchemas: Schemas = {
  AfricasTalkingMessage: {
    type: 'object',
    description: 'https://developers.africastalking.com/docs/sms/notifications',
    required: ['from', 'to', 'id'],
    properties: {
      id: text('Of the message; what makes a repeat the same.'),
      from: text('With `+`.'),
      to: text('Short code or number.', '44170'),
      text: text('All of it, the keyword too; missing is empty.'),
      date: text('`2026-03-04 10:30:00`, or ISO 8601.'),
      linkId: text('Of an on-demand message; goes back with the reply. Empty is missing.'),
      cost: text('With its currency.', 'KES 1.00'),
      networkCode: text('Mobile country code and network code.', '63902'),
    },
    additionalProperties: true,
  },
  AfricasTalkingDelivery: {
    type: 'object',
    description: 'https://developers.africastalking.com/docs/sms/notifications',
    required: ['id', 'status'],
    properties: {
      id: text('`messageId` of the answer to the send.'),
      status: text('Such as `Sent`, `Success`, `Failed`; other words are kept as unknown.'),
      phoneNumber: text('With `+`.'),
      networkCode: text('As in messages.'),
      failureReason: text('With `Rejected` and `Failed`.', 'UserInBlackList'),
      retryCount: text('Of premium messages.'),
    },
    additionalProperties: true,
  },
  AfricasTalkingOptOut: {
    type: 'object',
    required: ['phoneNumber'],
    properties: { senderId: text('The address that wrote.', 'SHAMBA'), phoneNumber: text('With `+`.') },
    additionalProperties: true,
  },
  AfricasTalkingSubscription: {
    type: 'object',
    required: ['phoneNumber'],
    properties: {
      phoneNumber: text('With `+`.'),
      shortCode: text('As in messages.', '44170'),
      keyword: text('Of the product.', 'price'),
      updateType: text('`addition` or `deletion`, in any letter case.'),
    },
    additionalProperties: true,
  },
};
