import type { DialogService } from '@app/dialog';
import type { Account, Provider, WebhookReply } from '@app/provider-kit';
import type { CallReport } from '@app/reporting';
import { FinishedCalls, VoiceHandler } from '@app/voice';
import { CallReportKeeper, InboxKeeper, NoticeKeeper, TurnRunner, type WebhookLog } from '@app/webhook';
import { webhookRequest } from '../webhook-request.js';
import type { WireRequest } from '../wires/index.js';

/** Nobody listens there: its addresses come back as requests to our own webhook. */
const origin = 'https://play.invalid';

export interface VoiceLineOptions {
  readonly provider: Provider;
  readonly account: Account;
  readonly dialogs: DialogService;
  readonly now: () => number;
  readonly log: WebhookLog;
}

/** Takes the requests of a call to the voice channel, as the server does. */
export class VoiceLine {
  /** Where the call's first request goes, and the notice of its end. */
  readonly url: string;
  /** Of calls that are over. */
  readonly reports: CallReport[] = [];
  private readonly handler: VoiceHandler;

  constructor(private readonly options: VoiceLineOptions) {
    const { account, dialogs } = options;
    this.url = `${origin}/voice/${account.provider}/${account.account}`;
    const nothingKept = (): Promise<void> => Promise.resolve();
    const store = {
      keepCallReport: (report: CallReport): Promise<void> => {
        this.reports.push(report);
        return Promise.resolve();
      },
    };
    this.handler = new VoiceHandler({
      turns: new TurnRunner(dialogs),
      finished: new FinishedCalls(dialogs, new CallReportKeeper(store)),
      notices: new NoticeKeeper({ keepNotice: nothingKept }),
      inbox: new InboxKeeper({ keepInbox: nothingKept }),
      publicUrl: { url: () => origin },
    });
  }

  /** Posts to an address that a document named, or to {@link url}. */
  async send(url: string, request: WireRequest): Promise<WebhookReply> {
    const { provider, account, now, log } = this.options;
    const { pathname, searchParams } = new URL(url);
    searchParams.delete('key');
    const { reply } = await this.handler.turn({
      request: webhookRequest(request, now(), Object.fromEntries(searchParams)),
      provider,
      account,
      malformed: undefined,
      route: `POST ${pathname}`,
      log,
    });
    return reply;
  }
}
