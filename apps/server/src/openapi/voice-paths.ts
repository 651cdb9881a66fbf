import {
  addressParameters,
  bodyInBothEncodings,
  notKept,
  textContent,
  turnedAway,
  webhookSecurity,
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

const call = {
  ...{ sessionId: 'ATVId_8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c3d', direction: 'Inbound' },
  ...{ callerNumber: '+254700000203', destinationNumber: '+254711082000' },
};
const africasTalking = (summary: string, fields: WireExample['fields']): WireExample => ({
  provider: 'africastalking',
  summary,
  encoding: 'form',
  fields: { ...call, ...fields },
});

const calls = [
  africasTalking('somebody calls', { isActive: '1', callSessionState: 'Ringing' }),
  africasTalking('the call is over', {
    ...{ isActive: '0', callSessionState: 'Completed', status: 'Success', durationInSeconds: '75' },
    ...{ currencyCode: 'KES', amount: '6.40', hangupCause: 'NORMAL_CLEARING' },
  }),
];
const events = [
  africasTalking('a transfer', { isActive: '1', callSessionState: 'Transferred', callTransferState: 'Active' }),
];

/** Every request that the description of the voice channel shows, by path. */
export const voiceExamples = {
  '/voice/{provider}/{account}': calls,
  '/voice/{provider}/{account}/events': events,
};

const document =
  '<?xml version="1.0" encoding="UTF-8"?><Response><GetDigits timeout="20" numDigits="1" ' +
  'callbackUrl="https://ongea.example/voice/africastalking/demo?turn=1"><Say>For prices, press 1.</Say></GetDigits></Response>';

/** The webhooks of the voice channel. */
export const voicePaths: Paths = {
  '/voice/{provider}/{account}': {
    parameters: [
      ...addressParameters(['africastalking']),
      {
        name: 'turn',
        in: 'query',
        required: false,
        description: 'Written into our callback URLs: the turn whose document is answered.',
        schema: { type: 'integer' },
      },
      {
        name: 'noinput',
        in: 'query',
        required: false,
        description: 'Written into our callback URLs: no answer came to that turn.',
        schema: { type: 'integer' },
      },
    ],
    post: {
      operationId: 'voiceTurn',
      tags: ['Voice'],
      summary: 'What to say in a call, or the notice that it is over',
      description: 'Keys, recordings and silence come back to the URLs of the document before.',
      security: webhookSecurity,
      requestBody: bodyInBothEncodings(['AfricasTalkingCall'], calls),
      responses: {
        '200': {
          description:
            'The next document. A number without a dialog is rejected; a call that is over gets an empty document.',
          content: textContent('application/xml', { question: document, over: '<Response/>' }),
        },
        '400': {
          description: 'The body cannot be read, or names no session and no number: a document that ends the call.',
          content: textContent('application/xml', { refused: '<Response><Reject/></Response>' }),
        },
        ...turnedAway,
        ...notKept,
      },
    },
  },
  '/voice/{provider}/{account}/events': {
    parameters: addressParameters(['africastalking']),
    post: {
      operationId: 'voiceEvent',
      tags: ['Voice'],
      summary: 'Something happened in a call',
      description: 'The end of a call becomes a call report; anything else is kept as a notice.',
      security: webhookSecurity,
      requestBody: bodyInBothEncodings(['AfricasTalkingCall'], events),
      responses: {
        '200': { description: 'It is kept.', content: textContent('text/plain', { kept: 'OK' }) },
        '400': { description: 'The body is no form and no JSON; it is kept in the inbox. Empty body.' },
        ...turnedAway,
        ...notKept,
      },
    },
  },
};

/** What the voice webhooks exchange. */
export const voiceSchemas: Schemas = {
  AfricasTalkingCall: {
    type: 'object',
    description: 'https://developers.africastalking.com/docs/voice/handle_calls',
    required: ['sessionId', 'isActive'],
    properties: {
      sessionId: text('The same throughout the call.'),
      isActive: text('`1` while actions are wanted, `0` at the end.'),
      direction: text('`Inbound` or `Outbound`.'),
      callerNumber: text('Whoever called; ours, where we did.'),
      destinationNumber: text('The other end.'),
      dtmfDigits: text('Keys, perhaps with the finish key behind them.'),
      recordingUrl: text('Of a recording.'),
      clientRequestId: text('What we gave the call when we placed it.'),
      durationInSeconds: text('At the end.'),
      amount: text('At the end.', '6.40'),
      currencyCode: text('At the end.', 'KES'),
      hangupCause: text('At the end.', 'NORMAL_CLEARING'),
    },
    additionalProperties: true,
  },
};
