import { defaultAddress, PayloadRejected } from '@app/provider-kit';
import type { BotContract, BotInbound } from '@app/provider-kit';
import {
  emptyReply,
  notKept,
  type NoticeKeeper,
  type TurnRunner,
  type WebhookAnswer,
  type WebhookCall,
} from '@app/webhook';
import { toTurn } from './bot-turn.js';

type BotNotice = Extract<BotInbound, { kind: 'notice' }>['notice'];

/** Answers bot webhooks of all providers. */
export class BotHandler {
  constructor(
    private readonly turns: TurnRunner,
    private readonly notices: NoticeKeeper,
  ) {}

  /** A node's call, or an event of the platform; whatever fails within a turn, the person gets a closing message. */
  async turn(call: WebhookCall): Promise<WebhookAnswer> {
    const contract = call.provider.bot;
    if (contract === undefined) return { reply: emptyReply(404) };
    try {
      return await this.answer(call, contract);
    } catch (error) {
      const reply = contract.reject(this.closing(call), call.account);
      if (!(error instanceof PayloadRejected)) {
        call.log.error({ err: error }, 'a bot turn failed');
        return { reply: { ...reply, status: 200 } };
      }
      call.log.info({ code: error.code, field: error.field }, 'a bot call could not be read');
      return { reply };
    }
  }

  /** What a browser or a provider sees that looks at the address. */
  page({ provider, account }: WebhookCall): WebhookAnswer {
    return { reply: provider.bot?.page(account) ?? emptyReply(404) };
  }

  private async answer(call: WebhookCall, contract: BotContract): Promise<WebhookAnswer> {
    const { request, account, log } = call;
    if (call.malformed !== undefined) throw call.malformed;
    const inbound = contract.parse(request, account);
    if (inbound.kind === 'notice') return this.keepNotice(call, contract, inbound.notice);
    const turn = toTurn(inbound.turn, account, contract, request);
    const reply = await this.turns.run(turn, log);
    return { reply: contract.render(reply, account), whenBroken: () => this.turns.broke(turn, log) };
  }

  /** 503 where the notice could not be kept: platforms send it again. */
  private async keepNotice(call: WebhookCall, contract: BotContract, notice: BotNotice): Promise<WebhookAnswer> {
    try {
      await this.notices.keep(call, notice);
      return { reply: contract.acknowledgeNotice() };
    } catch (error) {
      call.log.error({ err: error }, 'a notice could not be kept');
      return { reply: notKept };
    }
  }

  private closing({ account }: WebhookCall): string {
    return this.turns.dialogs.phrase(account.bot?.get(defaultAddress), 'unavailable', account.language, 'bot');
  }
}
