import { instant, listOf, listParameters, query, route, type Paths, type Schemas } from '../openapi/description.js';

const entry = {
  number: 17,
  at: '2026-03-04T09:32:10.000Z',
  actor: 'key:0199b2a0-6a8e-7c10-9f00-2b1f0a6f3d11',
  action: 'key.created',
  subject: '0199b2a1-0a11-7d44-8a10-5f6d1f2b7c90',
  details: { scopes: ['reports:read'] },
  hash: '5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9',
  previousHash: '6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b',
};

export const auditPaths: Paths = {
  '/admin/v1/audit': {
    get: route({
      id: 'listAudit',
      tag: 'Audit',
      summary: 'Who changed what, newest first',
      scopes: ['audit:read'],
      parameters: [
        query('action', 'Such as `key.created`.'),
        query('actor', 'Such as `key:<id>`.'),
        instant('after', 'From then on'),
        instant('before', 'Until then'),
        ...listParameters,
      ],
      answers: { '200': listOf('AuditEntry', entry) },
    }),
  },
};

export const auditSchemas: Schemas = {
  AuditEntry: {
    type: 'object',
    properties: {
      number: { type: 'integer', description: 'Counts from 1 without a gap.' },
      at: { type: 'string', format: 'date-time' },
      actor: { type: 'string' },
      action: { type: 'string' },
      subject: { type: 'string' },
      details: { type: 'object', additionalProperties: true },
      hash: { type: 'string', description: 'SHA-256 over this line and the hash before it.' },
      previousHash: { type: 'string' },
    },
  },
};
