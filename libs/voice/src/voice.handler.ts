import type { TurnReply } from '@app/dialog';
import { defaultAddress, PayloadRejected } from '@app/provider-kit';
import type { VoiceContract, VoiceFinal, VoiceTurn, WebhookReply } from '@app/provider-kit';
import {
  accepted,
  emptyReply,
  notKept,
  readReport,
  type InboxKeeper,
  type NoticeKeeper,
  type PublicUrl,
  type TurnRunner,
  type WebhookAnswer,
  type WebhookCall,
} from '@app/webhook';
import { callbacksOf } from './callbacks.js';
import type { FinishedCalls } from './finished-calls.js';
import { NumberRoutes } from './number-routes.js';
import { withoutKeys } from './pressed-keys.js';
import { toTurn } from './voice-turn.js';

/** What the voice channel works with. */
export interface VoicePorts {
  readonly turns: TurnRunner;
  readonly finished: FinishedCalls;
  readonly notices: NoticeKeeper;
  readonly inbox: InboxKeeper;
  readonly publicUrl: PublicUrl;
}

/** Answers voice webhooks of all providers. */
export class VoiceHandler {
  private readonly numbers = new NumberRoutes();

  constructor(private readonly ports: VoicePorts) {}

  /** What a call is to do next, or the notice that it is over; whatever fails, the caller hears a closing sentence. */
  async turn(call: WebhookCall): Promise<WebhookAnswer> {
    const contract = call.provider.voice;
    if (contract === undefined) return { reply: emptyReply(404) };
    try {
      return await this.answer(call, contract);
    } catch (error) {
      const reply = this.closing(call, contract);
      if (!(error instanceof PayloadRejected)) {
        call.log.error({ err: error }, 'a voice turn failed');
        return { reply };
      }
      call.log.info({ code: error.code, field: error.field }, 'a voice turn could not be read');
      return { reply: { ...reply, status: 400 } };
    }
  }

  /** A final notice or any other event of a call; 503 where it could not be kept, so that it is sent again. */
  async event(call: WebhookCall): Promise<WebhookAnswer> {
    const contract = call.provider.voice;
    if (contract === undefined) return { reply: emptyReply(404) };
    try {
      return { reply: await this.keepEvent(call, contract) };
    } catch (error) {
      call.log.error({ err: error }, 'a call event could not be kept');
      return { reply: notKept };
    }
  }

  private async answer(call: WebhookCall, contract: VoiceContract): Promise<WebhookAnswer> {
    if (call.malformed !== undefined) throw call.malformed;
    const inbound = contract.parse(call.request, call.account);
    if (inbound.kind === 'picked-up') return { reply: contract.nothing() };
    if (inbound.kind === 'final') return { reply: await this.keepFinal(call, inbound, contract.nothing()) };
    return this.instruct(call, contract, inbound.turn);
  }

  private async instruct(call: WebhookCall, contract: VoiceContract, voiceTurn: VoiceTurn): Promise<WebhookAnswer> {
    const { account, log, request } = call;
    const { turns, publicUrl } = this.ports;
    const finder = { dialogs: turns.dialogs, numbers: this.numbers };
    const turn = toTurn(voiceTurn, account, contract, request.receivedAt, finder);
    const reply = await turns.run(turn, log);
    const isServed = reply.outcome !== 'notServed' && (turn.dialog !== undefined || reply.turn !== undefined);
    if (voiceTurn.input.kind === 'start' && !isServed) return { reply: contract.refuse() };
    const document = contract.render(spoken(reply, account.language), callbacksOf(account, publicUrl), account);
    return { reply: document, whenBroken: () => turns.broke(turn, log) };
  }

  private async keepFinal(call: WebhookCall, finished: VoiceFinal, kept: WebhookReply): Promise<WebhookReply> {
    try {
      await this.ports.finished.keep(call, finished);
      return kept;
    } catch (error) {
      call.log.error({ err: error }, 'a call report could not be kept');
      return notKept;
    }
  }

  private async keepEvent(call: WebhookCall, contract: VoiceContract): Promise<WebhookReply> {
    const reading = readReport(call, () => contract.parseEvent(call.request, call.account));
    if (reading.kind === 'unread') {
      await this.ports.inbox.keep(call, reading.state, reading.reason);
      return reading.state === 'rejected' ? emptyReply(400) : accepted;
    }
    const event = reading.read;
    if (event.kind === 'final') await this.ports.finished.keep(call, event);
    else await this.ports.notices.keep(call, { ...event.notice, raw: withoutKeys(event.notice.raw) });
    return accepted;
  }

  /** A polite end, or an empty document where even that cannot be written. */
  private closing({ account, request, log }: WebhookCall, contract: VoiceContract): WebhookReply {
    const { turns, publicUrl } = this.ports;
    try {
      const dialog = account.voice?.get(defaultAddress);
      const text = turns.dialogs.phrase(dialog, 'unavailable', account.language, 'voice');
      const at = request.receivedAt;
      const reply: TurnReply = { texts: [text], end: true, failed: true, at, outcome: 'unavailable' };
      return contract.render(spoken(reply, account.language), callbacksOf(account, publicUrl), account);
    } catch (error) {
      log.error({ err: error }, 'not even a closing sentence could be said');
      return contract.nothing();
    }
  }
}

/** A reply that was not made for voice, such as our own apology, is said and ends the call. */
function spoken(reply: TurnReply, language = 'en'): TurnReply {
  if (reply.voice !== undefined) return reply;
  return { ...reply, voice: { spoken: reply.texts.map((text) => ({ kind: 'say', text })), language } };
}
