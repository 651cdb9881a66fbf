import { performance } from 'node:perf_hooks';
import { retryAfterMs, type Account, type SendContract, type SendReading } from '@app/provider-kit';
import type { SendReply, SendRequest, Sending } from '@app/provider-kit';
import type { GuardedHttpClient } from '../guarded-http-client.js';
import { cleanDetail } from './secrets.js';
import type { SendClock } from './send-clock.js';
import { transmit } from './send-http.js';
import type { SendObserver } from './send-observer.js';

/** A request that is ready to go. */
export interface ReadySend {
  readonly account: Account;
  readonly contract: SendContract;
  readonly sending: Sending;
  readonly request: SendRequest;
}

/** What an answer means, or why there was none. */
export interface Answer {
  /** Holds no secrets. */
  readonly reading: SendReading;
  readonly httpStatus?: number;
  readonly durationMs: number;
}

/** Takes a request to the provider and reads what comes back; never rejects. */
export class Exchange {
  constructor(
    private readonly client: GuardedHttpClient,
    private readonly clock: SendClock,
    private readonly observer: SendObserver,
  ) {}

  async send(ready: ReadySend): Promise<Answer> {
    const begun = performance.now();
    const transmission = await transmit(this.client, ready.request);
    const durationMs = Math.round(performance.now() - begun);
    if (transmission.kind === 'failed') return { reading: transmission, durationMs };
    const { reply } = transmission;
    return { reading: clean(this.#read(reply, ready), ready.account), httpStatus: reply.status, durationMs };
  }

  #read(reply: SendReply, { contract, sending, account }: ReadySend): SendReading {
    try {
      const reading = contract.readSend(reply, sending, account);
      if (reading.kind === 'recipients' || reading.retryAfterMs !== undefined) return reading;
      // A date without the provider's own is read by our clock.
      const waitMs = retryAfterMs({ date: new Date(this.clock.now()).toUTCString(), ...reply.headers });
      return waitMs === undefined ? reading : { ...reading, retryAfterMs: waitMs };
    } catch (error) {
      this.observer.fault(new Error(cleanDetail(String(error), account)), 'read the answer to a send');
      return { kind: 'failed', error: 'reply-unreadable' };
    }
  }
}

function clean(reading: SendReading, account: Account): SendReading {
  if (reading.kind === 'failed') {
    return reading.detail === undefined ? reading : { ...reading, detail: cleanDetail(reading.detail, account) };
  }
  const outcomes = reading.outcomes.map((outcome) =>
    outcome.kind === 'settled'
      ? { ...outcome, result: withCleanStatus(outcome.result, account) }
      : withCleanStatus(outcome, account),
  );
  return { ...reading, outcomes };
}

function withCleanStatus<T extends { readonly providerStatus?: string }>(one: T, account: Account): T {
  return one.providerStatus === undefined ? one : { ...one, providerStatus: cleanDetail(one.providerStatus, account) };
}
