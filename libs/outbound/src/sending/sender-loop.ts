import type { Sender } from './sender.js';
import { systemSendClock, type SendClock } from './send-clock.js';
import type { SendObserver } from './send-observer.js';

const everyMs = 5_000;

/** Sweeps the outbox every 5 s, one sweep at a time. */
export class SenderLoop {
  #callOff: (() => void) | undefined;
  #sweeping: Promise<void> = Promise.resolve();

  constructor(
    private readonly sender: Pick<Sender, 'sweep'>,
    private readonly observer: Pick<SendObserver, 'fault'>,
    private readonly clock: SendClock = systemSendClock,
  ) {}

  /** The first sweep begins at once: what an earlier process left behind waits long enough already. */
  start(): void {
    if (this.#callOff === undefined) this.#sweepIn(0);
  }

  /** Resolves when no sweep is under way any more. */
  async stop(): Promise<void> {
    this.#callOff?.();
    this.#callOff = undefined;
    await this.#sweeping;
  }

  #sweepIn(ms: number): void {
    this.#callOff = this.clock.after(ms, () => {
      this.#sweeping = this.#sweep();
    });
  }

  async #sweep(): Promise<void> {
    try {
      await this.sender.sweep(new Date(this.clock.now()));
    } catch (error) {
      this.observer.fault(error, 'sweep the outbox');
    }
    if (this.#callOff !== undefined) this.#sweepIn(everyMs);
  }
}
