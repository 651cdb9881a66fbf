import { v7 as uuidv7 } from 'uuid';
import { PayloadRejected } from '@app/provider-kit';
import type { DeliveryEventDraft, InboundMessageDraft, OptOutDraft } from '@app/provider-kit';
import type { DeliveryEventStore, InboundMessageStore, InboxRecord, OptOutStore } from '@app/reporting';
import { segmentsOf } from '@app/telephony';
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
import { routeOf } from './sms-route.js';

/** Where the SMS channel keeps what comes in. */
export interface SmsStores {
  readonly messages: Pick<InboundMessageStore, 'keepInbound'>;
  readonly deliveries: DeliveryEventStore;
  readonly optOuts: Pick<OptOutStore, 'optOut' | 'optIn'>;
  readonly notices: NoticeKeeper;
  readonly inbox: InboxKeeper;
}

/** What all facts of one call have in common. */
type Arrival = Pick<InboxRecord, 'id' | 'provider' | 'account' | 'receivedAt'>;

/** Keeps what comes to the SMS webhooks of all providers, and says so only then. */
export class SmsHandler {
  constructor(private readonly stores: SmsStores) {}

  /**
   * Incoming messages. What cannot be read is kept for a person to look at, and answered 200 as well: providers send
   * again for hours what they get another answer to.
   */
  async message(call: WebhookCall): Promise<WebhookAnswer> {
    const contract = call.provider.sms;
    if (contract === undefined) return { reply: emptyReply(404) };
    return orNotKept(call, async () => {
      const reading = readReport(call, () => atLeastOne(contract.parse(call.request, call.account)));
      if (reading.kind === 'unread') {
        call.log.info({ code: reading.reason }, 'a message could not be read');
        await this.stores.inbox.keep(call, reading.state === 'failed' ? 'failed' : 'rejected', reading.reason);
        return { reply: contract.acknowledge('bad') };
      }
      await Promise.all(reading.read.map((draft) => this.keepMessage(call, draft)));
      return { reply: contract.acknowledge('kept') };
    });
  }

  /** What became of messages that we sent. */
  delivery(call: WebhookCall): Promise<WebhookAnswer> {
    const { provider, request, account } = call;
    const parse = provider.sms?.parseDelivery?.bind(provider.sms);
    return this.report(call, parse && (() => parse(request, account)), (draft: DeliveryEventDraft) =>
      this.stores.deliveries.keepDeliveryEvent({ ...draft, ...arrivalOf(call) }),
    );
  }

  /** Somebody told the provider to hear nothing more from an address, or to hear from it again. */
  optOut(call: WebhookCall): Promise<WebhookAnswer> {
    const { provider, request, account } = call;
    const parse = provider.sms?.parseOptOut?.bind(provider.sms);
    return this.report(call, parse && (() => parse(request, account)), (draft) => this.keepChange(call, draft));
  }

  /** Somebody subscribed to a premium service of ours, or left it. */
  subscription(call: WebhookCall): Promise<WebhookAnswer> {
    const { provider, request, account } = call;
    const parse = provider.sms?.parseSubscription?.bind(provider.sms);
    return this.report(call, parse && (() => [parse(request, account)]), (draft) =>
      this.stores.notices.keep(call, draft),
    );
  }

  private keepMessage(call: WebhookCall, draft: InboundMessageDraft): Promise<void> {
    const { encoding, segments } = segmentsOf(draft.text);
    return this.stores.messages.keepInbound({ ...draft, ...arrivalOf(call), encoding, segments });
  }

  private keepChange(call: WebhookCall, { address, msisdn, change }: OptOutDraft): Promise<void> {
    const { provider, account, receivedAt: at } = arrivalOf(call);
    const where = address === undefined ? {} : { address: routeOf(call.account, address).address };
    const entry = { provider, account, ...where, msisdn, reason: 'provider-notice', at };
    return change === 'out' ? this.stores.optOuts.optOut(entry) : this.stores.optOuts.optIn(entry);
  }

  /** @param parse undefined: the provider is not known to send such reports, which are kept all the same. */
  private report<Draft>(
    call: WebhookCall,
    parse: (() => readonly Draft[]) | undefined,
    keep: (draft: Draft) => Promise<void>,
  ): Promise<WebhookAnswer> {
    return orNotKept(call, async () => {
      const reading = readReport(call, () => atLeastOne(parse?.() ?? []));
      if (reading.kind === 'unread') {
        await this.stores.inbox.keep(call, reading.state, reading.reason);
        return { reply: call.malformed === undefined ? accepted : emptyReply(400) };
      }
      // One after the other: somebody may leave and come back in one call.
      for (const draft of reading.read) await keep(draft);
      return { reply: accepted };
    });
  }
}

/** A call that names nothing is one that we do not understand. */
function atLeastOne<Draft>(drafts: readonly Draft[]): readonly Draft[] {
  if (drafts.length === 0) throw new PayloadRejected('event-unreadable');
  return drafts;
}

/** 503 where something could not be kept: it is sent again, and what was kept already is known then. */
async function orNotKept(call: WebhookCall, work: () => Promise<WebhookAnswer>): Promise<WebhookAnswer> {
  try {
    return await work();
  } catch (error) {
    call.log.error({ err: error }, 'what came to an SMS webhook could not be kept');
    return { reply: notKept };
  }
}

/** A new id each time, made from the arrival: the time within it tells where the fact is kept. */
function arrivalOf({ account, request: { receivedAt } }: WebhookCall): Arrival {
  return {
    id: uuidv7({ msecs: receivedAt }),
    provider: account.provider,
    account: account.account,
    receivedAt: new Date(receivedAt),
  };
}
