const baseMs = 2_000;
const capMs = 600_000;
const longestRetryAfterMs = 24 * 3_600_000;
const maxAttempts = 12;

/** When something is tried again, and how often. */
export interface Plan {
  /** How long to wait after an attempt, in milliseconds. */
  delayMs(attempt: number, retryAfterMs?: number): number;
  isLast(attempt: number): boolean;
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

  delayMs(attempt: number, retryAfterMs = 0): number {
    const highest = Math.min(capMs, baseMs * 2 ** (roundOf(attempt) - 1));
    const first = Math.min(Math.max(retryAfterMs, 0), longestRetryAfterMs);
    return first + Math.floor(this.random() * highest);
  }

  /** True for every twelfth attempt: an order that an operator has sent again gets twelve more. */
  isLast(attempt: number): boolean {
    return roundOf(attempt) === maxAttempts;
  }

  jitterMs(most: number): number {
    return Math.floor(this.random() * most);
  }
}

function roundOf(attempt: number): number {
  return ((attempt - 1) % maxAttempts) + 1;
}
