import { RetryPlan, type Plan } from '../sending/retry-plan.js';

const [second, minute, hour] = [1_000, 60_000, 3_600_000];
// 23 h 43 min in all.
const gaps = [
  5 * second,
  30 * second,
  2 * minute,
  10 * minute,
  30 * minute,
  hour,
  2 * hour,
  4 * hour,
  8 * hour,
  8 * hour,
];
const longestRetryAfterMs = 24 * hour;
const jitter = 0.2;

/**
 * When a forward is tried again: after 5 s, 30 s, 2 min, 10 min, 30 min, 1 h, 2 h, 4 h, 8 h and 8 h, each up to a fifth shorter, so
 * within a day in all. A `Retry-After` (up to 24 hours) that is longer is waited for.
 */
export class ForwardPlan implements Plan {
  readonly #jitter: RetryPlan;

  /** `random`: from 0 inclusive to 1 exclusive. */
  constructor(private readonly random: () => number = Math.random) {
    this.#jitter = new RetryPlan(random);
  }

  delayMs(tries: number, retryAfterMs = 0): number {
    const gap = gaps[tries - 1] ?? 0;
    const planned = Math.round(gap * (1 - jitter * this.random()));
    return Math.max(planned, Math.min(retryAfterMs, longestRetryAfterMs));
  }

  isLast(tries: number): boolean {
    return tries > gaps.length;
  }

  jitterMs(most: number): number {
    return this.#jitter.jitterMs(most);
  }
}
