import { isMap, isScalar } from 'yaml';
import type { Node, YAMLMap } from 'yaml';
import { didYouMean } from './faults.js';
import type { Position } from './model.js';
import { namePatterns, parseDuration, variableRefusal, type NameKind } from './names.js';
import { isEmpty, scalarText, type SourceReader } from './source-reader.js';

/** A step that is named somewhere, to be looked for once all steps are known. */
export interface Target {
  readonly node: Node;
  readonly step: string;
}

/** What the reading of one file shares. */
export interface Reading {
  readonly reader: SourceReader;
  readonly languages: readonly string[];
  readonly targets: Target[];
}

/** One map of the file: its keys, each read as what it should be; what is wrong becomes a fault. */
export class Fields {
  /** Where the parts of this map stand, by path (`go.ok`). */
  readonly places = new Map<string, Position>();
  readonly #entries = new Map<string, { key: Node; value: Node | undefined }>();

  constructor(
    readonly reading: Reading,
    readonly node: YAMLMap,
    /** As a fault names it: `this menu`. */
    readonly what: string,
  ) {
    for (const [key, keyNode, value] of entriesOf(node, reading.reader)) {
      this.#entries.set(key, { key: keyNode, value });
      this.place(key, value ?? keyNode);
    }
  }

  get reader(): SourceReader {
    return this.reading.reader;
  }

  get keys(): readonly string[] {
    return [...this.#entries.keys()];
  }

  /** Reports every key that is not known here. */
  allow(known: readonly string[]): void {
    for (const [key, { key: node }] of this.#entries) {
      if (!known.includes(key)) {
        this.reader.fault(node, 'unknown-key', `${capital(this.what)} has no key "${key}".`, didYouMean(key, known));
      }
    }
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  /** The value of a key; undefined where the key is not there or has none. */
  value(key: string): Node | undefined {
    const value = this.#entries.get(key)?.value;
    return isEmpty(value) ? undefined : value;
  }

  /** The value, with a fault where there is none. */
  required(key: string, hint: string): Node | undefined {
    const value = this.value(key);
    if (value === undefined) {
      const message = this.has(key) ? `"${key}" is empty.` : `${capital(this.what)} needs "${key}".`;
      this.reader.fault(this.keyNode(key), 'missing-key', message, hint);
    }
    return value;
  }

  place(path: string, node: Node): void {
    this.places.set(path, this.reader.at(node));
  }

  /** Where a key itself stands. */
  keyNode(key: string): Node {
    return this.#entries.get(key)?.key ?? this.node;
  }

  /** A text, number or boolean as it is written. */
  scalar(key: string): string | undefined {
    const value = this.value(key);
    if (value === undefined) return undefined;
    if (isScalar(value)) return scalarText(value);
    this.reader.fault(value, 'not-a-text', `"${key}" must be one text.`, quoteHint(this.reader, value));
    return undefined;
  }

  name(key: string, kind: NameKind): string | undefined {
    const text = this.scalar(key);
    if (text === undefined) return undefined;
    if (namePatterns[kind].test.test(text)) return text;
    const says = `Use ${namePatterns[kind].says}.`;
    this.reader.fault(
      this.value(key) ?? this.node,
      'bad-name',
      `"${text}" cannot be the name of ${article(kind)}.`,
      says,
    );
    return undefined;
  }

  /** A step that comes next. */
  step(key: string): string | undefined {
    const name = this.name(key, 'step');
    const node = this.value(key);
    if (name !== undefined && node !== undefined) this.reading.targets.push({ node, step: name });
    return name;
  }

  requiredStep(key: string): string | undefined {
    const hint = `Add "${key}: <step>", the step that comes next.`;
    return this.required(key, hint) === undefined ? undefined : this.step(key);
  }

  /** The name of a variable to save into. */
  variable(key: string): string | undefined {
    const name = this.scalar(key);
    if (name === undefined) return undefined;
    const refusal = variableRefusal(name);
    if (refusal === undefined) return name;
    this.reader.fault(this.value(key) ?? this.node, 'bad-variable', refusal.message, refusal.hint);
    return undefined;
  }

  boolean(key: string): boolean | undefined {
    const value = this.value(key);
    if (value === undefined) return undefined;
    if (isScalar(value) && typeof value.value === 'boolean') return value.value;
    this.reader.fault(
      value,
      'not-a-boolean',
      `"${key}" must be true or false.`,
      'Write true or false, without quotes.',
    );
    return undefined;
  }

  integer(key: string, min: number, max: number): number | undefined {
    const number = this.number(key);
    if (number === undefined) return undefined;
    if (Number.isInteger(number) && number >= min && number <= max) return number;
    const message = `"${key}" must be a whole number from ${min} to ${max}.`;
    this.reader.fault(this.value(key) ?? this.node, 'out-of-range', message, `Write ${min} or more.`);
    return undefined;
  }

  number(key: string): number | undefined {
    const value = this.value(key);
    if (value === undefined) return undefined;
    const number = isScalar(value) && scalarText(value).trim() !== '' ? Number(scalarText(value)) : NaN;
    if (Number.isFinite(number)) return number;
    this.reader.fault(value, 'not-a-number', `"${key}" must be a number.`, 'Write digits, with . for decimals.');
    return undefined;
  }

  /** Milliseconds. */
  duration(key: string): number | undefined {
    const text = this.scalar(key);
    if (text === undefined) return undefined;
    const ms = parseDuration(text);
    if (ms !== undefined) return ms;
    const hint = 'Write 500ms, 3s, 10m, 24h or 30d.';
    this.reader.fault(this.value(key) ?? this.node, 'bad-duration', `"${text}" is not a duration.`, hint);
    return undefined;
  }

  oneOf<T extends string>(key: string, allowed: readonly T[]): T | undefined {
    const text = this.scalar(key);
    if (text === undefined) return undefined;
    const found = allowed.find((value) => value === text);
    if (found !== undefined) return found;
    const message = `"${text}" is not a value of "${key}".`;
    this.reader.fault(this.value(key) ?? this.node, 'unknown-value', message, didYouMean(text, allowed));
    return undefined;
  }

  /** A map under a key. */
  map(key: string, hint: string): YAMLMap | undefined {
    const value = this.value(key);
    if (value === undefined) return undefined;
    if (isMap(value)) return value;
    this.reader.fault(value, 'not-a-map', `"${key}" must be a map.`, hint);
    return undefined;
  }
}

/** The entries of a map whose keys are texts; a key of another shape is a fault. */
export function entriesOf(map: YAMLMap, reader: SourceReader): [string, Node, Node | undefined][] {
  const entries: [string, Node, Node | undefined][] = [];
  for (const pair of map.items) {
    const key = pair.key as Node | null;
    const value = (pair.value ?? undefined) as Node | undefined;
    if (isScalar(key) && key.value !== null) entries.push([scalarText(key), key, value]);
    else reader.fault(key ?? map, 'bad-key', 'A key must be one text.', quoteHint(reader, key ?? map));
  }
  return entries;
}

/** What to say of a list or map where a text should be: most often `{{` without quotes. */
export function quoteHint(reader: SourceReader, node: Node): string {
  return reader.written(node).startsWith('{{') || reader.source.startsWith('{{', (node.range?.[0] ?? 0) - 1)
    ? 'Put quotes round a text that begins with {{.'
    : 'Write one text.';
}

/** A text with its first letter large. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function article(noun: string): string {
  return /^[aeiou]/.test(noun) ? `an ${noun}` : `a ${noun}`;
}
