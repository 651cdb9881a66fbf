import {
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
import { sessionEnds, statsKeys } from './session-reports.dto.js';

const report = {
  id: '0199b2a1-0a11-7d44-8a10-5f6d1f2b7c90',
  provider: 'africastalking',
  account: 'demo',
  sessionId: 'ATUid_1',
  caller: '+254700000201',
  serviceCode: '*384*4417#',
  networkCode: '63902',
  status: 'completed',
  cost: { amount: '0.50', currency: 'KES' },
  durationMs: 14_000,
  hops: 3,
  lastReply: 'Thank you.',
  errorMessage: null,
  occurredAt: '2026-03-04T09:32:24.000Z',
  receivedAt: '2026-03-04T09:32:25.000Z',
};
const group = {
  key: 'completed',
  count: 12,
  completed: 12,
  meanDurationMs: 15_300,
  meanHops: 3.25,
  cost: { KES: '6.00' },
};

const filters = [
  query('provider', 'Such as `africastalking`.'),
  query('account', 'Name of the account.'),
  query('status', 'How it ended.', { type: 'string', enum: [...sessionEnds] }),
  query('sessionId', 'Id that the provider gave the session; needs `pii:read`.'),
  query('serviceCode', 'What was dialled.', { type: 'string' }, '*384*4417#'),
  query('networkCode', 'Country and network.', { type: 'string' }, '63902'),
  query('caller', 'Needs `pii:read`.'),
  query('country', 'For a number without a country code.', { type: 'string' }, 'KE'),
  instant('receivedAfter', 'From then on'),
  instant('receivedBefore', 'Until then'),
];

export const sessionReportsPaths: Paths = {
  '/admin/v1/session-reports': {
    get: route({
      id: 'listSessionReports',
      tag: 'Sessions',
      summary: 'What providers told of USSD sessions that were over, newest first',
      scopes: ['sessions:read'],
      parameters: [...filters, ...listParameters],
      answers: { '200': listOf('SessionReport', report) },
    }),
  },
  '/admin/v1/session-reports/stats': {
    get: route({
      id: 'countSessionReports',
      tag: 'Sessions',
      summary: 'How many there were, how long and what they cost',
      scopes: ['sessions:read'],
      parameters: [
        {
          ...query('by', 'What they are counted by.', { type: 'string', enum: [...statsKeys] }, 'status'),
          required: true,
        },
        query('zone', 'Whose hours and days.', { type: 'string', default: 'UTC' }, 'Africa/Nairobi'),
        ...filters,
      ],
      answers: {
        '200': json('The groups.', ref('SessionReportStats'), { by: 'status', zone: 'UTC', groups: [group] }),
      },
    }),
  },
};

const text = { type: 'string' } as const;
const maybe = { ...text, nullable: true } as const;
const count = { type: 'integer' } as const;
const maybeNumber = { type: 'number', nullable: true } as const;

export const sessionReportsSchemas: Schemas = {
  SessionReport: {
    type: 'object',
    required: Object.keys(report),
    properties: {
      id: { ...text, format: 'uuid' },
      provider: text,
      account: text,
      sessionId: text,
      caller: { ...maybe, description: 'Masked without `pii:read`.' },
      serviceCode: maybe,
      networkCode: maybe,
      status: { type: 'string', enum: [...sessionEnds] },
      cost: ref('Money'),
      durationMs: { ...count, nullable: true },
      hops: { ...count, nullable: true },
      lastReply: maybe,
      errorMessage: maybe,
      occurredAt: { ...maybe, format: 'date-time', description: 'As the provider says.' },
      receivedAt: { ...text, format: 'date-time' },
    },
  },
  SessionReportStats: {
    type: 'object',
    required: ['by', 'zone', 'groups'],
    properties: {
      by: { type: 'string', enum: [...statsKeys] },
      zone: text,
      groups: {
        type: 'array',
        description: 'Hours and days oldest first, others with the largest first.',
        items: {
          type: 'object',
          required: Object.keys(group),
          properties: {
            key: maybe,
            count,
            completed: count,
            meanDurationMs: maybeNumber,
            meanHops: maybeNumber,
            cost: { type: 'object', additionalProperties: text, description: '`XXX`: no currency was named.' },
          },
        },
      },
    },
  },
};
