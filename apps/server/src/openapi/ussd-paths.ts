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

const sessionId = 'ATUid_3d1f5a0b9c8e47d6a2b4c6d8e0f1a2b3';
const atTurn = { sessionId, phoneNumber: '+254700000201', networkCode: '63902', serviceCode: '*384*4417#' };
const cradleTurn = { sessionId: 'cb-5f0c2a77', phoneNumber: '254700000101', networkCode: '63902', serviceCode: '4417' };
const kairosTurn = { msisdn: '233200000301', sessionId: '260304103000000771', messageType: '0' };

const turns: readonly WireExample[] = [
  { provider: 'africastalking', summary: 'the dial', encoding: 'form', fields: { ...atTurn, text: '' } },
  { provider: 'africastalking', summary: 'the second answer', encoding: 'form', fields: { ...atTurn, text: '1*2' } },
  { provider: 'cradlebots', summary: 'the first message', encoding: 'form', fields: { ...cradleTurn, text: '' } },
  { provider: 'kairos', summary: 'the dial', encoding: 'json', fields: { ...kairosTurn, ussdString: '*384*4417#' } },
  { provider: 'kairos', summary: 'an answer', encoding: 'json', fields: { ...kairosTurn, ussdString: '1' } },
  {
    provider: 'kairos',
    summary: 'the caller cancelled',
    encoding: 'json',
    fields: { ...kairosTurn, messageType: '4', ussdString: '' },
  },
];

const reports: readonly WireExample[] = [
  {
    provider: 'africastalking',
    summary: 'the caller hung up',
    encoding: 'form',
    fields: {
      ...{ date: '2026-03-04 10:31:07', ...atTurn, status: 'Incomplete', cost: '0.8000', durationInMillis: '21408' },
      ...{ hopsCount: '2', input: '1', lastAppResponse: 'CON Which crop?' },
    },
  },
];

/** Every request that the description of the USSD channel shows, by path. */
export const ussdExamples = { '/ussd/{provider}/{account}': turns, '/ussd/{provider}/{account}/events': reports };

const closingInKairosForm = {
  sessionId: '260304103000000771',
  ussdString: 'The service is not available right now. Please try again later.',
  msisdn: '233200000301',
  timestamp: '1772620200123',
  messageType: '2',
};

/** The webhooks of the USSD channel. */
export const ussdPaths: Paths = {
  '/ussd/{provider}/{account}': {
    parameters: addressParameters(['africastalking', 'cradlebots', 'kairos']),
    post: {
      operationId: 'ussdTurn',
      tags: ['USSD'],
      summary: 'A USSD turn, or the notice that the session is over',
      description:
        'Africa’s Talking and CradleBots send everything typed since the dial in `text`, joined by `*`; Kairos Afrika sends ' +
        'only the last input, and the dialled code first. Faults of ours are answered with 200 and a polite end before the ' +
        'deadline of the provider.',
      security: webhookSecurity,
      requestBody: bodyInBothEncodings(['AfricasTalkingTurn', 'CradleBotsTurn', 'KairosTurn'], turns),
      responses: {
        '200': {
          description: 'The next screen. A service code without a dialog gets a closing screen.',
          headers: {
            'at-ussd-hop-metadata': {
              description: 'To Africa’s Talking only: what it gives back with the next hop.',
              schema: { type: 'string', maxLength: 99 },
              example: 'v=1;d=3f9a02bc;l=1,1',
            },
          },
          content: {
            ...textContent('text/plain', {
              open: 'CON Which crop?\n1. Maize\n2. Beans',
              closing: 'END Thank you. Goodbye.',
            }),
            'application/json': { schema: { $ref: '#/components/schemas/KairosReply' } },
          },
        },
        '400': {
          description:
            'The body cannot be read, or has no session id or no number: a closing screen, which tells no detail.',
          content: {
            ...textContent('text/plain', { closing: `END ${closingInKairosForm.ussdString}` }),
            'application/json': { schema: { $ref: '#/components/schemas/KairosReply' }, example: closingInKairosForm },
          },
        },
        ...turnedAway,
      },
    },
  },
  '/ussd/{provider}/{account}/events': {
    parameters: addressParameters(['africastalking', 'cradlebots', 'kairos']),
    post: {
      operationId: 'ussdSessionReport',
      tags: ['USSD'],
      summary: 'A report of the end of a session',
      description:
        'Africa’s Talking alone documents one. Sensitive answers in it are masked; where the session is not known, all ' +
        'answers are. A report that says nothing we know is kept in the inbox.',
      security: webhookSecurity,
      requestBody: bodyInBothEncodings(['AfricasTalkingReport'], reports),
      responses: {
        '200': { description: 'It is kept.', content: textContent('text/plain', { kept: 'OK' }) },
        '400': { description: 'The body is no form and no JSON; it is kept in the inbox. Empty body.' },
        ...turnedAway,
        ...notKept,
      },
    },
  },
};

