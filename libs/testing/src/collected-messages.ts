import type { TurnMessage, TurnOutbox } from '@app/dialog';

/** An outbox for turns that keeps what it takes in memory, each key once, and can be away. */
export class CollectedMessages implements TurnOutbox {
  readonly messages: TurnMessage[] = [];
  away = false;
  /** How many messages were put, those that were known included. */
  puts = 0;

  put(messages: readonly TurnMessage[]): Promise<void> {
    if (this.away) return Promise.reject(new Error('the outbox is away'));
    this.puts += messages.length;
    for (const message of messages) {
      if (!this.messages.some(({ key }) => key === message.key)) this.messages.push(message);
    }
    return Promise.resolve();
  }

  /** What was taken, `+254…: text` each. */
  get lines(): string[] {
    return this.messages.map(({ to, text }) => `${to}: ${text}`);
  }
}
