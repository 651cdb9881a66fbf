import { v7 as uuidv7 } from 'uuid';
import { AccountBook, ProviderRegistry, type Account, type Provider } from '@app/provider-kit';
import type { InboundMessage } from '@app/reporting';
import { routeOf, SmsTurns, type SmsReply, type SmsTurnPorts } from '@app/sms';
import { segmentsOf } from '@app/telephony';
import { webhookRequest } from '../webhook-request.js';
import type { WireRequest } from '../wires/index.js';
import type { MessageWire } from './message-wire.js';
import { PlayedOptOuts } from './played-opt-outs.js';

/** What came of a message: what arrives on the handset, and what is kept from it. */
export interface Arrived {
  readonly texts: readonly string[];
  /** Why nothing arrives, where something might have been expected. */
  readonly silence?: 'opted-out' | 'repeated';
}

export interface HandsetOptions {
  readonly provider: Provider;
  readonly account: Account;
  readonly wire: MessageWire;
  readonly dialogs: SmsTurnPorts['dialogs'];
  readonly clock: SmsTurnPorts['clock'];
  readonly log: SmsTurnPorts['log'];
}

/** A handset that writes to an address of ours: its provider's request is parsed, kept and answered as by the server. */
export class Handset {
  private readonly messages = new Map<string, InboundMessage>();
  private readonly optOuts = new PlayedOptOuts();
  private readonly turns: SmsTurns;
  private replies: SmsReply[] = [];
  private last: WireRequest | undefined;

  constructor(private readonly options: HandsetOptions) {
    const { provider, account, dialogs, clock, log } = options;
    this.turns = new SmsTurns({
      providers: new ProviderRegistry([provider]),
      accounts: new AccountBook([account]),
      messages: {
        findInbound: (id) => Promise.resolve([...this.messages.values()].find((message) => message.id === id)),
      },
      optOuts: this.optOuts,
      dialogs,
      replies: {
        send: (reply) => {
          this.replies.push(reply);
          return Promise.resolve();
        },
      },
      clock,
      log,
    });
  }

  write(text: string): Promise<Arrived> {
    return this.deliver(this.options.wire(text));
  }

  /** The last message once more under its id, as from a provider that did not hear us acknowledge it. */
  repeat(): Promise<Arrived> {
    return this.last === undefined ? Promise.resolve({ texts: [] }) : this.deliver(this.last);
  }

  private async deliver(request: WireRequest): Promise<Arrived> {
    this.last = request;
    this.replies = [];
    const fresh = this.keep(request);
    for (const { id } of fresh) await this.turns.answer(id);
    if (fresh.length === 0) return { texts: [], silence: 'repeated' };
    const sent = this.replies.filter(({ from, to }) => !this.optOuts.has({ address: from, msisdn: to }));
    const heard = sent.map(({ text }) => text);
    return fresh.some((message) => this.isOut(message)) ? { texts: heard, silence: 'opted-out' } : { texts: heard };
  }

  /** @throws Error where the provider cannot read its own message. */
  private keep(request: WireRequest): readonly InboundMessage[] {
    const { provider, account, clock } = this.options;
    if (provider.sms === undefined) throw new Error(`${provider.id} has no sms`);
    const receivedAt = new Date(clock.now());
    const drafts = provider.sms.parse(webhookRequest(request, receivedAt.getTime()), account);
    return drafts.flatMap((draft) => {
      if (this.messages.has(draft.externalId)) return [];
      const { encoding, segments } = segmentsOf(draft.text);
      const ids = { id: uuidv7({ msecs: receivedAt.getTime() }), provider: provider.id, account: account.account };
      const message: InboundMessage = { ...draft, ...ids, encoding, segments, receivedAt };
      this.messages.set(draft.externalId, message);
      return [message];
    });
  }

  private isOut({ from, to }: InboundMessage): boolean {
    return this.optOuts.has({ address: routeOf(this.options.account, to).address, msisdn: from });
  }
}
