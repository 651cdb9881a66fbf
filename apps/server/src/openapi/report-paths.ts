import {
  addressParameters,
  bodyInBothEncodings,
  notKept,
  textContent,
  turnedAway,
  webhookSecurity,
  type Operation,
  type Paths,
  type Schemas,
  type WireExample,
} from './parts-of-a-description.js';

const notices: readonly WireExample[] = [
  {
    provider: 'africastalking',
    summary: 'may this airtime be sent?',
    encoding: 'json',
    fields: {
      ...{ transactionId: 'ATQid_00112233445566778899aabbccddeeff', phoneNumber: '+254700000202' },
      ...{ sourceIpAddress: '203.0.113.7', currencyCode: 'KES', amount: 100 },
    },
  },
  {
    provider: 'kairos',
    summary: 'something that nobody documented',
    encoding: 'json',
    fields: { anything: 'at all' },
  },
];

const reports: readonly WireExample[] = [
  {
    provider: 'mobtexting',
    summary: 'a call of a campaign was answered',
    encoding: 'json',
    fields: {
      ...{ mid: 'camp-0007', from: '918919520001', to: '918867130001', bridge: '918068280001', status: 'ANSWER' },
      ...{ start_at: '2026-03-04 15:02:10', end_at: '2026-03-04 15:02:24', duration: 21 },
    },
  },
];

/** Every request that the description of notices and call reports shows, by path. */
export const reportExamples = {
  '/events/{provider}/{account}/{topic}': notices,
  '/call-reports/{provider}/{account}': reports,
};

const everyProvider = ['africastalking', 'cradlebots', 'kairos', 'haptik', 'mobtexting', 'generic'];
const reportProviders = ['mobtexting', 'generic'];

function reportOperation(method: 'Get' | 'Post' | 'Put'): Operation {
  return {
    operationId: `callReport${method}`,
    tags: ['Call reports'],
    summary: 'A call report, or the check that the address is ours',
    description:
      'In the words of the provider, or composed: then `callReports.fields` of the account says which name holds what. Query, ' +
      'form, JSON and multipart are read alike.',
    security: webhookSecurity,
    ...(method === 'Get' ? {} : { requestBody: bodyInBothEncodings(['AnyReport'], method === 'Post' ? reports : []) }),
    responses: {
      '200': {
        description:
          'It is kept, or already was. What says nothing we know is kept in the inbox. A challenge gets its answer in JSON; ' +
          'a generic account may have another text, type and status.',
        content: {
          ...textContent('text/plain', { kept: 'OK' }),
          'application/json': { schema: { type: 'object', additionalProperties: true } },
        },
      },
      '400': { description: 'The body cannot be read; it is kept in the inbox. Empty body.' },
      ...turnedAway,
      ...notKept,
    },
  };
}

/** The webhooks for notices and call reports. */
export const reportPaths: Paths = {
  '/events/{provider}/{account}/{topic}': {
    parameters: [
      ...addressParameters(everyProvider),
      {
        name: 'topic',
        in: 'path',
        required: true,
        description: 'Whatever you call it where you register the address.',
        schema: { type: 'string', pattern: '^[A-Za-z0-9._-]{1,64}$' },
        example: 'airtime-status',
      },
    ],
    post: {
      operationId: 'notice',
      tags: ['Notices'],
      summary: 'Any other notice of a provider',
      description: 'Understood where the provider is known to send it (airtime validation is answered), else kept raw.',
      security: webhookSecurity,
      requestBody: bodyInBothEncodings(['AnyReport'], notices),
      responses: {
        '200': {
          description: 'It is kept.',
          content: {
            ...textContent('text/plain', { kept: 'OK' }),
            'application/json': {
              schema: { type: 'object', properties: { status: { type: 'string', enum: ['Validated', 'Failed'] } } },
            },
          },
        },
        '400': { description: 'The body is no form and no JSON; it is kept in the inbox. Empty body.' },
        ...turnedAway,
        ...notKept,
      },
    },
  },
  '/call-reports/{provider}/{account}': {
    parameters: addressParameters(reportProviders),
    get: reportOperation('Get'),
    post: reportOperation('Post'),
    put: reportOperation('Put'),
  },
};

/** What comes there: whatever the provider or whoever composed the webhook chose. */
export const reportSchemas: Schemas = { AnyReport: { type: 'object', additionalProperties: true } };
