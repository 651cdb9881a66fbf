import { packUndo, unpackUndo, type Packed } from './packing.js';
import type { UndoEntry } from './state.js';

/** Older entries than fit here are forgotten, in UTF-16 units; the latest one always stays. */
const maxLength = 8_192;

/**
 * The questions that a caller can go back to, as lines of text with the latest last. Kept as text because every turn adds
 * one and hardly any reads one: what is never read need not be parsed.
 */
export class UndoLog {
  constructor(
    private readonly root: string,
    private lines = '',
  ) {}

  get isEmpty(): boolean {
    return this.lines === '';
  }

  get text(): string {
    return this.lines;
  }

  push(entry: UndoEntry): void {
    const line = JSON.stringify(packUndo(entry, this.root));
    this.lines = this.isEmpty ? line : `${this.lines}\n${line}`;
    while (this.lines.length > maxLength) {
      const end = this.lines.indexOf('\n');
      if (end === -1) return;
      this.lines = this.lines.slice(end + 1);
    }
  }

  /** The latest entry, which is gone then. */
  pop(): UndoEntry | undefined {
    if (this.isEmpty) return undefined;
    const start = this.lines.lastIndexOf('\n') + 1;
    const entry = unpackUndo(JSON.parse(this.lines.slice(start)) as Packed, this.root);
    this.lines = this.lines.slice(0, Math.max(0, start - 1));
    return entry;
  }
}
