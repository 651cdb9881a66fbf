// Only a path makes every compilation that reaches this file see the missing types.
// eslint-disable-next-line @typescript-eslint/triple-slash-reference
/// <reference path="./opossum.d.ts" />
import { EventEmitter } from 'node:events';
import CircuitBreaker from 'opossum';
import { OutboundError } from './outbound-error.js';
import type { OutboundFault } from './outbound-error.js';

/** When a host is left alone, and for how long. */
export interface CircuitLimits {
  /** Requests within ten seconds before a circuit can open; more than half of them must have failed. */
  readonly minRequests: number;
  /** How long an open circuit refuses everything before it lets one request probe the host. */
  readonly probeAfterMs: number;
}

/** A host's circuit; `half-open` waits for a probe or for its result. */
export interface CircuitState {
  readonly host: string;
  readonly state: 'closed' | 'open' | 'half-open';
}

export const defaultCircuitLimits: CircuitLimits = { minRequests: 5, probeAfterMs: 10_000 };

// Hosts come from templates, so their number has no natural end.
const maxHosts = 1_000;
const bucketMs = 1_000;
const buckets = 10;
const notTheHostsFault: ReadonlySet<OutboundFault> = new Set([
  'refused-port',
  'refused-private-network',
  'bad-request',
]);

/**
 * One circuit a host (name and port), kept for the thousand hosts used last. A failure is a request without an answer:
 * no connection, time passed, an answer cut off or too large. Any status is an answer, 500 too.
 */
export class Circuits {
  readonly #limits: CircuitLimits;
  readonly #breakers = new Map<string, CircuitBreaker>();
  readonly #rotation = new EventEmitter().setMaxListeners(0);
  readonly #timer: NodeJS.Timeout;

  constructor(limits: CircuitLimits = defaultCircuitLimits) {
    this.#limits = limits;
    this.#timer = setInterval(() => this.#rotation.emit('rotate'), bucketMs).unref();
  }

  /** @throws OutboundError `circuit-open`, else whatever the work throws. */
  async run<T>(host: string, work: () => Promise<T>): Promise<T> {
    const breaker = this.#breaker(host);
    let started = false;
    const outcome = await breaker
      .fire(async () => {
        started = true;
        return attempt(work);
      })
      .catch((error: unknown) => {
        throw started ? error : new OutboundError('circuit-open', host);
      });
    if ('refused' in outcome) throw outcome.refused;
    return outcome.answer;
  }

  states(): readonly CircuitState[] {
    return [...this.#breakers].map(([host, breaker]) => ({
      host,
      state: breaker.opened ? 'open' : breaker.halfOpen ? 'half-open' : 'closed',
    }));
  }

  close(): void {
    clearInterval(this.#timer);
    for (const breaker of this.#breakers.values()) breaker.shutdown();
    this.#breakers.clear();
  }

  #breaker(host: string): CircuitBreaker {
    const breaker = this.#breakers.get(host) ?? this.#newBreaker();
    // A map keeps the order of insertion: the first is the one that was not used for longest.
    this.#breakers.delete(host);
    this.#breakers.set(host, breaker);
    const [oldest] = this.#breakers;
    if (this.#breakers.size > maxHosts && oldest !== undefined) {
      oldest[1].shutdown();
      this.#breakers.delete(oldest[0]);
    }
    return breaker;
  }

  #newBreaker(): CircuitBreaker {
    return new CircuitBreaker((work) => work(), {
      timeout: false,
      volumeThreshold: this.#limits.minRequests,
      errorThresholdPercentage: 50,
      resetTimeout: this.#limits.probeAfterMs,
      rollingCountTimeout: bucketMs * buckets,
      rollingCountBuckets: buckets,
      rollingPercentilesEnabled: false,
      enableSnapshots: false,
      rotateBucketController: this.#rotation,
    });
  }
}

type Attempt<T> = { readonly answer: T } | { readonly refused: OutboundError };

async function attempt<T>(work: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { answer: await work() };
  } catch (error) {
    if (error instanceof OutboundError && notTheHostsFault.has(error.code)) return { refused: error };
    throw error;
  }
}