const text = (description: string, example?: string): Schema => ({
  type: 'string',
  description,
  ...(example === undefined ? {} : { example }),
});

const historyTurn = (description: string): Schema => ({
  type: 'object',
  required: ['sessionId', 'phoneNumber'],
  properties: {
    sessionId: text('The same throughout the session; `sessionID` and `session_id` are read as well.'),
    phoneNumber: text('With or without `+`.'),
    networkCode: text('Mobile country code and network code.', '63902'),
    serviceCode: text('What was dialled, without what followed it.'),
    text: text('All inputs so far, joined by `*`; empty or missing at the dial.'),
  },
  additionalProperties: true,
  description,
});

/** What the USSD webhooks exchange. */
export const ussdSchemas: Schemas = {
  AfricasTalkingTurn: historyTurn('https://developers.africastalking.com/docs/ussd/overview'),
  CradleBotsTurn: historyTurn('The same contract, for bots on WhatsApp and SMS.'),
  KairosTurn: {
    type: 'object',
    description: 'https://docs.kairosafrika.com/ussd-api/endpoint/webhook-request',
    required: ['sessionId', 'msisdn'],
    properties: {
      msisdn: text('Without `+`.'),
      sessionId: text('Up to 18 digits, so a text; a JSON number is read without loss.'),
      messageType: text('4: the caller cancelled; 5: the session timed out; anything else is input.', '0'),
      ussdString: text('The dialled code at the first hit, then the last answer alone.'),
    },
    additionalProperties: true,
  },
  KairosReply: {
    type: 'object',
    required: ['sessionId', 'ussdString', 'msisdn', 'timestamp', 'messageType'],
    properties: {
      sessionId: text('As it came.'),
      ussdString: text('The screen.'),
      msisdn: text('As it came.'),
      timestamp: text('Unix milliseconds of the first making of this reply.'),
      messageType: text('`continueMessageType` of the account, or its `endMessageType` where the session closes.'),
    },
  },
  AfricasTalkingReport: {
    type: 'object',
    description: 'https://developers.africastalking.com/docs/ussd/notifications',
    required: ['sessionId', 'status'],
    properties: {
      sessionId: text('As in the session.'),
      status: text('`Success`, `Incomplete` or `Failed`; other words are kept as unknown.'),
      date: text('UTC.', '2026-03-04 10:31:07'),
      phoneNumber: text('With `+`.'),
      serviceCode: text('What was dialled.'),
      networkCode: text('As in the session.'),
      cost: text('`0.8000`, or with its currency `KES 0.10`.'),
      durationInMillis: text('A whole number.'),
      hopsCount: text('A whole number.'),
      input: text('All inputs, joined by `*`.'),
      lastAppResponse: text('Our last screen with its prefix.'),
      errorMessage: text('With `Failed`.'),
    },
    additionalProperties: true,
  },
};
