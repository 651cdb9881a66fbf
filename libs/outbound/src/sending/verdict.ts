import {
  sendErrors,
  type SendErrorClass,
  type SendErrorCode,
  type SendOutcome,
  type SendReading,
} from '@app/provider-kit';
import type { SendResult, Settlement } from '@app/reporting';
import { refusalOf } from './refusal.js';

/** What follows from an answer, before the number of attempts and the time have their say. */
export interface Verdict {
  readonly state: Settlement['state'];
  readonly results: readonly SendResult[];
  readonly error?: SendErrorCode;
  readonly detail?: string;
  readonly retryAfterMs?: number;
}

type Failed = Extract<SendOutcome, { kind: 'failed' }>;

/**
 * Weighs what came of each message. One that must be tried again keeps the order open and is tried again alone; what is final
 * is settled, except failures of ours while nobody is tried again: those stay open for when an operator has mended the cause.
 * `ids`: the messages of the request; one that the answer does not name may have been sent or not.
 */
export function judge(reading: SendReading, ids: readonly string[], mayResend: boolean): Verdict {
  const outcomes = outcomesOf(reading, ids);
  const settled = outcomes.flatMap((outcome) => (outcome.kind === 'settled' ? [outcome.result] : []));
  const failed = outcomes.filter((outcome): outcome is Failed => outcome.kind === 'failed');
  const those = (then: SendErrorClass['then']) => failed.filter(({ error }) => sendErrors[error].then === then);
  const final = those('final');
  const doubtful = mayResend ? [] : those('uncertain');
  const again = mayResend ? failed.filter((one) => !final.includes(one)) : those('retry');
  const held = again.length > 0 ? [] : final.filter(({ error }) => sendErrors[error].fault === 'ours');
  const results = [...settled, ...final.filter((one) => !held.includes(one)).map(refused)];
  const nobody = results.every(({ status }) => status === 'rejected' || status === 'failed');
  const about = reading.kind === 'failed' ? detailsOf(reading) : {};

  if (doubtful[0] !== undefined) return { state: 'uncertain', results, error: doubtful[0].error, ...about };
  if (again[0] !== undefined) return { state: 'retry', results, error: again[0].error, ...about };
  if (held[0] !== undefined) return { state: 'dead', results, error: held[0].error, ...about };
  if (final[0] !== undefined && nobody) return { state: 'dead', results, error: final[0].error, ...about };
  return { state: 'sent', results };
}

function outcomesOf(reading: SendReading, ids: readonly string[]): readonly SendOutcome[] {
  const named = new Map<string, SendOutcome>();
  if (reading.kind === 'recipients') {
    for (const outcome of reading.outcomes) {
      const id = outcome.kind === 'settled' ? outcome.result.messageId : outcome.messageId;
      if (!named.has(id)) named.set(id, outcome);
    }
  }
  const error = reading.kind === 'failed' ? reading.error : 'reply-unreadable';
  return ids.map((messageId) => named.get(messageId) ?? { kind: 'failed', messageId, error });
}

function refused({ messageId, error, providerStatus }: Failed): SendResult {
  return { messageId, ...refusalOf(error), ...(providerStatus === undefined ? {} : { providerStatus }) };
}

function detailsOf({ detail, retryAfterMs }: Extract<SendReading, { kind: 'failed' }>) {
  return {
    ...(detail === undefined ? {} : { detail }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}
