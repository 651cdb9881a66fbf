import { parseCondition, type Scope } from '@app/dialog';
import type { ForwardEvent } from '@app/reporting';
import type { ForwardDefinition } from './definition.js';
import { fieldTemplate, headerTemplate, isTemplate, urlTemplate, type FieldTemplate } from './templates.js';

/** A request as it is signed and sent. */
export interface ForwardRequest {
  readonly method: ForwardDefinition['method'];
  readonly url: string;
  /** Those that are made from the record, and the content type. */
  readonly headers: Readonly<Record<string, string>>;
  /** Empty for GET. */
  readonly body: string;
}

/** A forward that is ready to be used. */
export interface CompiledForward {
  readonly definition: ForwardDefinition;
  takes(event: ForwardEvent, scope: Scope): boolean;
  /** @throws TemplateLimit, TemplateFailed, UrlEscaped */
  request(scope: Scope): ForwardRequest;
}

const contentTypes = { json: 'application/json', form: 'application/x-www-form-urlencoded' } as const;

/** @throws ConditionSyntax, TemplateSyntax, UrlSyntax; the configuration's reader has refused those. */
export function compileForward(definition: ForwardDefinition): CompiledForward {
  const { on, when, method, body } = definition;
  const condition = when === undefined ? undefined : parseCondition(when);
  const url = urlTemplate(definition.url);
  const headers = Object.entries(definition.headers)
    .filter(([, source]) => isTemplate(source))
    .map(([name, source]) => [name, headerTemplate(source)] as const);
  const fields = Object.entries(definition.fields).map(([name, source]) => [name, fieldTemplate(source)] as const);
  return {
    definition,
    takes: (event, scope) => on.includes(event) && (condition?.test(scope) ?? true),
    request: (scope) => {
      const rendered = Object.fromEntries(headers.map(([name, template]) => [name, template.render(scope)]));
      const address = url.render(scope);
      if (method === 'GET') return { method, url: withQuery(address, fields, scope), headers: rendered, body: '' };
      const text = body === 'form' ? form(fields, scope) : JSON.stringify(jsonOf(fields, scope));
      return { method, url: address, headers: { 'content-type': contentTypes[body], ...rendered }, body: text };
    },
  };
}

/** The headers that are the same for every record. */
export function fixedHeaders({ headers }: ForwardDefinition): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).filter(([, source]) => !isTemplate(source)));
}

type Fields = readonly (readonly [string, FieldTemplate])[];

function jsonOf(fields: Fields, scope: Scope): unknown {
  if (fields.length === 0) return scope.values;
  return Object.fromEntries(fields.map(([name, field]) => [name, field.value(scope)]));
}

function form(fields: Fields, scope: Scope): string {
  return new URLSearchParams(fields.map(([name, field]): [string, string] => [name, field.text(scope)])).toString();
}

function withQuery(address: string, fields: Fields, scope: Scope): string {
  if (fields.length === 0) return address;
  const [target = '', ...fragment] = address.split('#');
  const joint = target.includes('?') ? '&' : '?';
  return [`${target}${joint}${form(fields, scope)}`, ...fragment].join('#');
}
