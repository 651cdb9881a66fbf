import type {
  CallReport,
  CallReportQueries,
  DeliveryEvent,
  InboundMessage,
  MessageQueries,
  SessionReport,
  SessionReportQueries,
} from '@app/reporting';
import { shownReport } from '../call-reports/call-report-view.js';
import { shownDeliveryEvent, shownMessage } from '../messages/shown-message.js';
import { onlyPersonal, shownNumber, shownText, shownTime, type View } from '../personal/masking.js';
import { shownSessionReport } from '../session-reports/shown-session-report.js';
import type { Became } from './replayer.js';

const manyEvents = 100;

/**
 * Shows what a webhook became, as the lists show it. What says the same as a record that was there before adds none: that
 * record is the answer, or, where it cannot be found, the same without an id.
 */
export class KeptRecords {
  constructor(
    private readonly messages: MessageQueries,
    private readonly sessionReports: SessionReportQueries,
    private readonly callReports: CallReportQueries,
  ) {}

  async show(became: Became, view: View): Promise<object> {
    switch (became.kind) {
      case 'message':
        return this.message(became.record, view);
      case 'delivery-event':
        return this.event(became.record, view);
      case 'session-report':
        return this.sessionReport(became.record, view);
      case 'call-report':
        return this.callReport(became.record, view);
      case 'notice': {
        const { id, provider, account, topic, occurredAt, receivedAt, raw } = became.record;
        const times = { occurredAt: shownTime(occurredAt), receivedAt: shownTime(receivedAt) };
        return { ...{ id, provider, account, topic }, ...times, ...onlyPersonal(view, { raw }) };
      }
      case 'opt-out':
      case 'opt-in': {
        const { provider, account, address, msisdn, reason, at } = became.record;
        const who = { address: address ?? null, msisdn: shownNumber(msisdn, view) };
        return { ...{ provider, account }, ...who, reason: shownText(reason, view), at: shownTime(at) };
      }
    }
  }

  private async message(message: InboundMessage, view: View): Promise<object> {
    const { provider, account, externalId, receivedAt } = message;
    const { items } = await this.messages.list({ provider, account, externalId, direction: 'mo' }, { limit: 1 });
    const [kept] = items;
    if (kept !== undefined) return shownMessage(kept, view);
    const arrived = { direction: 'mo', status: 'delivered', createdAt: receivedAt, finalAt: receivedAt } as const;
    return { ...shownMessage({ ...message, ...arrived }, view), id: null };
  }

  private async event(event: DeliveryEvent, view: View): Promise<object> {
    const { id, provider, account, externalId, status, providerStatus } = event;
    const { items } = await this.messages.events({ provider, account, externalId, status }, { limit: manyEvents });
    const kept = items.find((each) => each.id === id) ?? items.find((each) => each.providerStatus === providerStatus);
    return kept === undefined
      ? { ...shownDeliveryEvent({ ...event, seen: 1 }, view), id: null }
      : shownDeliveryEvent(kept, view);
  }

  private async sessionReport(report: SessionReport, view: View): Promise<object> {
    const { id, provider, account, sessionId, status } = report;
    const { items } = await this.sessionReports.list({ provider, account, sessionId, status }, { limit: manyEvents });
    const kept = items.find((each) => each.id === id) ?? items[0];
    return kept === undefined ? { ...shownSessionReport(report, view), id: null } : shownSessionReport(kept, view);
  }

  private async callReport({ identity: _, ...report }: CallReport, view: View): Promise<object> {
    const kept = await this.callReports.get(report.id);
    if (kept !== undefined) return shownReport(kept, view);
    return { ...shownReport({ ...report, review: { state: 'new', tags: [], version: 1 } }, view), id: null };
  }
}
