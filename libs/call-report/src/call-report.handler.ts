import type { CallReportContract, RejectionCode, WebhookReply } from '@app/provider-kit';
import {
  emptyReply,
  notKept,
  readReport,
  type CallReportKeeper,
  type InboxKeeper,
  type WebhookAnswer,
  type WebhookCall,
} from '@app/webhook';

const nothingKnown: RejectionCode = 'event-unreadable';

/** Keeps the call reports of all providers. */
export class CallReportHandler {
  constructor(
    private readonly reports: CallReportKeeper,
    private readonly inbox: InboxKeeper,
  ) {}

  /** 503 where the report could not be kept, so that it is sent again. */
  async report(call: WebhookCall): Promise<WebhookAnswer> {
    const contract = call.provider.callReports;
    if (contract === undefined) return { reply: emptyReply(404) };
    try {
      return { reply: await this.keep(call, contract) };
    } catch (error) {
      call.log.error({ err: error }, 'a call report could not be kept');
      return { reply: notKept };
    }
  }

  private async keep(call: WebhookCall, contract: CallReportContract): Promise<WebhookReply> {
    const { request, account } = call;
    const reading = readReport(call, () => contract.parse(request, account));
    if (reading.kind === 'unread') {
      await this.inbox.keep(call, reading.state, reading.reason);
      return reading.state === 'rejected' ? emptyReply(400) : contract.acknowledge(account);
    }
    const inbound = reading.read;
    if (inbound.kind === 'reports') {
      await Promise.all(inbound.reports.map((report) => this.reports.keep(call, report, false)));
    } else {
      await this.inbox.keep(call, 'kept', nothingKnown);
    }
    return contract.acknowledge(account);
  }
}
