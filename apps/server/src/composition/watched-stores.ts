import { AsyncLocalStorage } from 'node:async_hooks';
import type { Became } from '@app/admin';
import type { PostgresStores } from '@app/postgres';
import type {
  CallReportStore,
  DeliveryEventStore,
  InboundMessageStore,
  InboxStore,
  NoticeStore,
  OptOutStore,
  SessionReportStore,
} from '@app/reporting';

/** What came of one webhook that is handled once more. */
export interface Seen {
  readonly became: Became[];
  /** Why it would have gone to the inbox again. */
  unread?: string;
}

/** The stores that webhooks write to. */
export interface WebhookStores {
  readonly messages: InboundMessageStore;
  readonly deliveryEvents: DeliveryEventStore;
  readonly callReports: CallReportStore;
  readonly sessionReports: SessionReportStore;
  readonly notices: NoticeStore;
  readonly optOuts: OptOutStore;
  readonly inbox: InboxStore;
}

/**
 * The stores of webhooks, which tell what they keep to whoever watches. While somebody does, nothing goes to the inbox:
 * what is handled once more is there already.
 */
export class WatchedStores {
  readonly stores: WebhookStores;
  private readonly watching = new AsyncLocalStorage<Seen>();

  constructor(postgres: PostgresStores) {
    this.stores = this.watched(postgres);
  }

  /** Runs some work and tells what it kept. */
  async watch<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly seen: Seen }> {
    const seen: Seen = { became: [] };
    const result = await this.watching.run(seen, work);
    return { result, seen };
  }

  private watched(postgres: PostgresStores): WebhookStores {
    const { messages, deliveryEvents, callReports, sessionReports, notices, optOuts, inbox } = postgres;
    const kept = async (became: Became, work: Promise<void>): Promise<void> => {
      await work;
      this.watching.getStore()?.became.push(became);
    };
    return {
      messages: {
        keepInbound: (record) => kept({ kind: 'message', record }, messages.keepInbound(record)),
        findInbound: (id) => messages.findInbound(id),
      },
      deliveryEvents: {
        keepDeliveryEvent: (record) =>
          kept({ kind: 'delivery-event', record }, deliveryEvents.keepDeliveryEvent(record)),
      },
      callReports: {
        keepCallReport: (record) => kept({ kind: 'call-report', record }, callReports.keepCallReport(record)),
      },
      sessionReports: {
        keepSessionReport: (record) =>
          kept({ kind: 'session-report', record }, sessionReports.keepSessionReport(record)),
      },
      notices: { keepNotice: (record) => kept({ kind: 'notice', record }, notices.keepNotice(record)) },
      optOuts: {
        optOut: (record) => kept({ kind: 'opt-out', record }, optOuts.optOut(record)),
        optIn: (record) => kept({ kind: 'opt-in', record }, optOuts.optIn(record)),
        optedOut: (account, address, msisdns) => optOuts.optedOut(account, address, msisdns),
      },
      inbox: {
        keepInbox: (record) => {
          const seen = this.watching.getStore();
          if (seen === undefined) return inbox.keepInbox(record);
          seen.unread = record.reason;
          return Promise.resolve();
        },
      },
    };
  }
}
