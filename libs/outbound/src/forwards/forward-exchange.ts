import { performance } from 'node:perf_hooks';
import { retryAfterMs, type SendErrorCode, type SendReading } from '@app/provider-kit';
import type { ForwardOrder } from '@app/reporting';
import type { GuardedHttpClient, GuardedResponse } from '../guarded-http-client.js';
import { OutboundError, type OutboundFault } from '../outbound-error.js';
import type { Answer } from '../sending/exchange.js';
import { cleanDetail, type SecretHolder } from '../sending/secrets.js';
import type { Signer } from './signature.js';

/** What the configuration says of a forward besides what stands in its orders. */
export interface ForwardTarget {
  /** Absent: nothing is signed. */
  readonly sign?: Signer;
  /** The same for every record; they may hold secrets. */
  readonly headers: Readonly<Record<string, string>>;
}

const deadlineMs = 10_000;
const refused: ReadonlySet<OutboundFault> = new Set([
  'bad-url',
  'refused-scheme',
  'refused-credentials',
  'refused-port',
  'refused-private-network',
]);

/** Takes a forward to its address and reads what comes back; never rejects. Gives up after 10 s, and follows no redirect. */
export class ForwardExchange {
  constructor(
    private readonly client: GuardedHttpClient,
    private readonly now: () => number,
  ) {}

  async send(order: ForwardOrder, target: ForwardTarget): Promise<Answer> {
    const { method, url, body } = order;
    const begun = performance.now();
    const took = () => Math.round(performance.now() - begun);
    try {
      const headers = { ...target.headers, ...order.headers, ...signed(order, target, new Date(this.now())) };
      const payload = method === 'GET' ? {} : { body };
      const answer = await this.client.request({ method, url, headers, timeoutMs: deadlineMs, ...payload });
      return { reading: this.#read(answer, order, target), httpStatus: answer.status, durationMs: took() };
    } catch (error) {
      return { reading: failureOf(error), durationMs: took() };
    }
  }

  #read({ status, headers, body }: GuardedResponse, order: ForwardOrder, target: ForwardTarget): SendReading {
    if (status >= 200 && status < 300) {
      return { kind: 'recipients', outcomes: [{ kind: 'settled', result: { messageId: order.id, status: 'sent' } }] };
    }
    const error = status === 410 ? 'receiver-gone' : 'receiver-refused';
    const waitMs = retryAfterMs({ date: new Date(this.now()).toUTCString(), ...headers });
    return {
      ...{ kind: 'failed', error, detail: cleanDetail(body.toString('utf8', 0, 2_000), secretsOf(order, target)) },
      ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
    };
  }
}

/** Receivers like to repeat what they refuse: a header with its scheme, the token alone, or the query with its key. */
function secretsOf({ url }: ForwardOrder, { headers }: ForwardTarget): SecretHolder {
  const tokens = Object.values(headers).map((value) => value.slice(value.lastIndexOf(' ') + 1));
  return { credentials: headers, webhookKeys: [...new URL(url).searchParams.values()], secrets: tokens };
}

/** The id stays the same through all attempts, so that a receiver can tell a repeat. */
function signed({ id, method, body }: ForwardOrder, { sign }: ForwardTarget, at: Date): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1_000));
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    ...(sign === undefined ? {} : { 'webhook-signature': sign(id, at, method === 'GET' ? '' : body) }),
  };
}

function failureOf(error: unknown): SendReading {
  if (!(error instanceof OutboundError)) return { kind: 'failed', error: 'interrupted', detail: 'the request failed' };
  return { kind: 'failed', error: codeOf(error), detail: error.message };
}

function codeOf({ code, requestLeft }: OutboundError): SendErrorCode {
  if (refused.has(code)) return 'address-refused';
  if (code === 'bad-request') return 'request-refused';
  return requestLeft ? 'interrupted' : 'provider-unreachable';
}
