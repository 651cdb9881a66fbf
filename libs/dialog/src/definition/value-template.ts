import type { Scope, Value, ValueTemplate, VariablePath } from '../values.js';
import { lookUp } from './look-up.js';
import { parseTemplate, singlePath } from './template.js';

/** A value that is written in the file and holds no template. */
export function constantValue(value: Value): ValueTemplate {
  return { reads: [], evaluate: () => value };
}

/**
 * A text of `set`, `with` or `body`. One `{{ path }}` alone passes a list or a map through; what is rendered becomes a
 * number or a boolean where it is one in canonical form.
 * @throws TemplateSyntax
 */
export function textValue(source: string): ValueTemplate {
  const template = parseTemplate(source);
  const path = singlePath(source);
  if (path === undefined) {
    return { reads: template.reads, evaluate: (scope) => canonical(template.render(scope)) };
  }
  const evaluate = (scope: Scope): Value => {
    const value = lookUp({ values: scope.values, missing: () => undefined }, path);
    return isTree(value) ? value : canonical(template.render(scope));
  };
  return { reads: template.reads, evaluate };
}

/** A list whose items are templates themselves. */
export function listValue(items: readonly ValueTemplate[]): ValueTemplate {
  return { reads: items.flatMap((item) => item.reads), evaluate: (scope) => items.map((item) => item.evaluate(scope)) };
}

/** A map whose values are templates themselves. */
export function mapValue(members: ReadonlyMap<string, ValueTemplate>): ValueTemplate {
  const evaluate = (scope: Scope): Value => {
    const value: Record<string, Value> = Object.create(null) as Record<string, Value>;
    for (const [key, member] of members) value[key] = member.evaluate(scope);
    return value;
  };
  return { reads: [...members.values()].flatMap((member): readonly VariablePath[] => member.reads), evaluate };
}

/** `12` and `true` as number and boolean, every other text (`012`, `1.50`, `+254…`) as it is. */
export function canonical(text: string): string | number | boolean {
  if (text === 'true') return true;
  if (text === 'false') return false;
  const number = Number(text);
  return Number.isFinite(number) && String(number) === text ? number : text;
}

function isTree(value: unknown): value is Exclude<Value, string | number | boolean | null> {
  return typeof value === 'object' && value !== null;
}
