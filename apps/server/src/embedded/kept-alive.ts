import { setTimeout as pause } from 'node:timers/promises';

/** A Postgres that was started or joined. */
export interface Running {
  readonly port: number;
  /** Resolves when it ends without being stopped; absent where another process started it and sees to it. */
  readonly ended?: Promise<void>;
  stop(): Promise<void>;
}

const firstPauseMs = 500;
const longestPauseMs = 30_000;

/** Starts Postgres again when it ends by itself, as after a shortage of memory: whoever has its URL finds it there again. */
export class KeptAlive {
  private readonly cut = new AbortController();
  private reviving: Promise<void> | undefined;
  private stopping: Promise<void> | undefined;

  /** @param again starts or joins one on the same port. */
  constructor(
    private running: Running,
    private readonly again: () => Promise<Running>,
    private readonly log: (line: string) => void,
  ) {
    this.watch();
  }

  /** May be called twice. */
  stop(): Promise<void> {
    return (this.stopping ??= this.stopOnce());
  }

  private watch(): void {
    void this.running.ended?.then(() => {
      if (!this.cut.signal.aborted) this.reviving = this.revive();
    });
  }

  private async revive(): Promise<void> {
    const { signal } = this.cut;
    await this.running.stop();
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
      const isWanted = await pause(pauseMs, true, { signal }).catch(() => false);
      if (!isWanted) return;
      try {
        this.running = await this.again();
        this.log('The private Postgres runs again');
        this.watch();
        return;
      } catch (error) {
        this.log(error instanceof Error ? error.message : String(error));
      }
    }
  }

  private async stopOnce(): Promise<void> {
    this.cut.abort();
    await this.reviving;
    await this.running.stop();
  }
}
