import { isMap, isScalar, isSeq, parseDocument, type Document, type Node, type Scalar, type YAMLMap } from 'yaml';
import { didYouMean, type Value } from '@app/dialog';
import type { Problem } from '@app/workspace';
import type { Place } from './test-file.js';

/** One YAML file with its places, and the faults found in it so far. */
export class YamlSource {
  readonly problems: Problem[] = [];
  /** Where each line begins; the counter of the YAML parser loses lines inside an unclosed bracket. */
  private readonly lineStarts: readonly number[];
  private readonly document: Document.Parsed;

  constructor(
    readonly file: string,
    source: string,
  ) {
    this.lineStarts = [0, ...Array.from(source.matchAll(/\n/g), ({ index }) => index + 1)];
    this.document = parseDocument(source, { prettyErrors: false, schema: 'core' });
  }

  /** The map that the file is; undefined, with faults, where it is none. */
  root(hint: string): YAMLMap | undefined {
    const { document } = this;
    for (const { message, pos } of [...document.errors, ...document.warnings]) {
      this.fault(pos[0], `${message}.`, 'Put quotes round texts that hold : # { [ * & ! | > % @ or a quote.');
    }
    if (document.errors.length > 0) return undefined;
    if (isMap(document.contents)) return document.contents;
    this.fault(document.contents ?? 0, 'This is not a test file.', hint);
    return undefined;
  }

  at(where: Node | number): Place {
    const offset = typeof where === 'number' ? where : (where.range?.[0] ?? 0);
    const line = this.lineStarts.findLastIndex((start) => start <= offset);
    return { line: line + 1, column: offset - (this.lineStarts[line] ?? 0) + 1 };
  }

  fault(where: Node | number, message: string, hint: string): void {
    this.problems.push({ severity: 'fault', file: this.file, ...this.at(where), message, hint });
  }

  /** The members of a map by name; keys that are not known are faults. */
  members(node: Node | undefined, what: string, known?: readonly string[]): ReadonlyMap<string, Member> {
    const members = new Map<string, Member>();
    if (node === undefined) return members;
    if (!isMap(node)) {
      this.fault(node, `${what} must be a map.`, known === undefined ? 'Write name: value.' : hintOf(known));
      return members;
    }
    for (const { key, value } of node.items) {
      if (!isScalar(key)) {
        this.fault(node, 'A key must be one text.', 'Put quotes round it.');
        continue;
      }
      const name = textOf(key);
      if (known !== undefined && !known.includes(name))
        this.fault(key, `${what} has no key "${name}".`, didYouMean(name, known));
      else members.set(name, { key, value: isEmpty(value) ? undefined : (value as Node) });
    }
    return members;
  }

  list(node: Node | undefined, what: string): readonly Node[] {
    if (node === undefined) return [];
    if (isSeq(node)) return node.items.map((item) => item as Node);
    this.fault(node, `${what} must be a list.`, 'Begin each entry with "- ".');
    return [];
  }

  /** A text, number or boolean as it is written. */
  text(node: Node | undefined, what: string): string | undefined {
    if (node === undefined) return undefined;
    if (isScalar(node)) return textOf(node);
    this.fault(node, `${what} must be one text.`, 'Put quotes round it.');
    return undefined;
  }

  /** Anything, as plain JSON. */
  value(node: Node): Value {
    return node.toJS(this.document) as Value;
  }
}

/** One entry of a map. */
export interface Member {
  readonly key: Node;
  /** Undefined where nothing is written behind the key. */
  readonly value: Node | undefined;
}

/** What a scalar says, as it was written: `00` stays `00`. */
export function textOf(node: Scalar): string {
  return typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || (isScalar(value) && value.value === null);
}

function hintOf(known: readonly string[]): string {
  return `Its keys are ${known.join(', ')}.`;
}
