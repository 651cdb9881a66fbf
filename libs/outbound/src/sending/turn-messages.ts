import type { Outbox } from '@app/reporting';
import type { MessageComposer } from './compose-message.js';

/** A message that a turn of a dialog decided to send. */
export interface DecidedMessage {
  /** The same for the same decision. */
  readonly key: string;
  readonly provider: string;
  readonly account: string;
  /** E.164. */
  readonly to: string;
  readonly text: string;
  /** When it was decided, epoch milliseconds. */
  readonly at: number;
}

/** Puts into the outbox what turns decided to send; a decision that is put again is carried out once. */
export class TurnMessages {
  constructor(
    private readonly outbox: Outbox,
    private readonly composer: MessageComposer,
  ) {}

  /** Resolves once the messages are durable. */
  async put(messages: readonly DecidedMessage[]): Promise<void> {
    const orders = messages.flatMap(({ provider, account, to, text, key, at }) =>
      this.composer.compose({
        ...{ provider, account, to: [to], text, lane: 'reply', onceKey: key, createdAt: new Date(at) },
      }),
    );
    if (orders.length > 0) await this.outbox.put(orders);
  }
}
