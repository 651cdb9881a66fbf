import type { AdminLimits } from './admin.guard.js';
import { rateLimit } from './rate-limits.js';

const guessingSeconds = 15 * 60;

/**
 * 600 requests a minute for each key, 10 wrong keys in 15 minutes for each address.
 * @param redis an ioredis client where several processes count together
 */
export function adminLimits(redis: unknown): AdminLimits {
  return {
    perKey: rateLimit({ points: 600, seconds: 60, prefix: 'ongea:admin:key' }, redis),
    guesses: rateLimit({ points: 10, seconds: guessingSeconds, prefix: 'ongea:admin:guesses' }, redis),
    sameGuess: rateLimit({ points: 1, seconds: guessingSeconds, prefix: 'ongea:admin:guess' }, redis),
  };
}
