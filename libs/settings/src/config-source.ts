import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type YAMLMap } from 'yaml';
import type { Fault } from './fault.js';
import { substitute } from './substitution.js';
import type { LookUp } from './variables.js';

/** The text of a scalar after substitution, and where it stands. */
export interface Word {
  readonly text: string;
  /** Offset in the file. */
  readonly at: number;
}

/**
 * One configuration file: gives out its nodes and collects what is wrong with them. All scalars are texts (YAML's failsafe
 * schema), so that a number used as a key or a secret keeps its zeros; who wants a number reads it as one.
 */
export class ConfigSource {
  readonly faults: Fault[] = [];
  readonly warnings: Fault[] = [];
  private readonly lines = new LineCounter();
  private readonly document: Document;

  constructor(
    private readonly file: string,
    source: string,
    private readonly lookUp: LookUp,
  ) {
    this.document = parseDocument(source, { schema: 'failsafe', lineCounter: this.lines, prettyErrors: false });
    for (const error of this.document.errors) this.fault(error.pos[0], `not valid YAML: ${error.message}`);
  }

  /** The map that the file is; undefined, with a fault, where it is none or cannot be parsed. */
  root(): YAMLMap | undefined {
    if (this.faults.length > 0) return undefined;
    const { contents } = this.document;
    if (isMap(contents)) return contents;
    this.fault(0, 'the file holds no settings', 'it begins with keys such as "dialogs:"');
    return undefined;
  }

  fault(at: number, message: string, hint?: string): void {
    this.faults.push(this.placed(at, message, hint));
  }

  warn(at: number, message: string, hint?: string): void {
    this.warnings.push(this.placed(at, message, hint));
  }

  /** Puts something that is found out later at its place in the file. */
  placed(at: number, message: string, hint?: string): Fault {
    const { line, col } = this.lines.linePos(at);
    const place = { file: this.file, line: Math.max(1, line), column: Math.max(1, col) };
    return { ...place, message, ...(hint === undefined ? {} : { hint }) };
  }

  /** The node behind an alias; a scalar that is empty, `~` or `null` counts as nothing. */
  resolved(node: unknown): unknown {
    const target = isAlias(node) ? node.resolve(this.document) : node;
    if (!isScalar(target)) return target ?? undefined;
    const isNothing = target.type === 'PLAIN' && /^(?:|~|null)$/.test(String(target.value));
    return isNothing ? undefined : target;
  }

  /** Where a node stands. */
  at(node: unknown): number {
    if (!isScalar(node) && !isMap(node) && !isSeq(node) && !isAlias(node)) return 0;
    return node.range?.[0] ?? 0;
  }

  /** The text of a scalar with its variables filled in; undefined, with a fault, for lists, maps and unset variables. */
  word(node: unknown, name: string): Word | undefined {
    const target = this.resolved(node);
    const at = this.at(node);
    if (!isScalar(target)) {
      if (target !== undefined) this.fault(at, `${name} must be a single value`);
      return undefined;
    }
    const { text, faults } = substitute(String(target.value), this.lookUp);
    for (const { message, hint } of faults) this.fault(at, message, hint);
    return faults.length > 0 ? undefined : { text, at };
  }
}
