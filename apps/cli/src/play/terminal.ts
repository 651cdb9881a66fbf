import { createInterface, type Interface } from 'node:readline';
import type { Io } from '../io.js';

/** What came from the person, or that nothing did. */
export type Heard =
  | { readonly kind: 'line'; readonly text: string }
  | { readonly kind: 'interrupt' }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'closed' };

/** What stands before the cursor, and until when an answer is waited for. */
export interface Prompt {
  /** @param leftMs of the time to answer; absent where there is no limit. */
  readonly text: (leftMs?: number) => string;
  /** Epoch milliseconds. */
  readonly until?: number;
}

/** A person at a terminal, or lines from a pipe; what comes while nobody listens is kept. */
export class Terminal {
  /** A person sits there: screens are drawn and time passes. */
  readonly live: boolean;
  private readonly reader: Interface;
  private readonly kept: Heard[] = [];
  private listener: ((heard: Heard) => void) | undefined;

  constructor(private readonly io: Io) {
    this.live = io.stdin.isTTY === true && io.stdout.isTTY === true;
    const output = this.live ? { output: io.stdout } : {};
    this.reader = createInterface({ input: io.stdin, terminal: this.live, ...output });
    this.reader.on('line', (text) => this.tell({ kind: 'line', text }));
    this.reader.on('SIGINT', () => this.tell({ kind: 'interrupt' }));
    this.reader.on('close', () => this.tell({ kind: 'closed' }));
  }

  get columns(): number {
    return this.io.stdout.columns || 80;
  }

  print(text: string): void {
    this.io.stdout.write(`${text}\n`);
  }

  /** The next thing that the person does; a pipe has all the time in the world. */
  async hear(prompt: Prompt): Promise<Heard> {
    const stopPrompting = this.live ? this.keepPrompting(prompt) : () => undefined;
    const heard = this.kept.shift() ?? (await this.nextHeard());
    stopPrompting();
    if (!this.live && heard.kind === 'line') this.print(`> ${heard.text}`);
    else if (this.live && heard.kind !== 'line') this.print('');
    return heard;
  }

  close(): void {
    this.reader.close();
  }

  private nextHeard(): Promise<Heard> {
    return new Promise((resolve) => (this.listener = resolve));
  }

  private keepPrompting({ text, until }: Prompt): () => void {
    const draw = (): void => {
      const leftMs = until === undefined ? undefined : until - Date.now();
      if (leftMs !== undefined && leftMs <= 0) {
        this.tell({ kind: 'timeout' });
        return;
      }
      this.reader.setPrompt(text(leftMs));
      this.reader.prompt(true);
    };
    draw();
    if (until === undefined) return () => undefined;
    const timer = setInterval(draw, 1_000);
    return () => clearInterval(timer);
  }

  private tell(heard: Heard): void {
    const { listener } = this;
    this.listener = undefined;
    if (listener === undefined) this.kept.push(heard);
    else listener(heard);
  }
}
