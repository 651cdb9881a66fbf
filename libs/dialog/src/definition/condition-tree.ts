import type { ASTNode } from '@marcbachmann/cel-js';
import type { VariablePath } from '../values.js';
import { ConditionSyntax } from './condition-syntax.js';
import { didYouMean } from './faults.js';

/** Macros that walk a list; their first argument names the item. */
const walks = new Set(['all', 'exists', 'exists_one', 'filter']);

/** What a condition may call: nothing here makes a value larger than what it was given. */
const functions = new Set([
  ...walks,
  ...['has', 'size', 'contains', 'startsWith', 'endsWith', 'indexOf', 'lowerAscii', 'upperAscii', 'trim'],
  ...['string', 'int', 'double', 'bool', 'timestamp', 'duration'],
  ...['getFullYear', 'getMonth', 'getDate', 'getDayOfMonth', 'getDayOfWeek', 'getDayOfYear', 'getHours', 'getMinutes'],
]);

/** Walks inside walks: 200 × 200 items at most. */
const deepestWalk = 2;

/**
 * Refuses functions that could block the process or blow up a value, and walks nested too deep.
 * @throws ConditionSyntax
 */
export function refuseCostly(node: ASTNode, depth = 0): void {
  const name = calledName(node);
  if (name === 'matches') {
    const hint = 'Use contains, startsWith or endsWith, or an `ask` with `type: pattern`.';
    throw new ConditionSyntax('`matches` has no place in a condition.', hint, node.start);
  }
  if (name !== undefined && !functions.has(name)) {
    throw new ConditionSyntax(`A condition cannot call "${name}".`, didYouMean(name, functions), node.start);
  }
  const deeper = name !== undefined && walks.has(name) ? depth + 1 : depth;
  if (deeper > deepestWalk) {
    throw new ConditionSyntax('Lists are walked inside lists inside lists.', 'Let the action do this.', node.start);
  }
  for (const child of childrenOf(node)) refuseCostly(child, deeper);
}

/** Turns whole number literals into decimals, which all numbers of JSON are to CEL. */
export function literalsAsDecimals(node: ASTNode): void {
  if (node.op === 'value' && typeof node.args === 'bigint') Object.assign(node, { args: Number(node.args) });
  for (const child of childrenOf(node)) literalsAsDecimals(child);
}

/** The variables that an expression reads, without the names that its macros bind. */
export function conditionReads(node: ASTNode, bound: ReadonlySet<string> = new Set()): VariablePath[] {
  const path = pathOf(node);
  if (path !== undefined) return bound.has(path[0] ?? '') ? [] : [path];
  if (node.op === 'rcall' && walks.has(node.args[0])) {
    const [, list, [item, ...rest]] = node.args;
    const inner = new Set(bound);
    if (item?.op === 'id') inner.add(item.args);
    return [...conditionReads(list, bound), ...rest.flatMap((child) => conditionReads(child, inner))];
  }
  return childrenOf(node).flatMap((child) => conditionReads(child, bound));
}

function pathOf(node: ASTNode): VariablePath | undefined {
  if (node.op === 'id') return [node.args];
  if (node.op !== '.') return undefined;
  const base = pathOf(node.args[0]);
  return base && [...base, node.args[1]];
}

function calledName(node: ASTNode): string | undefined {
  return node.op === 'call' || node.op === 'rcall' ? node.args[0] : undefined;
}

function childrenOf(node: ASTNode): ASTNode[] {
  const args: unknown = node.args;
  return isNode(args) ? [args] : Array.isArray(args) ? args.flat(2).filter(isNode) : [];
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value;
}
