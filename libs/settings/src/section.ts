import { isMap, isScalar, isSeq, type YAMLMap } from 'yaml';
import type { ConfigSource, Word } from './config-source.js';
import { didYouMean } from './did-you-mean.js';
import { parseDuration } from '@app/dialog';

/** A key of a map, as it is written, with the node that it names. */
export interface Entry {
  readonly key: Word;
  readonly value: unknown;
}

/** Limits of a number; both are allowed values. */
export interface NumberLimits {
  readonly min: number;
  readonly max: number;
  readonly whole: boolean;
}

/** A map of the configuration: each key that is read becomes known, and {@link Section.end} reports the others. */
export class Section {
  private readonly known = new Set<string>();
  private readonly entriesByKey: ReadonlyMap<string, Entry>;

  constructor(
    readonly source: ConfigSource,
    private readonly map: YAMLMap,
    private readonly name: string,
  ) {
    this.entriesByKey = new Map(this.readEntries().map((entry) => [entry.key.text, entry]));
  }

  get at(): number {
    return this.source.at(this.map);
  }

  /** Where the value of a key stands, else where the map does. */
  placeOf(key: string): number {
    const entry = this.entriesByKey.get(key);
    return entry === undefined ? this.at : this.source.at(entry.value) || entry.key.at;
  }

  /** Whether the key is written at all, be it empty. */
  has(key: string): boolean {
    return this.entriesByKey.has(key);
  }

  /** Every key with its value, for maps whose keys are names of the user's choice. */
  entries(): readonly Entry[] {
    const all = [...this.entriesByKey.values()];
    for (const { key } of all) this.known.add(key.text);
    return all;
  }

  /** An empty text counts as not given. */
  word(key: string): Word | undefined {
    const word = this.rawWord(key);
    return word?.text === '' ? undefined : word;
  }

  text(key: string): string | undefined {
    return this.word(key)?.text;
  }

  boolean(key: string): boolean | undefined {
    const word = this.word(key);
    if (word === undefined || word.text === 'true' || word.text === 'false') return word && word.text === 'true';
    this.source.fault(word.at, `${this.path(key)} must be true or false, not "${word.text}"`);
    return undefined;
  }

  number(key: string, limits: NumberLimits): number | undefined {
    const word = this.word(key);
    if (word === undefined) return undefined;
    const value = /^-?\d+(?:\.\d+)?$/.test(word.text) ? Number(word.text) : NaN;
    const fits = value >= limits.min && value <= limits.max && (!limits.whole || Number.isInteger(value));
    if (fits) return value;
    const kind = limits.whole ? 'a whole number' : 'a number';
    const range = `${String(limits.min)} to ${String(limits.max)}`;
    this.source.fault(word.at, `${this.path(key)} must be ${kind} from ${range}, not "${word.text}"`);
    return undefined;
  }

  /** In milliseconds. */
  duration(key: string): number | undefined {
    const word = this.word(key);
    const milliseconds = word && parseDuration(word.text, Infinity);
    if (word !== undefined && milliseconds === undefined) {
      this.source.fault(
        word.at,
        `${this.path(key)} is no duration: "${word.text}"`,
        'such as 30d, 24h, 10m, 3s, 500ms',
      );
    }
    return milliseconds;
  }

  /** One of some words. */
  choice<Choice extends string>(key: string, choices: readonly Choice[]): Choice | undefined {
    const word = this.word(key);
    const found = choices.find((choice) => choice === word?.text);
    if (word !== undefined && found === undefined) {
      this.source.fault(word.at, `${this.path(key)} cannot be "${word.text}"`, didYouMean(word.text, choices));
    }
    return found;
  }

  /** The entries of a list that are not empty; undefined where the key is not there. */
  list(key: string): readonly Word[] | undefined {
    const node = this.node(key);
    if (node === undefined) return undefined;
    if (!isSeq(node)) {
      this.source.fault(this.placeOf(key), `${this.path(key)} must be a list`, `write ${key}: [ … ]`);
      return undefined;
    }
    const words = node.items.map((item) => this.source.word(item, `an entry of ${this.path(key)}`));
    return words.filter((word) => word !== undefined).filter((word) => word.text !== '');
  }

  /** The list's texts; none where it is not there. */
  texts(key: string): readonly string[] {
    return (this.list(key) ?? []).map(({ text }) => text);
  }

  section(key: string): Section | undefined {
    const node = this.node(key);
    return node === undefined ? undefined : this.sectionOf(node, this.path(key));
  }

  /** The maps of a list; `each` is what one of them is called in faults. */
  sections(key: string, each: string): readonly Section[] {
    const node = this.node(key);
    if (node === undefined) return [];
    if (isSeq(node)) {
      const items = node.items.map((item) => this.source.resolved(item)).filter((item) => item !== undefined);
      return items.map((item) => this.sectionOf(item, each)).filter((item) => item !== undefined);
    }
    this.source.fault(this.placeOf(key), `${this.path(key)} must be a list`, 'each entry begins with "- "');
    return [];
  }

  /** Names with texts, empty ones too; `check` is told of each name. */
  textMap(key: string, check?: (name: Word) => void): Readonly<Record<string, string>> {
    const found: Record<string, string> = Object.create(null) as Record<string, string>;
    for (const entry of this.section(key)?.entries() ?? []) {
      check?.(entry.key);
      const word = this.source.word(entry.value, entry.key.text);
      if (word !== undefined) found[entry.key.text] = word.text;
    }
    return found;
  }

  /** A map as plain JSON; unquoted numbers and booleans become such. */
  plainMap(key: string): unknown {
    const node = this.node(key);
    return node === undefined ? undefined : this.sectionOf(node, this.path(key)) && this.plainOf(node);
  }

  /** Reports every key that nobody asked for. */
  end(): void {
    for (const { key } of this.entriesByKey.values()) {
      if (this.known.has(key.text)) continue;
      this.source.fault(key.at, `unknown key "${key.text}" in ${this.name}`, didYouMean(key.text, [...this.known]));
    }
  }

  /** A node as a map; undefined, with a fault, where it is none. */
  sectionOf(node: unknown, name: string): Section | undefined {
    const target = this.source.resolved(node);
    if (isMap(target)) return new Section(this.source, target, name);
    this.source.fault(this.source.at(node), `${name} must be a map of keys and values`);
    return undefined;
  }

  private rawWord(key: string): Word | undefined {
    const node = this.node(key);
    return node === undefined ? undefined : this.source.word(node, this.path(key));
  }

  private node(key: string): unknown {
    this.known.add(key);
    return this.source.resolved(this.entriesByKey.get(key)?.value);
  }

  private path(key: string): string {
    return this.name.startsWith('the ') ? key : `${key} of ${this.name}`;
  }

  private readEntries(): Entry[] {
    return this.map.items.flatMap(({ key, value }) => {
      const word = this.source.word(key, `a key of ${this.name}`);
      return word === undefined ? [] : [{ key: word, value }];
    });
  }

  private plainOf(node: unknown): unknown {
    const target = this.source.resolved(node);
    if (isSeq(target)) return target.items.map((item) => this.plainOf(item));
    if (isMap(target)) {
      const section = new Section(this.source, target, this.name);
      return Object.fromEntries(section.entries().map(({ key, value }) => [key.text, this.plainOf(value)]));
    }
    const text = this.source.word(node, this.name)?.text;
    if (!isScalar(target) || target.type !== 'PLAIN' || text === undefined) return text;
    if (/^-?(?:0|[1-9]\d{0,14})(?:\.\d+)?$/.test(text)) return Number(text);
    return text === 'true' || text === 'false' ? text === 'true' : text;
  }
}
