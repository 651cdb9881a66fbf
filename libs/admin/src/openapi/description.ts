import type { OpenAPIObject } from '@nestjs/swagger';
import type { Scope } from '../access/scopes.js';

export type Paths = OpenAPIObject['paths'];
type PathItem = Paths[string];
export type Operation = NonNullable<PathItem['get']>;
type Responses = Operation['responses'];
export type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;
export type Schema = Schemas[string];
type Parameter = NonNullable<Operation['parameters']>[number];

/** What a route is described by, but for what all admin routes have. */
export interface RouteDescription {
  readonly id: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly scopes: readonly Scope[];
  readonly parameters?: readonly Parameter[];
  readonly body?: { readonly schema: Schema; readonly example: unknown; readonly required?: boolean };
  /** By status, for what is not a problem. */
  readonly answers: Responses;
  /** A POST: it can be named by an `Idempotency-Key`. */
  readonly posts?: boolean;
  /** Statuses of problems beyond those that every route has. */
  readonly problems?: Readonly<Record<string, string>>;
}

const idempotencyProblems = {
  '409': 'The first request with this `Idempotency-Key` is still under way.',
  '422': 'This `Idempotency-Key` was used for another request.',
};

const bodyProblems = {
  '413': 'The body is larger than 256 KiB.',
  '415': 'The body is not sent as `application/json`.',
};

/** An operation as OpenAPI has it; `x-scopes` says what the key needs. */
export function route(description: RouteDescription): Operation {
  const { id, tag, summary, scopes, parameters = [], body, posts = false, answers, problems = {} } = description;
  const all: Record<string, string> = {
    '400': 'A parameter or a field cannot be used; `errors` names each.',
    '401': 'No valid admin key.',
    '403': 'The key lacks a scope.',
    '429': 'Too many requests; `Retry-After` in seconds.',
    '503': 'The database is away; `Retry-After` in seconds.',
    ...(posts ? idempotencyProblems : {}),
    ...(body === undefined ? {} : bodyProblems),
    ...problems,
  };
  return {
    operationId: id,
    tags: [tag],
    summary,
    description: `Needs ${scopes.map((scope) => `\`${scope}\``).join(' and ')}.${description.description === undefined ? '' : ` ${description.description}`}`,
    security: [{ adminKey: [] }],
    ...{ 'x-scopes': scopes },
    parameters: [...parameters, ...(posts ? [idempotencyKey] : [])],
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: body.required ?? true,
            content: { 'application/json': { schema: body.schema, example: body.example } },
          },
        }),
    responses: {
      ...answers,
      ...Object.fromEntries(Object.entries(all).map(([status, text]) => [status, problemAnswer(Number(status), text)])),
    },
  };
}

function problemAnswer(status: number, description: string): Responses[string] {
  const schema = { $ref: '#/components/schemas/Problem' };
  return { description, content: { 'application/problem+json': { schema, example: problemExample(status) } } };
}

function problemExample(status: number): unknown {
  return { type: 'about:blank', title: 'Problem', status, detail: 'what is wrong, in words' };
}

/** An answer in JSON. */
export function json(
  description: string,
  schema: Schema,
  example: unknown,
  headers: Readonly<Record<string, string>> = {},
): Responses[string] {
  const described = Object.entries(headers).map(([name, text]) => [
    name,
    { description: text, schema: { type: 'string' as const } },
  ]);
  return {
    description,
    ...(described.length === 0 ? {} : { headers: Object.fromEntries(described) as Record<string, never> }),
    content: { 'application/json': { schema, example } },
  };
}

export function nothing(description: string): Responses[string] {
  return { description };
}

/** The answer of a list. */
export function listOf(schemaName: string, example: unknown): Responses[string] {
  const schema: Schema = {
    type: 'object',
    required: ['items', 'nextCursor', 'prevCursor'],
    properties: {
      items: { type: 'array', items: ref(schemaName) },
      nextCursor: { type: 'string', nullable: true },
      prevCursor: { type: 'string', nullable: true },
    },
  };
  return json('A page.', schema, { items: [example], nextCursor: null, prevCursor: null });
}

export function ref(schemaName: string): { readonly $ref: string } {
  return { $ref: `#/components/schemas/${schemaName}` };
}

export function query(
  name: string,
  description: string,
  schema: Schema = { type: 'string' },
  example?: unknown,
): Parameter {
  return { name, in: 'query', required: false, description, schema, ...(example === undefined ? {} : { example }) };
}

export function instant(name: string, description: string): Parameter {
  return query(
    name,
    `${description}; a time with a zone`,
    { type: 'string', format: 'date-time' },
    '2026-03-04T00:00:00Z',
  );
}

export function inPath(name: string, description: string, example: string): Parameter {
  return { name, in: 'path', required: true, description, schema: { type: 'string' }, example };
}

export function header(name: string, description: string): Parameter {
  return { name, in: 'header', required: false, description, schema: { type: 'string' } };
}

/** What every list takes. */
export const listParameters: readonly Parameter[] = [
  query('limit', 'How many records, 1 to 500.', { type: 'integer', minimum: 1, maximum: 500, default: 50 }),
  query('cursor', '`nextCursor` or `prevCursor` of an answer with the same filters and sort.'),
];

const idempotencyKey = header(
  'Idempotency-Key',
  'The same key with the same body gets the first answer again for 24 hours; with another body 422, while the first is under way 409.',
);

export const problemSchemas: Schemas = {
  Problem: {
    type: 'object',
    description: 'Problem details after RFC 9457.',
    required: ['type', 'title', 'status', 'detail'],
    properties: {
      type: { type: 'string' },
      title: { type: 'string' },
      status: { type: 'integer' },
      detail: { type: 'string' },
      errors: {
        type: 'array',
        items: { type: 'object', properties: { field: { type: 'string' }, message: { type: 'string' } } },
      },
    },
  },
};
