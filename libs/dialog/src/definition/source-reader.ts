import { isMap, isScalar, parseDocument, Scalar, visit } from 'yaml';
import type { Node, YAMLError, YAMLMap } from 'yaml';
import type { Fault } from './faults.js';
import type { Position } from './model.js';

/** A dialog file longer than this (UTF-16 units) is refused unread. */
export const longestSource = 262_144;

const hints: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'Keep one of the two.',
  TAB_AS_INDENT: 'Indent with blanks.',
  MULTIPLE_DOCS: 'Keep one dialog a file; remove the line "---".',
  BLOCK_AS_IMPLICIT_KEY: 'Put quotes round a text that holds ": ".',
  MISSING_CHAR: 'Close what was opened.',
};

/** The text of one YAML file with its positions and the faults found in it so far. */
export class SourceReader {
  readonly faults: Fault[] = [];
  /** Where each line begins; yaml's own counter loses lines inside an unclosed bracket. */
  readonly #lineStarts: readonly number[];

  constructor(
    readonly file: string,
    readonly source: string,
  ) {
    this.#lineStarts = [0, ...Array.from(source.matchAll(/\n/g), (match) => match.index + 1)];
  }

  /** The map that the whole file is; undefined, with faults, where it is none. */
  root(): YAMLMap | undefined {
    if (this.source.length > longestSource) {
      this.fault(0, 'too-long', 'The file is longer than 256 KiB.', 'Split it into dialogs that `run` each other.');
      return undefined;
    }
    const document = parseDocument(this.source, {
      prettyErrors: false,
      schema: 'core',
      version: '1.2',
    });
    for (const error of [...document.errors, ...document.warnings]) this.#yamlFault(error);
    visit(document, {
      Alias: (_, node) => {
        this.#refuse(node, 'alias', 'An alias (*) has no place in a dialog.');
        const standIn = new Scalar(`*${node.source}`);
        standIn.range = node.range ?? null;
        return standIn;
      },
      Node: (_, node) => {
        if (node.anchor !== undefined) this.#refuse(node, 'anchor', 'An anchor (&) has no place in a dialog.');
        if (node.tag?.startsWith('tag:') === true) this.#refuse(node, 'tag', 'A tag (!) has no place in a dialog.');
      },
    });
    // What the parser made of broken YAML is not what the author meant.
    if (document.errors.some((error) => error.code !== 'DUPLICATE_KEY')) return undefined;
    const contents = document.contents;
    if (isMap(contents)) return contents;
    if (this.faults.length === 0) {
      this.fault(contents ?? 0, 'not-a-map', 'This is not a dialog.', 'Begin with "dialog: <name of the file>".');
    }
    return undefined;
  }

  /** Where a node, or an offset in the text, stands. */
  at(where: Node | number): Position {
    const offset = Math.min(typeof where === 'number' ? where : (where.range?.[0] ?? 0), this.source.length);
    let [low, high] = [0, this.#lineStarts.length];
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if ((this.#lineStarts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: offset - (this.#lineStarts[low] ?? 0) + 1 };
  }

  /** Where the unit at `offset` of a scalar's value stands; the scalar itself where that cannot be said. */
  atInside(node: Scalar, offset: number): Position {
    const { line, column } = this.at(node);
    if (node.type === 'BLOCK_LITERAL') return this.#atInBlock(String(node.value).slice(0, offset), line);
    const quoted = node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE' ? 1 : 0;
    const written = this.source.slice((node.range?.[0] ?? 0) + quoted, (node.range?.[1] ?? 0) - quoted);
    return written === scalarText(node) ? { line, column: column + quoted + offset } : { line, column };
  }

  /** The lines of a block stand below its `|`, each with the block's indentation before it. */
  #atInBlock(before: string, header: number): Position {
    const lines = before.split('\n');
    const line = header + lines.length;
    const indentation = /^ */.exec(this.source.split('\n')[header] ?? '')?.[0].length ?? 0;
    return { line, column: indentation + (lines.at(-1) ?? '').length + 1 };
  }

  /** The text between the beginning and the end of a node, as written. */
  written(node: Node): string {
    return this.source.slice(node.range?.[0] ?? 0, node.range?.[1] ?? 0);
  }

  fault(where: Node | number | Position, code: string, message: string, hint: string): void {
    this.#add('fault', where, code, message, hint);
  }

  get faulty(): boolean {
    return this.faults.some((fault) => fault.severity === 'fault');
  }

  #add(severity: Fault['severity'], where: Node | number | Position, code: string, message: string, hint: string) {
    const position = typeof where === 'object' && 'line' in where ? where : this.at(where);
    const same = (other: Fault) =>
      other.message === message && other.line === position.line && other.column === position.column;
    if (this.faults.some(same)) return;
    this.faults.push({ file: this.file, ...position, message, hint, severity, code });
  }

  #refuse(node: Node, code: string, message: string): void {
    const hint = 'Write it out, or put quotes round a text that begins with *, & or !.';
    const from = node.range?.[0] ?? 0;
    // The range of an anchored or tagged node begins after the anchor or tag.
    const mark = code === 'alias' ? -1 : this.source.slice(0, from).search(/[&!]\S+(\s+[&!]\S+)*\s+$/);
    this.fault(mark < 0 ? node : mark, code, message, hint);
  }

  #yamlFault(error: YAMLError): void {
    const unquoted = /^[\s:]*[@`%]/.test(this.source.slice(error.pos[0], error.pos[1] + 1));
    const hint = hints[error.code] ?? 'Put quotes round texts that hold : # { [ * & ! | > % @ or a quote.';
    const message = unquoted ? 'A plain text cannot begin with this character.' : `${error.message}.`;
    this.fault(error.pos[0], `yaml-${error.code.toLowerCase().replaceAll('_', '-')}`, message, hint);
  }
}

/** What a scalar says, as it was written where it is no text: `00` stays `00`. */
export function scalarText(node: Scalar): string {
  return typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
}

/** Whether a key is there without a value. */
export function isEmpty(node: Node | null | undefined): boolean {
  return node === null || node === undefined || (isScalar(node) && node.value === null);
}
