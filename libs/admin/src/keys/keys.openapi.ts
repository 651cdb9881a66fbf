import { allScopes } from '../access/scopes.js';
import {
  inPath,
  json,
  listOf,
  listParameters,
  nothing,
  ref,
  route,
  type Paths,
  type Schema,
  type Schemas,
} from '../openapi/description.js';

const key = {
  id: '0199b2a1-0a11-7d44-8a10-5f6d1f2b7c90',
  name: 'dashboard',
  scopes: ['reports:read'],
  createdAt: '2026-03-04T09:32:10.000Z',
  expiresAt: '2027-03-04T00:00:00.000Z',
  lastUsedAt: null,
  revokedAt: null,
};

export const keysPaths: Paths = {
  '/admin/v1/keys': {
    get: route({
      id: 'listKeys',
      tag: 'Keys',
      summary: 'All keys, revoked ones too, newest first',
      scopes: ['keys:manage'],
      parameters: listParameters,
      answers: { '200': listOf('AdminKey', key) },
    }),
    post: route({
      id: 'createKey',
      tag: 'Keys',
      summary: 'Make a key',
      description: 'The key itself is in this answer and nowhere else. It can be given no scope that its maker lacks.',
      scopes: ['keys:manage'],
      body: {
        schema: ref('NewAdminKey'),
        example: { name: 'dashboard', scopes: ['reports:read'], expiresAt: '2099-03-04T00:00:00Z' },
      },
      answers: {
        '201': json('The key.', ref('FreshAdminKey'), {
          ...key,
          key: 'ongea_Zk3tYb0m1c2d3e4f5g6h7i8j9k0l1m2n3o4p5q6r7s8',
        }),
      },
      posts: true,
    }),
  },
  '/admin/v1/keys/{id}': {
    delete: route({
      id: 'revokeKey',
      tag: 'Keys',
      summary: 'Revoke a key',
      description: 'It works for nobody any more; it stays in the list.',
      scopes: ['keys:manage'],
      parameters: [inPath('id', 'Of the key.', key.id)],
      answers: { '204': nothing('It is revoked.') },
      problems: { '404': 'There is no such key, or it is revoked already.' },
    }),
  },
};

const time = { type: 'string', format: 'date-time' } as const;
const scopeList: Schema = { type: 'array', items: { type: 'string', enum: [...allScopes] }, minItems: 1 };
const fields: Record<string, Schema> = {
  id: { type: 'string', format: 'uuid' },
  name: { type: 'string' },
  scopes: scopeList,
  createdAt: time,
  expiresAt: { ...time, nullable: true },
  lastUsedAt: { ...time, nullable: true, description: 'To about a minute.' },
  revokedAt: { ...time, nullable: true },
};

export const keysSchemas: Schemas = {
  AdminKey: { type: 'object', required: Object.keys(fields), properties: fields },
  FreshAdminKey: {
    type: 'object',
    required: [...Object.keys(fields), 'key'],
    properties: { ...fields, key: { type: 'string', description: 'What goes into `Authorization: Bearer`.' } },
  },
  NewAdminKey: {
    type: 'object',
    required: ['name', 'scopes'],
    properties: {
      name: { type: 'string', minLength: 1, maxLength: 128 },
      scopes: scopeList,
      expiresAt: { ...time, description: 'In the future; without it the key has no end.' },
    },
    additionalProperties: false,
  },
};
