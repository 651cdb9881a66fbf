import { v7 as uuid } from 'uuid';
import type { Account, AccountBook, ProviderRegistry } from '@app/provider-kit';
import type { MessageOrder, SendLane } from '@app/reporting';
import { replaceLookAlikes, segmentsOf } from '@app/telephony';

/** A text to be sent, as whoever wants it sent knows it. */
export interface NewMessage {
  readonly provider: string;
  readonly account: string;
  /** E.164; a number that stands there twice gets the text once. */
  readonly to: readonly string[];
  readonly text: string;
  /** Absent: the account's `replyFrom`. */
  readonly from?: string;
  readonly lane: SendLane;
  readonly createdAt: Date;
  readonly onceKey?: string;
  readonly linkId?: string;
  readonly keyword?: string;
  readonly batchId?: string;
}

/** What a provider and an account have to say about a message. */
export interface MessageLimits {
  readonly maxRecipients: number;
  readonly replyFrom?: string;
}

/**
 * Makes the orders of a message: as many as the provider needs for that many recipients. Look-alikes of GSM-7 characters
 * are replaced where that saves a segment. Ids grow in the order of the orders; the second order and the others have once-keys
 * of their own.
 */
export function composeMessage(message: NewMessage, limits: MessageLimits, nextId: () => string): MessageOrder[] {
  const { to, text: written, from = limits.replyFrom, onceKey, ...kept } = message;
  const text = shortest(written);
  const { segments, encoding } = segmentsOf(text);
  return chunks([...new Set(to)], limits.maxRecipients).map((numbers, index) => ({
    ...{ ...kept, kind: 'message', id: nextId(), text, segments, encoding },
    recipients: numbers.map((number) => ({ messageId: nextId(), to: number })),
    ...(from === undefined ? {} : { from }),
    ...(onceKey === undefined ? {} : { onceKey: index === 0 ? onceKey : `${onceKey}.${index}` }),
  }));
}

/** Composes messages by what is configured; makes ids that grow within one millisecond too. */
export class MessageComposer {
  #sequence = 0;

  constructor(
    private readonly accounts: Pick<AccountBook, 'find'>,
    private readonly providers: Pick<ProviderRegistry, 'find'>,
  ) {}

  /** An account that is gone or cannot send gets its orders all the same: the outbox shows what came of them. */
  compose(message: NewMessage): readonly MessageOrder[] {
    const account = this.accounts.find(message.provider, message.account);
    const maxRecipients = this.providers.find(message.provider)?.send?.maxRecipients ?? 1;
    return composeMessage(message, { maxRecipients, ...replyFromOf(account) }, () => this.nextId(message.createdAt));
  }

  /** A UUIDv7 of that time, greater than those made before for it by this process. */
  nextId(at: Date): string {
    this.#sequence = (this.#sequence + 1) % 0x8000_0000;
    return uuid({ msecs: at.getTime(), seq: this.#sequence });
  }
}

function replyFromOf(account: Account | undefined): Pick<MessageLimits, 'replyFrom'> {
  return account?.replyFrom === undefined ? {} : { replyFrom: account.replyFrom };
}

function shortest(written: string): string {
  const plain = replaceLookAlikes(written);
  return segmentsOf(plain).segments < segmentsOf(written).segments ? plain : written;
}

function chunks<T>(all: readonly T[], size: number): T[][] {
  const found: T[][] = [];
  for (let start = 0; start < all.length; start += size) found.push(all.slice(start, start + size));
  return found;
}
