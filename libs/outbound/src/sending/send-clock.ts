/** Time as the sender sees it; tests pass their own. */
export interface SendClock {
  /** Epoch milliseconds. */
  now(): number;
  /** Runs something once, so much later; the function given back calls it off. */
  after(ms: number, run: () => void): () => void;
}

export const systemSendClock: SendClock = {
  now: () => Date.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** Resolves so much later. */
export function pause(clock: SendClock, ms: number): Promise<void> {
  return new Promise((done) => {
    clock.after(ms, done);
  });
}
