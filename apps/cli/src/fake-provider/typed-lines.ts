import { clearLine, createInterface, cursorTo, type Interface } from 'node:readline';
import type { Io } from '../io.js';

/** Lines that a person types, or a pipe brings, while other lines are printed. */
export class TypedLines {
  /** Undefined: there is no terminal to keep tidy. */
  private readonly screen: NodeJS.WritableStream | undefined;
  private readonly reader: Interface;

  /** @param plain prints lines as they are, also to a terminal. */
  constructor(
    private readonly io: Io,
    plain: boolean,
  ) {
    this.screen = !plain && io.stdin.isTTY === true && io.stdout.isTTY === true ? io.stdout : undefined;
    const terminal = this.screen === undefined ? { terminal: false } : { terminal: true, output: this.screen };
    this.reader = createInterface({ input: io.stdin, ...terminal, prompt: '' });
  }

  /** Prints above what is being typed. */
  print(text: string): void {
    const { screen } = this;
    if (screen !== undefined) {
      cursorTo(screen, 0);
      clearLine(screen, 0);
    }
    this.io.stdout.write(`${text}\n`);
    if (screen !== undefined) this.reader.prompt(true);
  }

  /** Hands over each line until Ctrl-C or SIGTERM; the end of a pipe is none, since services have no input. */
  async untilStopped(onLine: (line: string) => void): Promise<void> {
    const signals = ['SIGINT', 'SIGTERM'] as const;
    let stop = (): void => undefined;
    try {
      await new Promise<void>((resolve) => {
        stop = resolve;
        this.reader.on('line', onLine).on('SIGINT', stop);
        for (const signal of signals) process.on(signal, stop);
      });
    } finally {
      for (const signal of signals) process.off(signal, stop);
      this.reader.close();
    }
  }
}
