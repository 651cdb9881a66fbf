import { asText, count, isRecord, SendRefused, word } from '@app/provider-kit';
import type { Account, CallOrder, SendContract, SendReading, SendReply, SendRequest, Sending } from '@app/provider-kit';
import { readMoney } from '../money.js';
import { answerIn, detailOf, failureOf } from '../send-failure.js';
import { withoutAbsent } from '../without-absent.js';

/** Minutes between the attempts of a broadcast; the shortest that is taken. */
const attemptInterval = '15';

/**
 * Calls by Click2Call or as a broadcast to one; what is said is a flow of theirs. Our own order is the `mid` of a Click2Call, and comes
 * back with its report. https://github.com/mobtexting/docs, v2/voice/c2c.md and v2/reach/call.md
 */
export const mobtextingSend: SendContract = {
  kinds: new Set(['call']),
  maxRecipients: 1,
  idempotent: false,
  renderSend,
  readSend,
};

function renderSend(sending: Sending, account: Account): SendRequest {
  if (sending.kind !== 'call') throw new SendRefused('not-supported', 'messages');
  const { order } = sending;
  if (order.dialog !== undefined) throw new SendRefused('not-supported', 'a dialog of ours in a call of theirs');
  const isBroadcast = account.options.broadcast === true;
  const body = isBroadcast ? broadcastOf(order, account) : clickToCallOf(order, account);
  return {
    method: 'POST',
    // Customers have hosts of their own.
    url: `${needed(account.endpoints.api, 'endpoints.api').replace(/\/+$/, '')}/api/v2/${isBroadcast ? 'outgoing/send' : 'voice/c2c'}`,
    headers: {
      Authorization: `Bearer ${needed(account.credentials.token, 'token')}`,
      Accept: 'application/json',
      'Content-Type': 'application/json',
    },
    body: JSON.stringify(body),
  };
}

/** The person is the first leg, the flow the second. */
function clickToCallOf({ id, from, to }: CallOrder, account: Account): object {
  const legs = { bridge: digits(from), from: digits(to), to: `flow:${flowOf(account)}` };
  return { ...legs, ...webhookOf(account), mid: id };
}

function broadcastOf({ id, from, to }: CallOrder, account: Account): object {
  const call = { bridge: digits(from), to: digits(to), flow_id: flowOf(account), name: id, interval: attemptInterval };
  return { ...call, ...webhookOf(account) };
}

function flowOf({ options }: Account): string {
  return needed(asText(options.flow), 'flow');
}

function webhookOf({ options }: Account): object {
  return withoutAbsent({ webhook_id: asText(options.webhookId) });
}

function digits(number: string): string {
  return number.replace(/^\+/, '');
}

function needed(value: string | undefined, name: string): string {
  if (value === undefined || value === '') throw new SendRefused('credentials-missing', name);
  return value;
}

/** A good HTTP status may carry a bad one within. */
function readSend(reply: SendReply, sending: Sending): SendReading {
  const failure = failureOf(reply);
  if (failure !== undefined) return failure;
  const answer = answerIn(reply.body);
  const status = answer === undefined ? undefined : count(answer, 'status');
  if (answer === undefined || status === undefined || sending.kind !== 'call') {
    return { kind: 'failed', error: 'reply-unreadable', detail: detailOf(reply.body) };
  }
  const within = failureOf({ ...reply, status });
  if (within !== undefined) return within;
  const [entry] = Array.isArray(answer.data) ? answer.data.filter(isRecord) : [];
  const externalId = word(answer, 'callId') ?? (entry && word(entry, 'id'));
  const cost = readMoney(entry && word(entry, 'charges'));
  const result = { messageId: sending.order.id, status: 'queued' as const, ...withoutAbsent({ externalId, cost }) };
  return { kind: 'recipients', outcomes: [{ kind: 'settled', result }] };
}
