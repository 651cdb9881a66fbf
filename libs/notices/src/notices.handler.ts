import { cleanRecord } from '@app/provider-kit';
import type { NoticeDraft, WebhookReply } from '@app/provider-kit';
import {
  accepted,
  emptyReply,
  notKept,
  readReport,
  type InboxKeeper,
  type NoticeKeeper,
  type WebhookAnswer,
  type WebhookCall,
} from '@app/webhook';

const topics = /^[a-z0-9._-]{1,64}$/;

/** Keeps notices of all providers: as the provider understands them, else as they came. */
export class NoticesHandler {
  constructor(
    private readonly notices: NoticeKeeper,
    private readonly inbox: InboxKeeper,
  ) {}

  /** 404 for a topic that is none; 503 where the notice could not be kept, so that it is sent again. */
  async notice(call: WebhookCall): Promise<WebhookAnswer> {
    const topic = call.route.slice(call.route.lastIndexOf('/') + 1).toLowerCase();
    if (!topics.test(topic)) return { reply: emptyReply(404) };
    try {
      return { reply: await this.keep(call, topic) };
    } catch (error) {
      call.log.error({ err: error, topic }, 'a notice could not be kept');
      return { reply: notKept };
    }
  }

  private async keep(call: WebhookCall, topic: string): Promise<WebhookReply> {
    const reading = readReport(call, () => understand(call, topic));
    if (reading.kind === 'unread') {
      await this.inbox.keep(call, reading.state, reading.reason);
      return reading.state === 'rejected' ? emptyReply(400) : accepted;
    }
    const { notice, reply = accepted } = reading.read;
    await this.notices.keep(call, notice);
    return reply;
  }
}

function understand(
  { provider, request, account }: WebhookCall,
  topic: string,
): { readonly notice: NoticeDraft; readonly reply?: WebhookReply } {
  if (provider.notices !== undefined) return provider.notices.read(topic, request, account);
  return { notice: { topic, raw: cleanRecord(request.fields) } };
}
