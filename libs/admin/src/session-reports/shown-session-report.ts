import type { SessionReport } from '@app/reporting';
import { shownCost } from '../messages/shown-message.js';
import { shownNumber, shownText, shownTime, type View } from '../personal/masking.js';

/** A session report as the API gives it. */
export function shownSessionReport(report: SessionReport, view: View): object {
  const { id, provider, account, sessionId, caller, serviceCode, networkCode, status } = report;
  const words = (text: string | undefined) => (text === undefined ? null : shownText(text, view));
  return {
    ...{ id, provider, account },
    sessionId: shownText(sessionId, view),
    caller: shownNumber(caller, view),
    serviceCode: words(serviceCode),
    networkCode: networkCode ?? null,
    status,
    cost: shownCost(report.cost),
    durationMs: report.durationMs ?? null,
    hops: report.hops ?? null,
    lastReply: words(report.lastReply),
    errorMessage: words(report.errorMessage),
    occurredAt: shownTime(report.occurredAt),
    receivedAt: shownTime(report.receivedAt),
  };
}
