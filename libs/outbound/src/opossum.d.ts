declare module 'opossum' {
  import type { EventEmitter } from 'node:events';

  /** The part of opossum 9 that is used here; the package ships no types of its own. */
  class CircuitBreaker {
    constructor(
      action: (work: () => Promise<unknown>) => Promise<unknown>,
      options: {
        readonly timeout: false;
        readonly volumeThreshold: number;
        readonly errorThresholdPercentage: number;
        readonly resetTimeout: number;
        readonly rollingCountTimeout: number;
        readonly rollingCountBuckets: number;
        readonly rollingPercentilesEnabled: boolean;
        readonly enableSnapshots: boolean;
        readonly rotateBucketController: EventEmitter;
      },
    );
    readonly opened: boolean;
    readonly halfOpen: boolean;
    fire<T>(work: () => Promise<T>): Promise<T>;
    shutdown(): void;
  }
  export = CircuitBreaker;
}
