import { cleanRecord, count, PayloadRejected, text, word } from '@app/provider-kit';
import type { Account, Money, SessionReportDraft, WebhookRequest } from '@app/provider-kit';
import { callerOf } from '../caller.js';
import { sessionIdNames } from '../con-end.js';

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
    cost: parseCost(word(fields, 'cost')),
    durationMs: count(fields, 'durationInMillis'),
    hops: count(fields, 'hopsCount'),
    input: text(fields, 'input'),
    lastReply: text(fields, 'lastAppResponse'),
    errorMessage: word(fields, 'errorMessage'),
    occurredAt: parseUtc(word(fields, 'date')),
  };
  return { sessionId, report: { ...withoutAbsent(report), raw: cleanRecord(fields) } };
}

type Present<T> = { [Name in keyof T as undefined extends T[Name] ? never : Name]: T[Name] } & {
  [Name in keyof T as undefined extends T[Name] ? Name : never]?: Exclude<T[Name], undefined>;
};

function withoutAbsent<T extends object>(values: T): Present<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Present<T>;
}

function statusOf(word: string): SessionReportDraft['status'] {
  const known = word.toLowerCase();
  return Object.hasOwn(statuses, known) ? (statuses[known] ?? 'unknown') : 'unknown';
}

/** `0.8000` as the documentation has it, or `KES 0.10` as it is seen in the field. */
function parseCost(cost: string | undefined): Money | undefined {
  const found = cost === undefined ? null : /^(?:([A-Z]{3})\s*)?(\d{1,12}(?:\.\d{1,10})?)$/.exec(cost);
  const [, currency, amount] = found ?? [];
  if (amount === undefined) return undefined;
  return currency === undefined ? { amount } : { amount, currency };
}

/** `2026-03-04 10:31:07`, which is UTC here, or ISO 8601 with `Z`; a day that does not exist is no time. */
function parseUtc(date: string | undefined): Date | undefined {
  const found = date === undefined ? null : /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(\.\d{1,6})?Z?$/.exec(date);
  const [, day, time, fraction = ''] = found ?? [];
  if (day === undefined || time === undefined) return undefined;
  const instant = new Date(`${day}T${time}${fraction.slice(0, 4)}Z`);
  return !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(day) ? instant : undefined;
}
