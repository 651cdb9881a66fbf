import { isMap, isSeq, type Node } from 'yaml';
import type { Value } from '@app/dialog';
import type { Stub, StubCase } from './test-file.js';
import type { YamlSource } from './yaml-source.js';

/**
 * Reads `prices.lookup: { ok: { amount: 40 } }`, `prices.lookup: notFound`, or a list of such cases, each with the
 * input that it is for: `{ with: { crop: maize }, ok: { amount: 40 } }`.
 */
export function readStubs(source: YamlSource, node: Node | undefined): readonly Stub[] {
  return [...source.members(node, '"stubs"')].map(([name, { key, value }]) => {
    if (value === undefined) source.fault(key, `The stub "${name}" says nothing.`, example);
    const cases = isSeq(value) ? value.items.map((item) => item as Node) : value === undefined ? [] : [value];
    return { name, at: source.at(key), cases: cases.flatMap((each) => readCase(source, name, each) ?? []) };
  });
}

const example = 'Write { outcome: value }, such as { ok: { amount: 40 } }, or the outcome alone.';

function readCase(source: YamlSource, name: string, node: Node): StubCase | undefined {
  if (!isMap(node)) {
    const outcome = source.text(node, `The stub "${name}"`);
    return outcome === undefined ? undefined : { at: source.at(node), with: {}, outcome };
  }
  const members = new Map(source.members(node, `The stub "${name}"`));
  const condition = members.get('with');
  members.delete('with');
  const [first, ...others] = members;
  if (first === undefined || others.length > 0) {
    source.fault(node, `The stub "${name}" must name one outcome.`, example);
    return undefined;
  }
  const [outcome, { key, value }] = first;
  const input = readInput(source, condition?.value);
  const at = source.at(key);
  return { at, with: input, outcome, ...(value === undefined ? {} : { value: source.value(value) }) };
}

function readInput(source: YamlSource, node: Node | undefined): Readonly<Record<string, Value>> {
  const members = source.members(node, '"with"');
  return Object.fromEntries(
    [...members].map(([name, { value }]) => [name, value === undefined ? null : source.value(value)]),
  );
}
