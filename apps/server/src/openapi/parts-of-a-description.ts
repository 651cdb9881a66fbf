import type { OpenAPIObject } from '@nestjs/swagger';

export type Paths = OpenAPIObject['paths'];
export type PathItem = Paths[string];
export type Operation = NonNullable<PathItem['get']>;
export type Responses = Operation['responses'];
export type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;
export type Schema = Schemas[string];
export type Parameters = NonNullable<Operation['parameters']>;
type RequestBody = Exclude<NonNullable<Operation['requestBody']>, { $ref: string }>;
type Content = RequestBody['content'];
type Examples = NonNullable<Content[string]['examples']>;

/** The fields of one request that a provider really sends, and what it stands for. */
export interface WireExample {
  /** As in URLs: `africastalking`. */
  readonly provider: string;
  readonly summary: string;
  readonly encoding: 'form' | 'json';
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Under which name OpenAPI finds each encoding. Both are taken from every provider, whichever it documents. */
export const mediaTypes = { form: 'application/x-www-form-urlencoded', json: 'application/json' } as const;

/** A request body that may come in both encodings, with the examples that use each. */
export function bodyInBothEncodings(schemas: readonly string[], examples: readonly WireExample[]): RequestBody {
  const schema = { anyOf: schemas.map((name) => ({ $ref: `#/components/schemas/${name}` })) };
  const content: Content = {};
  for (const [encoding, type] of Object.entries(mediaTypes)) {
    content[type] = { schema, examples: namedExamples(examples.filter((example) => example.encoding === encoding)) };
  }
  return { required: true, content };
}

function namedExamples(examples: readonly WireExample[]): Examples {
  return Object.fromEntries(
    examples.map(({ provider, summary, encoding, fields }, i) => [
      `${provider}-${i + 1}`,
      { summary: `${provider}: ${summary}`, description: `\`${wireText(encoding, fields)}\``, value: fields },
    ]),
  );
}

/** The body as it stands on the wire. */
export function wireText(encoding: WireExample['encoding'], fields: WireExample['fields']): string {
  if (encoding === 'json') return JSON.stringify(fields);
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) form.set(name, String(value));
  return form.toString();
}

/** Provider and account, which every webhook path names. */
export function addressParameters(providers: readonly string[]): Parameters {
  return [
    { name: 'provider', in: 'path', required: true, schema: { type: 'string', enum: [...providers] } },
    {
      name: 'account',
      in: 'path',
      required: true,
      description: 'The name of the account in `ongea.yaml`.',
      schema: { type: 'string', pattern: '^[a-z0-9-]{1,64}$' },
      example: 'demo',
    },
  ];
}

/** Who may call a webhook: whoever knows a key of the account, in the query or in a header, where it has keys at all. */
export const webhookSecurity: NonNullable<Operation['security']> = [
  {},
  { webhookKeyInQuery: [] },
  { webhookKeyInHeader: [] },
];

/** How a request is turned away before anybody looks at what it says. */
export const turnedAway: Responses = {
  '401': { description: 'The webhook key or the signature is wrong or missing. Empty body.' },
  '403': { description: 'The address of the caller is in none of the ranges of `allowFrom`. Empty body.' },
  '404': { description: 'There is no such provider, no such account, or the account has no such channel. Empty body.' },
  '408': { description: 'The request did not come whole within 10 s. The connection is closed.' },
  '413': { description: 'The body is larger than 256 KiB. Empty body.' },
};

/** The answer where neither Postgres nor the spool could keep what came. */
export const notKept: Responses = {
  '503': {
    description: 'Neither the database nor the spool could keep it: send it again. Empty body.',
    headers: { 'retry-after': { description: 'Seconds.', schema: { type: 'integer' } } },
  },
};

/** One text, with examples. */
export function textContent(type: string, examples: Readonly<Record<string, string>>): Content {
  const named = Object.fromEntries(Object.entries(examples).map(([name, value]) => [name, { value }]));
  return { [type]: { schema: { type: 'string' }, examples: named } };
}
