import { performance } from 'node:perf_hooks';
import type { AccountBook, ProviderRegistry, SendErrorCode, SendReading } from '@app/provider-kit';
import type { OptOutStore, OutboxWork, SendLane, Settlement } from '@app/reporting';
import { ForwardSender, type ForwardSenderOptions } from '../forwards/forward-sender.js';
import type { GuardedHttpClient } from '../guarded-http-client.js';
import type { AccountGate, Entry, GateLimits } from './account-gate.js';
import { Exchange } from './exchange.js';
import { Gates, type GateState } from './gates.js';
import { Preparation, type ClaimedSend, type Prepared } from './preparation.js';
import { RetryPlan } from './retry-plan.js';
import { systemSendClock, type SendClock } from './send-clock.js';
import type { SendObserver } from './send-observer.js';
import { Settler, type AttemptFacts } from './settler.js';
import { judge, type Verdict } from './verdict.js';

export interface SenderOptions {
  readonly work: OutboxWork;
  readonly optOuts: Pick<OptOutStore, 'optedOut'>;
  readonly accounts: Pick<AccountBook, 'find'>;
  readonly providers: Pick<ProviderRegistry, 'find'>;
  /** One that may reach any network: see `providerClient`. */
  readonly client: GuardedHttpClient;
  readonly observer: SendObserver;
  /** Names this process in the outbox. */
  readonly worker: string;
  readonly clock?: SendClock;
  /** From 0 inclusive to 1 exclusive. */
  readonly random?: () => number;
  readonly limits?: GateLimits;
  /** Absent: no forward is configured. */
  readonly forwards?: ForwardSenderOptions;
}

/** What became of a wake-up: how the attempt ended, or why there was none. */
export type WorkOutcome = Settlement['state'] | 'gone' | 'blocked' | 'put-back';

type Later = Extract<Entry, { kind: 'later' }>;
type Go = Extract<Entry, { kind: 'go' }>;
type Ready = Extract<Prepared, { kind: 'ready' }>;
type Ended = Extract<Prepared, { kind: 'ended' }>;

const leaseMs = 30_000;
const longestRestOfAccountMs = 600_000;
const spreadAfterFaultMs = 5_000;

/** Carries out the orders of the outbox, one attempt at a time, and settles how each attempt ended. */
export class Sender {
  readonly #options: SenderOptions;
  readonly #clock: SendClock;
  readonly #plan: RetryPlan;
  readonly #gates: Gates;
  readonly #settler: Settler;
  readonly #preparation: Preparation;
  readonly #exchange: Exchange;
  readonly #forwards: ForwardSender;

  constructor(options: SenderOptions) {
    const { work, client, observer, limits } = options;
    this.#options = options;
    this.#clock = options.clock ?? systemSendClock;
    this.#plan = new RetryPlan(options.random);
    this.#gates = new Gates(work, this.#clock, this.#plan, limits);
    this.#settler = new Settler(work, this.#plan, this.#clock, leaseMs);
    this.#preparation = new Preparation(options);
    this.#exchange = new Exchange(client, this.#clock, observer);
    const { forwards = noForwards(client), random } = options;
    const tools = { work, observer, clock: this.#clock, leaseMs, ...(random === undefined ? {} : { random }) };
    this.#forwards = new ForwardSender(forwards, tools);
  }

  /**
   * Makes one attempt at an order, if it is there and its turn has come. Rejects with the database's error when the order could
   * not be claimed, given back or settled.
   */
  async work(id: string): Promise<WorkOutcome> {
    const { work, worker } = this.#options;
    const claimed = await work.claim(id, worker, leaseMs);
    if (typeof claimed === 'string') return claimed;
    const { order } = claimed;
    return order.kind === 'forward'
      ? this.#forwards.attempt({ ...claimed, order })
      : this.#workOn({ ...claimed, order });
  }

  /** Settles what processes left behind that are gone, and wakes what is due; tells how many of each. */
  async sweep(now: Date): Promise<{ readonly abandoned: number; readonly woken: number }> {
    const abandoned = await this.#options.work.abandoned(now);
    for (const { id, attempt, tries, order, left } of abandoned) {
      if (order.kind === 'forward') {
        await this.#forwards.abandoned({ order, attempt, tries, mayRepeat: true });
        continue;
      }
      const verdict: Verdict = left ? this.#verdict({ kind: 'failed', error: 'abandoned' }, order, [id]) : unsent;
      const settlement = this.#settler.settlementOf({ tries, durationMs: 0 }, verdict);
      await this.#options.work.settle(id, attempt, settlement);
      this.#tell({ order, attempt, mayRepeat: left }, settlement, 0, verdict.error);
    }
    return { abandoned: abandoned.length, woken: await this.#options.work.wakeDue(now) };
  }

  /** For metrics. */
  states(): readonly GateState[] {
    return this.#gates.states();
  }

  async #workOn(claimed: ClaimedSend): Promise<WorkOutcome> {
    const begun = performance.now();
    const next = await this.#untilItsTurn(claimed).catch((error: unknown) => this.#afterFault(error));
    if (next === 'gone') return next;
    if (next.kind === 'later') return this.#putBack(claimed, next);
    if (next.kind === 'ended') return this.#settleUnsent(claimed, next);
    return this.#send(claimed, next.ready, next.entry, Math.round(performance.now() - begun));
  }

  async #untilItsTurn(
    claimed: ClaimedSend,
  ): Promise<Ended | Later | 'gone' | { readonly kind: 'go'; readonly ready: Ready; readonly entry: Go }> {
    const prepared = await this.#preparation.prepare(claimed);
    if (prepared.kind === 'ended') return prepared;
    const { account } = prepared;
    const entry = await this.#gates.of(account).enter(laneOf(claimed.order), account.rate?.perSecond);
    if (entry.kind === 'later') return entry;
    return (await this.#leaves(claimed, entry)) ? { kind: 'go', ready: prepared, entry } : 'gone';
  }

  /** Whether the order is still ours to send; what cannot be asked gives its place at the gate free again. */
  async #leaves({ order, attempt }: ClaimedSend, entry: Go): Promise<boolean> {
    let leaves = false;
    try {
      leaves = await this.#options.work.leaving(order.id, attempt, this.#options.worker);
      return leaves;
    } finally {
      if (!leaves) entry.leave();
    }
  }

