import type { Clock, DialogService, ScreenLimit, Turn } from '@app/dialog';
import { toTurn as botTurn } from '@app/bot-webhook';
import { PayloadRejected, type Account, type Provider } from '@app/provider-kit';
import type { WebhookReply, WebhookRequest } from '@app/provider-kit';
import { toTurn as ussdTurn } from '@app/ussd';
import { webhookRequest } from './webhook-request.js';
import type { WireRequest } from './wires/index.js';

/** A reply as it goes back over the network, and what it was made for. */
export interface Answered {
  readonly reply: WebhookReply;
  readonly screen: ScreenLimit;
  readonly dialog: string | undefined;
}

/** Takes turns of screens and bots to a dialog as the server does: the provider parses them and renders the replies. */
export class Line {
  constructor(
    private readonly provider: Provider,
    private readonly account: Account,
    readonly channel: 'ussd' | 'bot',
    private readonly dialogs: DialogService,
    private readonly clock: Clock,
  ) {}

  send(wire: WireRequest): Promise<Answered> {
    const request = webhookRequest(wire, this.clock.now());
    return this.channel === 'ussd' ? this.sendUssd(request) : this.sendBot(request);
  }

  private async sendUssd(request: WebhookRequest): Promise<Answered> {
    const { account } = this;
    const contract = this.provider.ussd;
    if (contract === undefined) throw new Error(`${this.provider.id} has no ussd`);
    try {
      const inbound = contract.parse(request, account);
      if (inbound.kind !== 'turn') throw new Error(`${this.provider.id} read its own turn as a notice`);
      const turn = ussdTurn(inbound.turn, account, contract, request.receivedAt);
      return answered(turn, contract.render(await this.dialogs.handle(turn), inbound.turn, account));
    } catch (error) {
      if (!(error instanceof PayloadRejected)) throw error;
      return unread(contract.reject(this.closing(), request, account));
    }
  }

  private async sendBot(request: WebhookRequest): Promise<Answered> {
    const { account } = this;
    const contract = this.provider.bot;
    if (contract === undefined) throw new Error(`${this.provider.id} has no bot`);
    try {
      const inbound = contract.parse(request, account);
      if (inbound.kind !== 'turn') throw new Error(`${this.provider.id} read its own turn as a notice`);
      const turn = botTurn(inbound.turn, account, contract, request);
      return answered(turn, contract.render(await this.dialogs.handle(turn), account));
    } catch (error) {
      if (!(error instanceof PayloadRejected)) throw error;
      return unread(contract.reject(this.closing(), account));
    }
  }

  private closing(): string {
    return this.dialogs.phrase(undefined, 'unavailable', this.account.language, this.channel);
  }
}

function answered({ screen, dialog }: Turn, reply: WebhookReply): Answered {
  return { reply, screen, dialog };
}

function unread(reply: WebhookReply): Answered {
  return { reply, screen: { kind: 'unlimited' }, dialog: undefined };
}
