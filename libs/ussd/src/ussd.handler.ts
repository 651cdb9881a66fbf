import { defaultAddress, PayloadRejected } from '@app/provider-kit';
import type { RejectionCode, SessionReportDraft, UssdContract, WebhookReply } from '@app/provider-kit';
import {
  accepted,
  emptyReply,
  notKept,
  type InboxKeeper,
  type TurnRunner,
  type WebhookAnswer,
  type WebhookCall,
} from '@app/webhook';
import type { SessionReportKeeper } from './session-report-keeper.js';
import { toTurn } from './ussd-turn.js';

/** Answers USSD webhooks of all providers. */
export class UssdHandler {
  constructor(
    private readonly turns: TurnRunner,
    private readonly reports: SessionReportKeeper,
    private readonly inbox: InboxKeeper,
  ) {}

  /** A turn, or the notice that there will be none any more; whatever fails, the caller sees a closing screen. */
  async turn(call: WebhookCall): Promise<WebhookAnswer> {
    const contract = call.provider.ussd;
    if (contract === undefined) return { reply: emptyReply(404) };
    try {
      return await this.answer(call, contract);
    } catch (error) {
      const reply = contract.reject(this.closing(call), call.request, call.account);
      if (!(error instanceof PayloadRejected)) {
        call.log.error({ err: error }, 'a USSD turn failed');
        return { reply: { ...reply, status: 200 } };
      }
      call.log.info({ code: error.code, field: error.field }, 'a USSD turn could not be read');
      return { reply };
    }
  }

  /** An end-of-session report; 503 where it could not be kept, so that it is sent again. */
  async event(call: WebhookCall): Promise<WebhookAnswer> {
    try {
      return { reply: await this.keepEvent(call) };
    } catch (error) {
      call.log.error({ err: error }, 'a session report could not be kept');
      return { reply: notKept };
    }
  }

  private async answer(call: WebhookCall, contract: UssdContract): Promise<WebhookAnswer> {
    const { request, account, log } = call;
    if (call.malformed !== undefined) throw call.malformed;
    const inbound = contract.parse(request, account);
    if (inbound.kind === 'session-end') {
      await this.keepNotice(call, inbound.end.report);
      return { reply: contract.acknowledgeEnd(inbound.end, account, request.receivedAt) };
    }
    const turn = toTurn(inbound.turn, account, contract, request.receivedAt);
    const reply = await this.turns.run(turn, log);
    return { reply: contract.render(reply, inbound.turn, account), whenBroken: () => this.turns.broke(turn, log) };
  }

  /** No provider sends a notice again that came in the place of a turn, so a refusal would win nothing. */
  private async keepNotice(call: WebhookCall, report: SessionReportDraft): Promise<void> {
    try {
      await this.reports.keep(call, report);
    } catch (error) {
      call.log.error({ err: error }, 'a notice that a session is over could not be kept');
    }
  }

  private async keepEvent(call: WebhookCall): Promise<WebhookReply> {
    if (call.malformed !== undefined) {
      await this.inbox.keep(call, 'rejected', call.malformed.code);
      return emptyReply(400);
    }
    const read = readEvent(call);
    if (read.kind === 'report') await this.reports.keep(call, read.report);
    else await this.inbox.keep(call, read.state, read.reason);
    return accepted;
  }

  private closing({ account }: WebhookCall): string {
    return this.turns.dialogs.phrase(account.ussd?.get(defaultAddress), 'unavailable', account.language);
  }
}

type ReadEvent =
  | { readonly kind: 'report'; readonly report: SessionReportDraft }
  | { readonly kind: 'unread'; readonly state: 'kept' | 'failed'; readonly reason: string };

function readEvent({ provider, request, account, log }: WebhookCall): ReadEvent {
  const unreadable: RejectionCode = 'event-unreadable';
  if (provider.ussd?.parseEvent === undefined) return { kind: 'unread', state: 'kept', reason: unreadable };
  try {
    return { kind: 'report', report: provider.ussd.parseEvent(request, account).report };
  } catch (error) {
    if (error instanceof PayloadRejected) return { kind: 'unread', state: 'kept', reason: error.code };
    log.error({ err: error }, 'a session report could not be read');
    return { kind: 'unread', state: 'failed', reason: unreadable };
  }
}
