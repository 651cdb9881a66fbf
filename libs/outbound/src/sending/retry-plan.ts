const baseMs = 2_000;
const capMs = 600_000;
const longestRetryAfterMs = 24 * 3_600_000;
const mostTries = 12;

/** When something is tried again, and how often. */
export interface Plan {
  /** How long to wait after so many tries, in milliseconds. */
  delayMs(tries: number, retryAfterMs?: number): number;
  isLast(tries: number): boolean;
  /** A time within so many milliseconds, so that many who wait do not come back together. */
  jitterMs(most: number): number;
}

/**
 * When a failed send is tried again: full jitter, up to 2 s after the first attempt, doubled each time, at most 10 minutes.
 * A provider's `Retry-After` (up to 24 hours) is waited for first.
 */
export class RetryPlan implements Plan {
  /** `random`: from 0 inclusive to 1 exclusive. */
  constructor(private readonly random: () => number = Math.random) {}

  delayMs(tries: number, retryAfterMs = 0): number {
    const highest = Math.min(capMs, baseMs * 2 ** (tries - 1));
    const first = Math.min(Math.max(retryAfterMs, 0), longestRetryAfterMs);
    return first + Math.floor(this.random() * highest);
  }

  isLast(tries: number): boolean {
    return tries >= mostTries;
  }

  jitterMs(most: number): number {
    return Math.floor(this.random() * most);
  }
}
