import { isMap, isScalar, isSeq } from 'yaml';
import type { Node, Scalar } from 'yaml';
import type { Value, ValueTemplate } from '../values.js';
import { entriesOf, type Fields, type Reading } from './fields.js';
import { variableRefusal } from './names.js';
import { scalarText } from './source-reader.js';
import { TemplateSyntax } from './template.js';
import { constantValue, listValue, mapValue, textValue } from './value-template.js';

/** The variables under `set` or `with`, each a template in any shape of JSON. An action's input may have any name. */
export function readAssignments(fields: Fields, key: string, anyName = false): ReadonlyMap<string, ValueTemplate> {
  const values = new Map<string, ValueTemplate>();
  const map = fields.map(key, `Write "${key}: { name: value }".`);
  for (const [name, keyNode, node] of map ? entriesOf(map, fields.reader) : []) {
    const refusal = anyName ? undefined : variableRefusal(name);
    if (refusal) fields.reader.fault(keyNode, 'bad-variable', refusal.message, refusal.hint);
    fields.place(`${key}.${name}`, node ?? keyNode);
    values.set(name, node ? readValue(fields.reading, node) : constantValue(null));
  }
  return values;
}

/** Any value of the file; texts in it are templates. */
export function readValue(reading: Reading, node: Node): ValueTemplate {
  if (isScalar(node)) return scalarTemplate(reading, node);
  if (isSeq(node)) return listValue(node.items.map((item) => readValue(reading, item as Node)));
  const members = new Map<string, ValueTemplate>();
  if (isMap(node)) {
    for (const [key, , value] of entriesOf(node, reading.reader)) {
      members.set(key, value ? readValue(reading, value) : constantValue(null));
    }
  }
  return mapValue(members);
}

function scalarTemplate(reading: Reading, node: Scalar): ValueTemplate {
  if (typeof node.value !== 'string') return constantValue(scalarValue(node));
  try {
    return textValue(node.value);
  } catch (error) {
    if (!(error instanceof TemplateSyntax)) throw error;
    reading.reader.fault(reading.reader.atInside(node, error.offset), 'bad-template', error.message, error.hint);
    return constantValue(null);
  }
}

/** A scalar as JSON; a number written with a leading zero or sign (`007`, `+254…`) is no quantity and stays text. */
export function scalarValue(node: Scalar): Exclude<Value, readonly Value[] | { readonly [name: string]: Value }> {
  if (typeof node.value === 'boolean' || node.value === null) return node.value;
  const text = scalarText(node);
  if (typeof node.value !== 'number') return text;
  return Number.isFinite(node.value) && !/^(\+|[-+]?0\d)/.test(text) ? node.value : text;
}
