import { isRecord, record, word } from '@app/provider-kit';
import type { Account, Fields, Recipient, SendOutcome, SendReading, SendReply, Sending } from '@app/provider-kit';
import { parseMsisdn, type DeliveryStatus } from '@app/telephony';
import { readMoney } from '../money.js';
import { answerIn, detailOf, failureOf } from '../send-failure.js';
import { withoutAbsent } from '../without-absent.js';
import { acceptedCodes, refusalOfCode, refusalOfWord } from './send-words.js';

/** Reads the answer to a request of ours; a good HTTP status says little, the recipients within tell what became of each. */
export function readSend(reply: SendReply, sending: Sending, account: Account): SendReading {
  const failure = failureOf(reply);
  if (failure !== undefined) return failure;
  const answer = answerIn(reply.body);
  const unreadable: SendReading = { kind: 'failed', error: 'reply-unreadable', detail: detailOf(reply.body) };
  if (answer === undefined) return unreadable;
  if (sending.kind === 'call') return readCall(answer, sending.order.id) ?? unreadable;
  return readMessage(answer, sending.recipients, account) ?? unreadable;
}

function readMessage(answer: Fields, recipients: readonly Recipient[], account: Account): SendReading | undefined {
  const data = record(answer, 'SMSMessageData');
  const entries = listOf(data?.Recipients);
  if (data === undefined || entries === undefined) return undefined;
  if (entries.length === 0) {
    // An unknown sender gets a good status and this.
    const message = word(data, 'Message') ?? '';
    return { kind: 'failed', error: refusalOfWord(message) ?? 'request-refused', detail: detailOf(message) };
  }
  const left = [...entries];
  const outcomes = recipients.map((recipient) => {
    const number = comparable(recipient.to, account);
    const at = left.findIndex((entry) => comparable(word(entry, 'number') ?? '', account) === number);
    const [entry] = at < 0 ? [] : left.splice(at, 1);
    return outcomeOf(entry, recipient.messageId);
  });
  return { kind: 'recipients', outcomes };
}

function outcomeOf(entry: Fields | undefined, messageId: string): SendOutcome {
  if (entry === undefined) return { kind: 'failed', messageId, error: 'reply-unreadable' };
  const providerStatus = word(entry, 'status');
  const externalId = idIn(entry, 'messageId');
  const code = Number(word(entry, 'statusCode') ?? NaN);
  const refusal = refusalOfCode(code) ?? (acceptedCodes.has(code) ? undefined : refusalOfWord(providerStatus ?? ''));
  if (refusal !== undefined || externalId === undefined) {
    // No id is a refusal, whatever stands beside it.
    const error = refusal ?? (Number.isNaN(code) ? 'reply-unreadable' : 'provider-rejected');
    return { kind: 'failed', messageId, error, ...withoutAbsent({ providerStatus }) };
  }
  const status: DeliveryStatus = acceptedCodes.get(code) ?? 'unknown';
  const cost = readMoney(word(entry, 'cost'));
  return { kind: 'settled', result: { messageId, status, externalId, ...withoutAbsent({ providerStatus, cost }) } };
}

function readCall(answer: Fields, messageId: string): SendReading | undefined {
  const error = idIn(answer, 'errorMessage');
  if (error !== undefined) {
    return { kind: 'failed', error: refusalOfWord(error) ?? 'request-refused', detail: detailOf(error) };
  }
  const [entry] = listOf(answer.entries) ?? [];
  const providerStatus = entry === undefined ? undefined : word(entry, 'status');
  if (entry === undefined || providerStatus === undefined) return undefined;
  if (providerStatus.toLowerCase() !== 'queued') {
    const refusal = refusalOfWord(providerStatus) ?? 'provider-rejected';
    return { kind: 'recipients', outcomes: [{ kind: 'failed', messageId, error: refusal, providerStatus }] };
  }
  const externalId = idIn(entry, 'sessionId');
  const result = { messageId, status: 'queued' as const, providerStatus, ...withoutAbsent({ externalId }) };
  return { kind: 'recipients', outcomes: [{ kind: 'settled', result }] };
}

/** They write `None` where there is nothing. */
function idIn(fields: Fields, name: string): string | undefined {
  const value = word(fields, name);
  return value?.toLowerCase() === 'none' ? undefined : value;
}

function listOf(value: unknown): readonly Fields[] | undefined {
  return Array.isArray(value) ? value.filter(isRecord) : undefined;
}

function comparable(number: string, account: Account): string {
  return parseMsisdn(number, account.country) ?? number.replace(/\D/g, '');
}
