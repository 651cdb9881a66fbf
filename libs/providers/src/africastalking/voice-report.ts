import { cleanRecord, count, word, zonedTime } from '@app/provider-kit';
import type { Account, CallReportDraft, Fields } from '@app/provider-kit';
import { hangupCauseOf, type CallStatus } from '@app/telephony';
import { addressIn } from '../caller.js';
import { readMoney } from '../money.js';
import { withoutAbsent } from '../without-absent.js';
import { directionOf } from './call-fields.js';

/**
 * The report of a call that is over; everything but the session id may be missing.
 * https://developers.africastalking.com/docs/voice/notifications
 */
export function callReportOf(sessionId: string, fields: Fields, account: Account): CallReportDraft {
  const hangupCause = hangupCauseOf(word(fields, 'hangupCause') ?? '');
  return {
    ...{ externalId: sessionId, identity: sessionId, status: statusOf(fields, hangupCause), final: true },
    ...withoutAbsent({
      direction: directionOf(fields),
      from: addressIn(fields, 'callerNumber', account),
      to: addressIn(fields, 'destinationNumber', account),
      bridge: addressIn(fields, 'dialDestinationNumber', account),
      providerStatus: word(fields, 'status'),
      hangupCause,
      // Seen with a literal plus where the blank belongs.
      startedAt: zonedTime(word(fields, 'callStartTime')?.replace('+', ' ') ?? '', account.timezone),
      durationSeconds: count(fields, 'durationInSeconds'),
      cost: readMoney(word(fields, 'amount'), word(fields, 'currencyCode')),
      recordingUrl: word(fields, 'recordingUrl'),
    }),
    raw: cleanRecord(fields),
  };
}

const unanswered = new Map<string, CallStatus>([
  ['user-busy', 'busy'],
  ['no-answer', 'no-answer'],
  ['no-user-response', 'no-answer'],
  ['originator-cancel', 'cancelled'],
]);

function statusOf(fields: Fields, hangupCause: string | undefined): CallStatus {
  const status = word(fields, 'status')?.toLowerCase();
  const duration = count(fields, 'durationInSeconds');
  // The documentation knows no status, only clients do.
  const wentWell =
    status === undefined ? (hangupCause ?? 'normal-clearing') === 'normal-clearing' : status === 'success';
  if ((count(fields, 'dialDurationInSeconds') ?? 0) > 0 || (wentWell && (duration ?? 0) > 0)) return 'completed';
  // An event may say no more than that the call is over.
  if (status === undefined && hangupCause === undefined && duration === undefined) return 'unknown';
  return unanswered.get(hangupCause ?? '') ?? 'failed';
}
