import type { Value } from '@app/dialog';
import { parse } from 'lossless-json';

// What nests deeper could be read, but not written again by every JSON writer on its way.
const maxDepth = 64;

/**
 * A copy that is plain JSON, or undefined where the thing is not: no functions, dates, instances of classes, symbols,
 * bigints, NaN or infinities, nothing nested deeper than 64. Members that are `undefined`, and a member named
 * `__proto__`, are left out.
 */
export function plainJson(thing: unknown, depth = 0): Value | undefined {
  if (thing === null || typeof thing === 'string' || typeof thing === 'boolean') return thing;
  if (typeof thing === 'number') return Number.isFinite(thing) ? thing : undefined;
  if (typeof thing !== 'object' || depth >= maxDepth) return undefined;
  return Array.isArray(thing) ? plainList(thing, depth) : plainObject(thing, depth);
}

function plainList(list: readonly unknown[], depth: number): Value | undefined {
  const items: Value[] = [];
  for (const item of list) {
    const value = plainJson(item, depth + 1);
    if (value === undefined) return undefined;
    items.push(value);
  }
  return items;
}

function plainObject(object: object, depth: number): Value | undefined {
  if (!isPlain(object)) return undefined;
  const members: Record<string, Value> = {};
  for (const [name, member] of Object.entries(object) as [string, unknown][]) {
    if (member === undefined || name === '__proto__') continue;
    const value = plainJson(member, depth + 1);
    if (value === undefined) return undefined;
    members[name] = value;
  }
  return members;
}

function isPlain(object: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(object);
  // Not compared with Object.prototype itself: objects of another realm are plain as well.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/**
 * A JSON text as a value; undefined where it is none. Numbers that JavaScript cannot hold (whole ones beyond 2^53, out of
 * range) come as text, so that long ids keep their digits; of repeated keys the last counts.
 */
export function readJson(text: string): Value | undefined {
  try {
    return plainJson(parse(text, undefined, { parseNumber: readNumber, onDuplicateKey: ({ newValue }) => newValue }));
  } catch {
    return undefined;
  }
}

function readNumber(text: string): number | string {
  const number = Number(text);
  const held = Number.isInteger(number) ? Number.isSafeInteger(number) : Number.isFinite(number);
  return held ? number : text;
}