  #afterFault(error: unknown): Later {
    this.#options.observer.fault(error, 'prepare a send');
    return { kind: 'later', afterMs: this.#plan.jitterMs(spreadAfterFaultMs) };
  }

  async #putBack({ order, attempt }: ClaimedSend, { afterMs }: Later): Promise<WorkOutcome> {
    await this.#settler.putBack(order.id, attempt, new Date(this.#clock.now() + afterMs));
    const { id, provider, account } = order;
    this.#options.observer.putBack({ id, provider, account, lane: laneOf(order), afterMs });
    return 'put-back';
  }

  #settleUnsent(claimed: ClaimedSend, { reading, ids, before }: Ended): Promise<WorkOutcome> {
    const nobody: Verdict = before.length > 0 ? { state: 'dead', results: [], error: 'opted-out' } : done;
    const verdict = ids.length === 0 ? nobody : this.#verdict(reading, claimed.order, ids);
    return this.#settle(claimed, { tries: claimed.tries, durationMs: 0, before }, verdict, 0);
  }

  async #send(claimed: ClaimedSend, ready: Ready, entry: Go, waitedMs: number): Promise<WorkOutcome> {
    const { reading, ...facts } = await this.#exchange.send(ready);
    const { sending, before, account } = ready;
    const ids = sending.kind === 'call' ? [sending.order.id] : sending.recipients.map(({ messageId }) => messageId);
    const verdict = this.#verdict(reading, claimed.order, ids);
    const about = { ...facts, before, tries: claimed.tries };
    return this.#settle(claimed, about, verdict, waitedMs, { entry, gate: this.#gates.of(account) });
  }

  async #settle(
    claimed: ClaimedSend,
    facts: AttemptFacts,
    verdict: Verdict,
    waitedMs: number,
    passed?: { readonly entry: Go; readonly gate: AccountGate },
  ): Promise<WorkOutcome> {
    const { order, attempt, tries } = claimed;
    const settlement = this.#settler.settlementOf(facts, verdict);
    // The account rests before the next one is let in.
    if (verdict.error === 'rate-limited') passed?.gate.close(this.#restMs(settlement, verdict, tries));
    passed?.entry.leave();
    await this.#settler.settle(order.id, attempt, settlement);
    this.#tell(claimed, settlement, waitedMs, verdict.error);
    return settlement.state;
  }

  #tell(
    { order, attempt, mayRepeat }: Pick<ClaimedSend, 'order' | 'attempt' | 'mayRepeat'>,
    { state, durationMs, httpStatus }: Settlement,
    waitedMs: number,
    error: SendErrorCode | undefined,
  ): void {
    const { id, provider, account, kind } = order;
    this.#options.observer.attempt({
      ...{ id, provider, account, kind, lane: laneOf(order), attempt, mayRepeat, waitedMs, state, durationMs },
      ...(error === undefined ? {} : { error }),
      ...(httpStatus === undefined ? {} : { httpStatus }),
    });
  }

  #restMs({ nextAt }: Settlement, { retryAfterMs }: Verdict, tries: number): number {
    const restMs =
      nextAt === undefined ? this.#plan.delayMs(tries, retryAfterMs) : nextAt.getTime() - this.#clock.now();
    return Math.min(restMs, longestRestOfAccountMs);
  }

  #verdict(reading: SendReading, order: ClaimedSend['order'], ids: readonly string[]): Verdict {
    const { accounts, providers } = this.#options;
    const mayResend =
      accounts.find(order.provider, order.account)?.resendUncertain === true ||
      providers.find(order.provider)?.send?.idempotent === true;
    return judge(reading, ids, mayResend);
  }
}

const done: Verdict = { state: 'sent', results: [] };
// Its process ended before the request went out.
const unsent: Verdict = { state: 'retry', results: [] };

// Their orders are given up as no longer configured.
function noForwards(client: GuardedHttpClient): ForwardSenderOptions {
  const book = {
    disabled: () => Promise.resolve(new Set<string>()),
    succeeded: () => Promise.resolve(),
    failed: () => Promise.resolve('enabled' as const),
  };
  return { client, book, targets: new Map() };
}

// A call is nobody's answer: it waits behind those who do.
function laneOf(order: ClaimedSend['order']): SendLane {
  return order.kind === 'call' ? 'bulk' : order.lane;
}
