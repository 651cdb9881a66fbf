import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { segmentsOf } from '@app/telephony';
import type { Behaviour } from './behaviour.js';
import { postForm } from './callbacks.js';

/** One message as the fake provider took it. */
export interface SentMessage {
  readonly messageId: string;
  readonly to: string;
  readonly from: string | undefined;
  readonly text: string;
  readonly linkId: string | undefined;
  readonly at: Date;
  /** Statuses that were reported of it so far. */
  readonly reported: string[];
}

/** What the messaging API is asked for, from the form or the JSON endpoint. */
export interface SendAsked {
  readonly to: readonly string[];
  readonly from: string | undefined;
  readonly text: string;
  readonly linkId: string | undefined;
}

interface Taken {
  readonly statusCode: number;
  readonly number: string;
  readonly status: string;
  readonly cost: string;
  readonly messageId: string;
}

const numberForm = /^\+\d{8,15}$/;
const pricePerSegment = 0.8;

/** Whom it refuses to send to or from. */
export interface Refusals {
  /** Undefined: any sender will do. */
  readonly senders: readonly string[] | undefined;
  readonly optedOut: ReadonlySet<string>;
}

/**
 * Takes messages for a request as the real API answers one.
 * https://developers.africastalking.com/docs/sms/sending/bulk
 */
export function takeMessages(
  asked: SendAsked,
  { senders, optedOut }: Refusals,
): { readonly answer: object; readonly taken: readonly SentMessage[] } {
  if (asked.from !== undefined && senders !== undefined && !senders.includes(asked.from)) {
    return { answer: { SMSMessageData: { Message: 'InvalidSenderId', Recipients: [] } }, taken: [] };
  }
  const { segments } = segmentsOf(asked.text);
  const cost = (segments * pricePerSegment).toFixed(4);
  const taken: SentMessage[] = [];
  const recipients = asked.to.map((number): Taken => {
    if (!numberForm.test(number)) return refused(number, 403, 'InvalidPhoneNumber');
    if (optedOut.has(number)) return refused(number, 406, 'UserInBlacklist');
    const messageId = `ATXid_${randomBytes(16).toString('hex')}`;
    const { from, text, linkId } = asked;
    taken.push({ messageId, to: number, from, text, linkId, at: new Date(), reported: [] });
    return { statusCode: 101, number, status: 'Success', cost: `KES ${cost}`, messageId };
  });
  const total = (taken.length * Number(cost)).toFixed(4);
  const summary = `Sent to ${String(taken.length)}/${String(asked.to.length)} Total Cost: KES ${total}`;
  return { answer: { SMSMessageData: { Message: summary, Recipients: recipients } }, taken };
}

function refused(number: string, statusCode: number, status: string): Taken {
  return { statusCode, number, status, cost: '0', messageId: 'None' };
}

/** Reports of a message what the behaviour says, to the delivery webhook. */
export async function reportDelivery(url: string, message: SentMessage, behaviour: Behaviour): Promise<void> {
  const once = behaviour.reorderReports ? shuffled(behaviour.reports) : behaviour.reports;
  const statuses = behaviour.duplicateReports ? once.flatMap((status) => [status, status]) : once;
  for (const [i, status] of statuses.entries()) {
    if (!(behaviour.reorderReports && i === 0)) await sleep(behaviour.reportGapMs, undefined, { ref: false });
    const failed = /^(?:Failed|Rejected)$/.test(status);
    await repeatUntilTaken(url, {
      id: message.messageId,
      status,
      phoneNumber: message.to,
      networkCode: '63902',
      failureReason: failed ? behaviour.failureReason : undefined,
    });
    message.reported.push(status);
  }
}

/** A 503 or no answer at all is tried again, as the real one does for hours; here for a minute. */
export async function repeatUntilTaken(
  url: string,
  fields: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  for (let attempt = 0; ; attempt++) {
    const answer = await postForm(url, fields).catch(() => undefined);
    if (answer !== undefined && answer.status < 500) return answer.status;
    if (attempt === 60) return answer?.status ?? 0;
    await sleep(1_000, undefined, { ref: false });
  }
}

function shuffled<T>(list: readonly T[]): T[] {
  const copy = [...list];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [copy[i], copy[j]] = [copy[j] as T, copy[i] as T];
  }
  return copy;
}
