import { SendRefused, type Account, type AccountBook, type ProviderRegistry } from '@app/provider-kit';
import type { SendContract, SendReading, SendRequest, Sending } from '@app/provider-kit';
import type { CallOrder, ClaimedOrder, MessageOrder, OptOutStore, Recipient, SendResult } from '@app/reporting';
import { parseMsisdn } from '@app/telephony';
import type { ReadySend } from './exchange.js';
import { refusalOf } from './refusal.js';
import { cleanDetail } from './secrets.js';
import type { SendObserver } from './send-observer.js';

/** A claimed order that goes to a person through a provider. */
export type ClaimedSend = Omit<ClaimedOrder, 'order'> & { readonly order: MessageOrder | CallOrder };

/** What an order is before its request leaves: ready, or at its end already. */
export type Prepared = (
  | ({ readonly kind: 'ready' } & ReadySend)
  /** `ids`: whom the reading is about; none: there is nobody left to send to. */
  | { readonly kind: 'ended'; readonly reading: SendReading; readonly ids: readonly string[] }
) & {
  /** Of those who opted out. */
  readonly before: readonly SendResult[];
};

export interface PreparationOptions {
  readonly optOuts: Pick<OptOutStore, 'optedOut'>;
  readonly accounts: Pick<AccountBook, 'find'>;
  readonly providers: Pick<ProviderRegistry, 'find'>;
  readonly observer: SendObserver;
}

/** Makes the request of an order, for the people who may be reached. */
export class Preparation {
  constructor(private readonly options: PreparationOptions) {}

  /** Rejects with the database's error. */
  async prepare({ order, open }: ClaimedSend): Promise<Prepared> {
    const people = order.kind === 'call' ? [{ messageId: order.id, to: order.to }] : open;
    const account = this.options.accounts.find(order.provider, order.account);
    if (account === undefined) return ended({ kind: 'failed', error: 'account-gone' }, people);
    const contract = this.options.providers.find(order.provider)?.send;
    if (contract?.kinds.has(order.kind) !== true) return ended({ kind: 'failed', error: 'not-supported' }, people);

    const optedOut = await this.#optedOut(account, order.from, people);
    const before = people.filter(({ to }) => optedOut.has(to)).map(refused);
    const recipients = people.filter(({ to }) => !optedOut.has(to));
    if (recipients.length === 0) return ended({ kind: 'recipients', outcomes: [] }, [], before);
    const sending: Sending = order.kind === 'call' ? { kind: 'call', order } : { kind: 'message', order, recipients };
    const rendered = this.#render(contract, sending, account);
    if ('kind' in rendered) return ended(rendered, recipients, before);
    return { kind: 'ready', account, contract, sending, request: rendered, before };
  }

  async #optedOut(account: Account, from: string | undefined, people: readonly Recipient[]) {
    const numbers = people.map(({ to }) => to);
    if (numbers.length === 0) return new Set<string>();
    // An opt-out is kept under the number that the file may write in the national form.
    const address = from === undefined ? undefined : (parseMsisdn(from, account.country) ?? from);
    return this.options.optOuts.optedOut(account, address, numbers);
  }

  #render(contract: SendContract, sending: Sending, account: Account): SendRequest | SendReading {
    try {
      return contract.renderSend(sending, account);
    } catch (error) {
      if (error instanceof SendRefused) {
        return { kind: 'failed', error: error.code, detail: cleanDetail(error.message, account) };
      }
      this.options.observer.fault(new Error(cleanDetail(String(error), account)), 'make a request to a provider');
      return { kind: 'failed', error: 'not-supported' };
    }
  }
}

function ended(reading: SendReading, people: readonly Recipient[], before: readonly SendResult[] = []): Prepared {
  return { kind: 'ended', reading, ids: people.map(({ messageId }) => messageId), before };
}

function refused({ messageId }: Recipient): SendResult {
  return { messageId, ...refusalOf('opted-out') };
}
