import type { Scope, VariablePath } from '../values.js';

/** The value at a path, own properties only; undefined, and counted as missing, where there is none. */
export function lookUp(scope: Scope, path: VariablePath): unknown {
  let value: unknown = scope.values;
  for (const [index, member] of path.entries()) {
    if (value === null) return null;
    if (typeof value !== 'object' || !Object.hasOwn(value, member)) {
      scope.missing(path.slice(0, index + 1).join('.'));
      return undefined;
    }
    value = (value as Readonly<Record<string, unknown>>)[member];
  }
  if (value === undefined) scope.missing(path.join('.'));
  return value;
}
