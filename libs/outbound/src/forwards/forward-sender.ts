import { performance } from 'node:perf_hooks';
import type { SendErrorCode, SendReading } from '@app/provider-kit';
import type { ClaimedOrder, ForwardBook, ForwardOrder, OutboxWork, Settlement } from '@app/reporting';
import type { GuardedHttpClient } from '../guarded-http-client.js';
import type { Entry, GateLimits } from '../sending/account-gate.js';
import type { Answer } from '../sending/exchange.js';
import { Gates } from '../sending/gates.js';
import type { SendClock } from '../sending/send-clock.js';
import type { SendObserver } from '../sending/send-observer.js';
import { Settler } from '../sending/settler.js';
import { judge, type Verdict } from '../sending/verdict.js';
import { ForwardExchange, type ForwardTarget } from './forward-exchange.js';
import { ForwardPlan } from './forward-plan.js';

export interface ForwardSenderOptions {
  /** One that reaches public networks alone, and what the operator has opened. */
  readonly client: GuardedHttpClient;
  readonly book: ForwardBook;
  /** By the id of the forward; those that are no longer configured are not there. */
  readonly targets: ReadonlyMap<string, ForwardTarget>;
}

/** What the sender of messages shares with this one. */
export interface ForwardSenderTools {
  readonly work: OutboxWork;
  readonly observer: SendObserver;
  readonly clock: SendClock;
  readonly leaseMs: number;
  readonly random?: () => number;
}

/** An order that was claimed. */
export type ClaimedForward = Pick<ClaimedOrder, 'attempt' | 'tries' | 'mayRepeat'> & { readonly order: ForwardOrder };

// A receiver that is slow must not take all the workers that send messages.
const limits: GateLimits = { maxInFlight: 8, maxWaiting: 8, longestWaitMs: 2_000 };
const failingForMs = 5 * 24 * 3_600_000;
const spreadAfterFaultMs = 5_000;
// They say nothing of the receiver.
const ownErrors: ReadonlySet<SendErrorCode> = new Set(['forward-gone', 'forward-disabled', 'abandoned']);

/** Carries out forwards: each is signed, sent to a public address, and repeated under the same id until it is accepted. */
export class ForwardSender {
  readonly #plan: ForwardPlan;
  readonly #gates: Gates;
  readonly #settler: Settler;
  readonly #exchange: ForwardExchange;

  constructor(
    private readonly options: ForwardSenderOptions,
    private readonly tools: ForwardSenderTools,
  ) {
    const { work, clock, leaseMs, random } = tools;
    this.#plan = new ForwardPlan(random);
    this.#gates = new Gates(work, clock, this.#plan, limits);
    this.#settler = new Settler(work, this.#plan, clock, leaseMs);
    this.#exchange = new ForwardExchange(options.client, () => clock.now());
  }

  /** Makes one attempt. Rejects with the database's error when the order could not be given back or settled. */
  async attempt(claimed: ClaimedForward): Promise<Settlement['state'] | 'put-back'> {
    const { order } = claimed;
    const target = this.options.targets.get(order.forwardId);
    if (target === undefined) return this.#settle(claimed, unsent('forward-gone'));
    const begun = performance.now();
    const entry = await this.#enter(order).catch((error: unknown) => this.#afterFault(error));
    if (entry === 'disabled') return this.#settle(claimed, unsent('forward-disabled'));
    if (entry.kind === 'later') return this.#putBack(claimed, entry.afterMs);
    const waitedMs = Math.round(performance.now() - begun);
    const answer = await this.#exchange.send(order, target);
    entry.leave();
    return this.#settle(claimed, answer, waitedMs);
  }

  /** Settles an attempt whose process is gone: receivers know a repeat by its id, so it is tried again. */
  async abandoned(claimed: ClaimedForward): Promise<void> {
    await this.#settle(claimed, unsent('abandoned'));
  }

  async #enter({ forwardId }: ForwardOrder): Promise<Entry | 'disabled'> {
    if ((await this.options.book.disabled()).has(forwardId)) return 'disabled';
    return this.#gates.of({ provider: 'forward', account: forwardId }).enter('bulk', undefined);
  }

  #afterFault(error: unknown): Extract<Entry, { kind: 'later' }> {
    this.tools.observer.fault(error, 'prepare a forward');
    return { kind: 'later', afterMs: this.#plan.jitterMs(spreadAfterFaultMs) };
  }

  async #putBack({ order, attempt }: ClaimedForward, afterMs: number): Promise<'put-back'> {
    const { clock, observer } = this.tools;
    await this.#settler.putBack(order.id, attempt, new Date(clock.now() + afterMs));
    const { id, provider, account } = order;
    observer.putBack({ id, provider, account, lane: 'bulk', afterMs });
    return 'put-back';
  }

  async #settle(claimed: ClaimedForward, answer: Answer, waitedMs = 0): Promise<Settlement['state']> {
    const { order, attempt, tries } = claimed;
    const { reading, ...facts } = answer;
    const verdict = judge(reading, [order.id], true);
    const settlement = this.#settler.settlementOf({ ...facts, tries }, { ...verdict, results: [] });
    await this.#settler.settle(order.id, attempt, settlement);
    await this.#note(order, verdict).catch((error: unknown) =>
      this.tools.observer.fault(error, 'note how a forward does'),
    );
    this.#tell(claimed, settlement, waitedMs, verdict.error);
    return settlement.state;
  }

  async #note({ forwardId }: ForwardOrder, { error }: Verdict): Promise<void> {
    const { book } = this.options;
    const at = new Date(this.tools.clock.now());
    if (error === undefined) return book.succeeded(forwardId, at);
    if (ownErrors.has(error)) return undefined;
    await book.failed(forwardId, at, error, error === 'receiver-gone' ? 0 : failingForMs);
  }

  #tell(
    { order, attempt, mayRepeat }: ClaimedForward,
    { state, durationMs, httpStatus }: Settlement,
    waitedMs: number,
    error: SendErrorCode | undefined,
  ): void {
    const { id, provider, account, kind } = order;
    this.tools.observer.attempt({
      ...{ id, provider, account, kind, lane: 'bulk', attempt, mayRepeat, waitedMs, state, durationMs },
      ...(error === undefined ? {} : { error }),
      ...(httpStatus === undefined ? {} : { httpStatus }),
    });
  }
}

function unsent(error: SendErrorCode): Answer {
  const reading: SendReading = { kind: 'failed', error };
  return { reading, durationMs: 0 };
}
