import { describe, expect, it } from '@jest/globals';
import { RetryPlan } from './retry-plan.js';

const highest = new RetryPlan(() => 1 - Number.EPSILON);
const half = new RetryPlan(() => 0.5);
const lowest = new RetryPlan(() => 0);
const minute = 60_000;

describe('the retry plan', () => {
  it('waits anything from nothing up to 2 s, doubled with each attempt up to 10 minutes (#27)', () => {
    const attempts = Array.from({ length: 12 }, (_, index) => index + 1);
    expect(attempts.map((attempt) => half.delayMs(attempt))).toEqual([
      ...[1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 128_000, 256_000],
      ...[5 * minute, 5 * minute, 5 * minute],
    ]);
    expect(attempts.map((attempt) => lowest.delayMs(attempt))).toEqual(attempts.map(() => 0));
    expect(highest.delayMs(12)).toBeLessThan(10 * minute);
  });

  it('waits for Retry-After first, and spreads those who come back behind it (#27)', () => {
    expect(lowest.delayMs(1, 30_000)).toBe(30_000);
    expect(half.delayMs(1, 30_000)).toBe(31_000);
    expect(half.delayMs(3, 30_000)).toBe(34_000);
  });

  it('believes no Retry-After beyond a day', () => {
    expect(lowest.delayMs(1, 400 * 24 * 60 * minute)).toBe(24 * 60 * minute);
  });

  it('ends with the twelfth try', () => {
    expect([11, 12, 13].map((tries) => half.isLast(tries))).toEqual([false, true, true]);
  });
});
