import { callStatuses } from '@app/telephony';
import {
  header,
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
import { newestFirst, reviewStates, sorts, statsKeys } from './call-reports.query.js';

const review = { state: 'reviewed', note: 'asked for maize prices', tags: ['price'], by: 'dashboard' };
const raw = { source: 'OBD', mid: 'camp-0007', status: 'ANSWER', to: '918867130001' };
const report = {
  id: '0199b2a1-0a11-7d44-8a10-5f6d1f2b7c90',
  provider: 'mobtexting',
  account: 'demo',
  source: 'OBD',
  externalId: 'camp-0007:918867130001:2026-03-04 15:02:10',
  direction: 'outbound',
  from: '+918919520001',
  to: '+918867130001',
  bridge: '+918068280001',
  status: 'answered',
  providerStatus: 'ANSWER',
  hangupCause: null,
  startedAt: '2026-03-04T09:32:10.000Z',
  endedAt: '2026-03-04T09:32:24.000Z',
  durationSeconds: 21,
  billableSeconds: null,
  cost: { amount: '6.40', currency: 'KES' },
  campaignId: 'camp-0007',
  flowId: '31',
  recordingUrl: 'https://media.example/rec/1.mp3',
  final: true,
  matched: false,
  receivedAt: '2026-03-04T09:32:25.120Z',
  raw,
  review: { ...review, at: '2026-03-04T10:00:00.000Z' },
};
const detail = {
  ...report,
  raws: [{ receivedAt: report.receivedAt, raw }],
  history: [{ replacedAt: '2026-03-04T09:33:00.000Z', fields: { durationSeconds: 20 } }],
  reviews: [report.review],
};

const needsPersonal = 'needs `pii:read`';
const filters = [
  query('provider', 'Such as `mobtexting`.'),
  query('account', 'Name of the account.'),
  query('source', 'What kind of report, in the words of the provider.', { type: 'string' }, 'OBD'),
  query('direction', 'Seen from us.', { type: 'string', enum: ['inbound', 'outbound'] }),
  query('status', `One or several by commas: ${callStatuses.join(', ')}.`, { type: 'string' }, 'busy,no-answer'),
  query(
    'from',
    `Who called: with the country code, with or without \`+\`, or national with \`country\`; ${needsPersonal}.`,
  ),
  query('to', `Who was called; ${needsPersonal}.`),
  query('number', `Either end, or the bridge; ${needsPersonal}.`),
  query('country', 'Of numbers without a country code.', { type: 'string', pattern: '^[A-Z]{2}$' }, 'KE'),
  instant('startedAfter', 'Began then or later; a call without a beginning counts from its arrival'),
  instant('startedBefore', 'Began earlier'),
  instant('receivedAfter', 'First reported then or later'),
  instant('receivedBefore', 'First reported earlier'),
  query('minDuration', 'In seconds.', { type: 'integer', minimum: 0 }),
  query('maxDuration', 'In seconds.', { type: 'integer', minimum: 0 }),
  query('campaignId', 'Of the provider.'),
  query('flowId', 'Of the provider.'),
  query('review', 'State of the review.', { type: 'string', enum: [...reviewStates] }),
  query('tag', 'A tag of the review.'),
  query('q', `A text in any payload, letter case aside; ${needsPersonal}.`),
];
const sort = query(
  'sort',
  'With `-` the largest first. Equals are ordered by their ids, calls without a duration count as the shortest.',
  { type: 'string', enum: [...sorts], default: newestFirst },
);
const zone = query('zone', 'Name of a time zone.', { type: 'string', default: 'UTC' }, 'Africa/Nairobi');
const needed = <T extends object>(parameter: T): T & { required: true } => ({ ...parameter, required: true });
const entityTag = { ETag: 'For `If-Match`; another one after every review and every further report of the call.' };

const file = {
  description: 'The file, as it is read.',
  content: {
    'text/csv': { schema: { type: 'string' as const }, example: 'id,provider,account,…\r\n' },
    'application/x-ndjson': { schema: { type: 'string' as const }, example: '{"id":"0199…"}\n' },
  },
};

export const callReportsPaths: Paths = {
  '/admin/v1/call-reports': {
    get: route({
      id: 'listCallReports',
      tag: 'Call reports',
      summary: 'Call reports, the latest call first',
      description: 'Without `pii:read` numbers are masked, and `externalId` and `raw` are left out.',
      scopes: ['reports:read'],
      parameters: [...filters, sort, ...listParameters],
      answers: { '200': listOf('CallReport', report) },
    }),
  },
  '/admin/v1/call-reports/export': {
    get: route({
      id: 'exportCallReports',
      tag: 'Call reports',
      summary: 'All call reports that match, as one file',
      description:
        "CSV after RFC 4180: a cell that begins with one of `= + - @ '`, tab, CR, LF has an apostrophe in front, of which a reader removes exactly one; tags are a JSON list. NDJSON has the records of the list.",
      scopes: ['reports:read', 'pii:read'],
      parameters: [
        needed(query('format', 'Of the file.', { type: 'string', enum: ['csv', 'ndjson'] }, 'csv')),
        ...filters,
        sort,
        zone,
        query('numbers', 'Numbers without `+`.', { type: 'string', enum: ['digits'] }),
      ],
      answers: {
        '200': file,
      },
    }),
  },
  '/admin/v1/call-reports/export/pseudonyms': {
    get: route({
      id: 'exportPseudonymisedCallReports',
      tag: 'Call reports',
      summary: 'The same file without the persons',
      description:
        'Each number is a name that cannot be read back, the same in every export, so that calls can be counted by person; ' +
        'numbers within other fields are blanked, and `externalId`, `recordingUrl`, `review.note` and `raw` are left out. ' +
        'Filters by number and `q` need `pii:read`.',
      scopes: ['reports:read'],
      parameters: [
        needed(query('format', 'Of the file.', { type: 'string', enum: ['csv', 'ndjson'] }, 'csv')),
        ...filters,
        sort,
        zone,
      ],
      answers: { '200': file },
    }),
  },
  '/admin/v1/call-reports/stats': {
    get: route({
      id: 'countCallReports',
      tag: 'Call reports',
      summary: 'How many calls, how many answered, how long and how dear',
      scopes: ['reports:read'],
      parameters: [
        needed(query('by', 'What is counted apart.', { type: 'string', enum: [...statsKeys] }, 'status')),
        zone,
        ...filters,
      ],
      answers: {
        '200': json('The groups: times in order, others with the largest first.', ref('CallReportStats'), {
          by: 'day',
          zone: 'Africa/Nairobi',
          groups: [
            {
              ...{ key: '2026-03-04', count: 4, answered: 3, answerRate: 0.75 },
              ...{ meanDurationSeconds: 21.5, totalDurationSeconds: 86, cost: { KES: '25.60' } },
            },
          ],
        }),
      },
    }),
  },
  '/admin/v1/call-reports/{id}': {
    get: route({
      id: 'getCallReport',
      tag: 'Call reports',
      summary: 'A call report with all payloads, what they replaced, and all reviews',
      scopes: ['reports:read'],
      parameters: [inPath('id', 'Of the report.', report.id), header('If-None-Match', 'An `ETag` that is known.')],
      answers: {
        '200': json('The report.', ref('CallReportDetail'), detail, entityTag),
        '304': { description: 'It is as it was.' },
      },
      problems: { '404': 'There is no such report.' },
    }),
  },
  '/admin/v1/call-reports/{id}/review': {
    patch: route({
      id: 'reviewCallReport',
      tag: 'Call reports',
      summary: 'Say what you think of a call',
      description: 'A note and tags that are left out stay as they are; null takes them away.',
      scopes: ['reports:review'],
      parameters: [
        inPath('id', 'Of the report.', report.id),
        header('If-Match', 'The `ETag` that you read; `*` or nothing: whatever it is now.'),
      ],
      body: {
        schema: ref('CallReview'),
        example: { state: review.state, note: review.note, tags: review.tags },
      },
      answers: { '200': json('The report as it is now.', ref('CallReportDetail'), detail, entityTag) },
      problems: {
        '404': 'There is no such report.',
        '412': 'Somebody else reviewed it, or another report of the call came, since you read it.',
      },
    }),
  },
};

const text = { type: 'string' } as const;
const maybe = { type: 'string', nullable: true } as const;
const time = { type: 'string', format: 'date-time' } as const;
const maybeTime = { ...time, nullable: true } as const;
const seconds = { type: 'number', nullable: true } as const;
const number = { ...maybe, description: 'Masked without `pii:read`.' } as const;
const payload = { type: 'object', additionalProperties: true, description: 'Only with `pii:read`.' } as const;

const fields = {
  id: { ...text, format: 'uuid' },
  provider: text,
  account: text,
  source: maybe,
  externalId: { ...maybe, description: 'Only with `pii:read`.' },
  direction: { ...maybe, enum: ['inbound', 'outbound', null] },
  from: number,
  to: number,
  bridge: number,
  status: { ...text, enum: [...callStatuses] },
  providerStatus: maybe,
  hangupCause: { ...maybe, description: 'A Q.850-style name in lower case: `user-busy`.' },
  startedAt: maybeTime,
  endedAt: maybeTime,
  durationSeconds: seconds,
  billableSeconds: seconds,
  cost: { type: 'object', nullable: true, properties: { amount: text, currency: maybe } },
  campaignId: maybe,
  flowId: maybe,
  recordingUrl: maybe,
  final: { type: 'boolean', description: 'The call is over.' },
  matched: { type: 'boolean', description: 'We placed the call, or spoke in it.' },
  receivedAt: time,
  raw: { ...payload, description: 'The payload that decides, as received; only with `pii:read`.' },
  review: ref('CallReviewState'),
};
const always = Object.keys(fields).filter((field) => field !== 'externalId' && field !== 'raw');

export const callReportsSchemas: Schemas = {
  CallReport: { type: 'object', required: always, properties: fields },
  CallReportDetail: {
    type: 'object',
    required: [...always, 'history', 'reviews'],
    properties: {
      ...fields,
      raws: {
        type: 'array',
        description: 'Oldest first; only with `pii:read`.',
        items: { type: 'object', properties: { receivedAt: time, raw: payload } },
      },
      history: {
        type: 'array',
        description: 'What later reports replaced, oldest first.',
        items: {
          type: 'object',
          properties: { replacedAt: time, fields: { type: 'object', additionalProperties: true } },
        },
      },
      reviews: { type: 'array', description: 'Oldest first.', items: ref('CallReviewState') },
    },
  },
  CallReviewState: {
    type: 'object',
    properties: {
      state: { ...text, enum: [...reviewStates] },
      note: maybe,
      tags: { type: 'array', items: text },
      by: { ...maybe, description: 'Name of the key.' },
      at: maybeTime,
    },
  },
  CallReview: {
    type: 'object',
    required: ['state'],
    properties: {
      state: { ...text, enum: [...reviewStates] },
      note: { ...maybe, maxLength: 4000 },
      tags: { type: 'array', nullable: true, maxItems: 20, items: { ...text, minLength: 1, maxLength: 64 } },
    },
    additionalProperties: false,
  },
  CallReportStats: {
    type: 'object',
    required: ['by', 'zone', 'groups'],
    properties: {
      by: { ...text, enum: [...statsKeys] },
      zone: text,
      groups: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            key: { ...maybe, description: 'Hours begin as `2026-03-04T12:00:00+03:00`, days are `2026-03-04`.' },
            count: { type: 'integer' },
            answered: { type: 'integer', description: 'Answered or completed.' },
            answerRate: { type: 'number' },
            meanDurationSeconds: { ...seconds, description: 'Of the calls whose duration is known.' },
            totalDurationSeconds: { type: 'number' },
            cost: { type: 'object', additionalProperties: text, description: 'Currency to amount; `XXX`: none named.' },
          },
        },
      },
    },
  },
};
