import type { TurnMessage, TurnOutbox } from '@app/dialog';
import { describeSegments } from '../measure.js';

/** Prints what a dialog sends instead of sending it: `SMS to +254…: text [1 segment, …]`, each message once. */
export class MessagePrinter implements TurnOutbox {
  private readonly known = new Set<string>();

  constructor(private readonly print: (text: string) => void) {}

  put(messages: readonly TurnMessage[]): Promise<void> {
    for (const { key, to, text } of messages) {
      if (this.known.has(key)) continue;
      this.known.add(key);
      this.print(`SMS to ${to}: ${text} [${describeSegments(text)}]`);
    }
    return Promise.resolve();
  }
}
