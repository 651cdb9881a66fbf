import type { SendLane } from '@app/reporting';
import type { SendClock } from './send-clock.js';

/** How much of one account is under way at once, so that it cannot take every worker. */
export interface GateLimits {
  readonly maxInFlight: number;
  /** In each lane. */
  readonly maxWaiting: number;
  readonly longestWaitMs: number;
}

export const defaultGateLimits: GateLimits = { maxInFlight: 16, maxWaiting: 16, longestWaitMs: 2_000 };

/** Either its turn has come, until `leave` is called; or it is to come again after so many milliseconds. */
export type Entry =
  { readonly kind: 'go'; readonly leave: () => void } | { readonly kind: 'later'; readonly afterMs: number };

export interface GateOptions {
  readonly clock: SendClock;
  /** A time from 0 up to the given milliseconds. */
  readonly jitterMs: (most: number) => number;
  /** Takes one token of the account's rate from what all processes share; else says how long to wait. */
  readonly takeToken: (perSecond: number) => Promise<{ readonly waitMs: number }>;
  readonly limits?: GateLimits;
}

interface Ticket {
  readonly lane: SendLane;
  /** Whoever is not let in by then is sent away. */
  readonly until: number;
  readonly let: (entry: Entry) => void;
  readonly fail: (error: unknown) => void;
}

const shortestSpreadMs = 1_000;
// A guess at how fast those come through whom no rate holds back, for when they are to come again.
const stepWithoutRateMs = 20;

/** Lets an account's sends pass at its rate, replies first; sends away whoever would wait long. One for each account. */
export class AccountGate {
  readonly #options: GateOptions;
  readonly #limits: GateLimits;
  readonly #queues: Readonly<Record<SendLane, Ticket[]>> = { reply: [], bulk: [] };
  /** When the last one sent away comes again. */
  readonly #horizon: Record<SendLane, number> = { reply: 0, bulk: 0 };
  #perSecond: number | undefined;
  #inFlight = 0;
  #closedUntil = 0;
  #letting = false;
  #asked = false;
  #callOff: () => void = () => undefined;

  constructor(options: GateOptions) {
    this.#options = options;
    this.#limits = options.limits ?? defaultGateLimits;
  }

  get waiting(): number {
    return this.#queues.reply.length + this.#queues.bulk.length;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** Without a rate only the number under way is limited. Rejects when the shared rate cannot be asked. */
  enter(lane: SendLane, perSecond: number | undefined): Promise<Entry> {
    this.#perSecond = perSecond;
    const tooLong = this.#expectedWaitMs(lane) > this.#limits.longestWaitMs;
    if (tooLong || this.#queues[lane].length >= this.#limits.maxWaiting) return Promise.resolve(this.#later(lane));
    const until = this.#options.clock.now() + this.#limits.longestWaitMs;
    return new Promise((letIn, fail) => {
      this.#queues[lane].push({ lane, until, let: letIn, fail });
      void this.#letIn();
    });
  }

  /** Lets nobody pass for so long. */
  close(ms: number): void {
    this.#closeUntil(this.#options.clock.now() + ms);
    this.#sendAway();
    this.#comeBack();
  }

  #closeUntil(at: number): void {
    this.#closedUntil = Math.max(this.#closedUntil, at);
  }

  async #letIn(): Promise<void> {
    this.#asked = true;
    if (this.#letting) return;
    this.#letting = true;
    try {
      while (this.#asked) {
        this.#asked = false;
        while (await this.#mayPass()) this.#letNext();
      }
    } catch (error) {
      for (const ticket of this.#takeAll()) ticket.fail(error);
    } finally {
      this.#letting = false;
      this.#sendAway();
      this.#comeBack();
    }
  }

  #letNext(): void {
    const ticket = this.#queues.reply.shift() ?? this.#queues.bulk.shift();
    if (ticket === undefined) return;
    this.#inFlight += 1;
    ticket.let({ kind: 'go', leave: this.#leaveOnce() });
  }

  async #mayPass(): Promise<boolean> {
    const now = this.#options.clock.now();
    if (this.waiting === 0 || this.#inFlight >= this.#limits.maxInFlight || this.#closedUntil > now) return false;
    if (this.#perSecond === undefined) return true;
    const { waitMs } = await this.#options.takeToken(this.#perSecond);
    if (waitMs > 0) this.#closeUntil(this.#options.clock.now() + waitMs);
    return waitMs <= 0;
  }

  #leaveOnce(): () => void {
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#inFlight -= 1;
      void this.#letIn();
    };
  }

  /** Nobody waits who cannot be let in on time. */
  #sendAway(): void {
    const now = this.#options.clock.now();
    const tooLate = ({ until }: Ticket) => until <= now || until < this.#closedUntil;
    for (const lane of ['reply', 'bulk'] as const) {
      const queue = this.#queues[lane];
      const late = queue.filter(tooLate);
      queue.splice(0, queue.length, ...queue.filter((ticket) => !tooLate(ticket)));
      for (const ticket of late) ticket.let(this.#later(lane));
    }
  }

  #comeBack(): void {
    this.#callOff();
    const waiting = [...this.#queues.reply, ...this.#queues.bulk];
    if (waiting.length === 0) return;
    const { clock } = this.#options;
    const now = clock.now();
    const sendAwayAt = Math.min(...waiting.map(({ until }) => until));
    const at = this.#closedUntil > now ? Math.min(this.#closedUntil, sendAwayAt) : sendAwayAt;
    this.#callOff = clock.after(Math.max(at - now, 1), () => void this.#letIn());
  }

  #expectedWaitMs(lane: SendLane): number {
    const ahead = this.#queues.reply.length + (lane === 'bulk' ? this.#queues.bulk.length : 0);
    return Math.max(this.#closedUntil - this.#options.clock.now(), 0) + ahead * this.#stepMs;
  }

  get #stepMs(): number {
    return this.#perSecond === undefined ? stepWithoutRateMs : 1_000 / this.#perSecond;
  }

  // Each is given the place behind the last one, so that a long queue comes back at the rate at which it can pass.
  #later(lane: SendLane): Entry {
    const now = this.#options.clock.now();
    const soonest = now + this.#expectedWaitMs(lane);
    const at = Math.max(soonest, this.#horizon[lane] + this.#stepMs);
    this.#horizon[lane] = at;
    return { kind: 'later', afterMs: at - now + this.#options.jitterMs(Math.max(shortestSpreadMs, this.#stepMs)) };
  }

  #takeAll(): readonly Ticket[] {
    return [...this.#queues.reply.splice(0), ...this.#queues.bulk.splice(0)];
  }
}
