import { cleanRecord, count, PayloadRejected, text, word, zonedTime } from '@app/provider-kit';
import type { Account, SessionReportDraft, WebhookRequest } from '@app/provider-kit';
import { callerOf } from '../caller.js';
import { sessionIdNames } from '../con-end.js';
import { readMoney } from '../money.js';
import { withoutAbsent } from '../without-absent.js';

const statuses: Readonly<Record<string, SessionReportDraft['status']>> = {
  success: 'completed',
  incomplete: 'incomplete',
  failed: 'failed',
};

/**
 * Reads the end-of-session notice; all but the session id and the status may be missing.
 * https://developers.africastalking.com/docs/ussd/notifications
 * @throws PayloadRejected `event-unreadable`
 */
export function parseUssdEvent(
  request: WebhookRequest,
  account: Account,
): { readonly sessionId: string; readonly report: SessionReportDraft } {
  const { fields } = request;
  const sessionId = word(fields, ...sessionIdNames);
  if (sessionId === undefined) throw new PayloadRejected('event-unreadable', 'sessionId');
  const providerStatus = word(fields, 'status');
  if (providerStatus === undefined) throw new PayloadRejected('event-unreadable', 'status');
  const number = text(fields, 'phoneNumber') ?? '';
  const report = {
    sessionId,
    status: statusOf(providerStatus),
    providerStatus,
    caller: number.trim() === '' ? undefined : callerOf(number, undefined, account).id,
    serviceCode: word(fields, 'serviceCode'),
    networkCode: word(fields, 'networkCode'),
    // A decimal as the documentation has it, or `KES 0.10` as it is seen in the field.
    cost: readMoney(word(fields, 'cost')),
    durationMs: count(fields, 'durationInMillis'),
    hops: count(fields, 'hopsCount'),
    input: text(fields, 'input'),
    lastReply: text(fields, 'lastAppResponse'),
    errorMessage: word(fields, 'errorMessage'),
    // In UTC, whatever the account's zone.
    occurredAt: zonedTime(word(fields, 'date') ?? '', 'UTC'),
  };
  return { sessionId, report: { ...withoutAbsent(report), raw: cleanRecord(fields) } };
}

function statusOf(word: string): SessionReportDraft['status'] {
  const known = word.toLowerCase();
  return Object.hasOwn(statuses, known) ? (statuses[known] ?? 'unknown') : 'unknown';
}
