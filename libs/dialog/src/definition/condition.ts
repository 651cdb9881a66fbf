import type { Condition, Scope } from '../values.js';
import { conditions } from './condition-engine.js';
import { conditionReads, literalsAsDecimals, refuseCostly } from './condition-tree.js';
import { ConditionSyntax } from './condition-syntax.js';

/** Lists and maps longer than this are not walked by a condition: it counts as one that cannot be evaluated. */
const longestList = 200;

/**
 * Compiles and type-checks a CEL expression.
 * @throws ConditionSyntax
 */
export function parseCondition(source: string): Condition {
  const compiled = compile(source);
  refuseCostly(compiled.ast);
  literalsAsDecimals(compiled.ast);
  const checked = compiled.check();
  if (!checked.valid) throw ConditionSyntax.from(checked.error, source);
  if (checked.type !== 'bool' && checked.type !== 'dyn') {
    throw new ConditionSyntax(
      `The condition gives ${checked.type ?? 'nothing'}, not true or false.`,
      'Compare it: x == 1.',
      0,
    );
  }
  const reads = conditionReads(compiled.ast);
  const roots = [...new Set(reads.map((path) => path[0] ?? ''))];
  const test = (scope: Scope): boolean => {
    try {
      const context: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
      for (const root of roots) {
        if (!Object.hasOwn(scope.values, root)) continue;
        context[root] = boundedValue(scope.values[root]);
      }
      return compiled(context) === true;
    } catch {
      // Missing variables and values of another type are the author's or the data's; they are counted.
      scope.missing(source);
      return false;
    }
  };
  return { source, reads, test };
}

function compile(source: string) {
  try {
    return conditions.parse(source);
  } catch (error) {
    throw ConditionSyntax.from(error, source);
  }
}

/** @throws RangeError when a list or map in the value is too long to be walked. */
function boundedValue(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const members: readonly unknown[] = Object.values(value);
  if (members.length > longestList) throw new RangeError(`more than ${longestList} items`);
  members.forEach(boundedValue);
  return value;
}
