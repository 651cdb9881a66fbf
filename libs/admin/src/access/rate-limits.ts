import { RateLimiterMemory, RateLimiterRedis, type RateLimiterAbstract, RateLimiterRes } from 'rate-limiter-flexible';

/** Whether one more may be done; `waitSeconds` until it may. */
export type Allowance = { readonly allowed: true } | { readonly allowed: false; readonly waitSeconds: number };

/** How often a thing may be done, over all processes where a Redis is shared, else in this one. */
export interface RateLimit {
  take(key: string): Promise<Allowance>;
  /** How it stands without taking any. */
  look(key: string): Promise<Allowance>;
}

interface Limits {
  readonly points: number;
  readonly seconds: number;
  readonly prefix: string;
}

/** @param redis an ioredis client; while it is away the process counts for itself. */
export function rateLimit({ points, seconds, prefix }: Limits, redis: unknown): RateLimit {
  const memory = new RateLimiterMemory({ points, duration: seconds, keyPrefix: prefix });
  const limiter: RateLimiterAbstract =
    redis === undefined
      ? memory
      : new RateLimiterRedis({
          storeClient: redis,
          points,
          duration: seconds,
          keyPrefix: prefix,
          insuranceLimiter: memory,
        });
  return {
    async take(key) {
      try {
        await limiter.consume(key);
        return { allowed: true };
      } catch (refusal) {
        if (!(refusal instanceof RateLimiterRes)) throw refusal;
        return { allowed: false, waitSeconds: Math.max(1, Math.ceil(refusal.msBeforeNext / 1_000)) };
      }
    },
    async look(key) {
      const state = await limiter.get(key);
      if (state === null || state.consumedPoints < points) return { allowed: true };
      return { allowed: false, waitSeconds: Math.max(1, Math.ceil(state.msBeforeNext / 1_000)) };
    },
  };
}
