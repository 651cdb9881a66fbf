import type { TaskList } from 'graphile-worker';
import { setTimeout as sleep } from 'node:timers/promises';
import { Backoff } from '../backoff.js';
import type { QueueLog } from './queue-log.js';
import { QueueRunner } from './queue-runner.js';

/** Does one job of a record that is to be sent on; as {@link QueueTask}. */
export type ForwardTask = (payload: { readonly id: string; readonly event: string }) => Promise<void>;

/** Does one job; a job whose task rejects is tried again later, up to 25 times. */
export type QueueTask = (payload: { readonly id: string }) => Promise<void>;

/** What a queue works on. */
export interface QueueWork {
  readonly tasks: Readonly<Record<'send' | 'sms-turn', QueueTask>> & { readonly forward?: ForwardTask };
  /** Jobs at once in this process. */
  readonly concurrency: number;
  /** Takes what goes wrong, a line each. */
  readonly log?: QueueLog;
}

/** How a queue reaches its database. */
export interface PostgresQueueOptions {
  readonly url: string;
  /** Resolves as soon as the migrations are done and statements are taken. */
  readonly whenUp: () => Promise<void>;
  readonly applicationName?: string;
  /** How often workers look for jobs that nobody told them of: those that became due; default 2 500. */
  readonly pollMs?: number;
}

const startLimitMs = 5_000;

/**
 * Runs the jobs that stores make together with their rows. Waits for Postgres, starts anew where that took a worker away,
 * and never ends the process. A job may be run twice where a process died or stood still: tasks must bear that.
 */
export class PostgresQueue {
  readonly #stop = new AbortController();
  readonly #stopped: Promise<void>;
  readonly #ends = new Set<Promise<void>>();
  #loop: Promise<void> | undefined;
  #runner: QueueRunner | undefined;

  constructor(private readonly options: PostgresQueueOptions) {
    const { signal } = this.#stop;
    this.#stopped = new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  }

  /** Begins as soon as Postgres is up; a second call does nothing. */
  start(work: QueueWork): void {
    this.#loop ??= this.#run(work);
  }

  /** Takes no more jobs and waits for those in work, at most `limitMs`, default 5 000. */
  async stop(limitMs = 5_000): Promise<void> {
    this.#stop.abort();
    await this.#loop;
    this.#end(limitMs);
    await Promise.all(this.#ends);
  }

  async #run(work: QueueWork): Promise<void> {
    const { log = () => undefined } = work;
    const backoff = new Backoff(200, 5_000);
    const { signal } = this.#stop;
    for (;;) {
      await Promise.race([this.options.whenUp(), this.#stopped]);
      if (signal.aborted) return;
      const startedAt = Date.now();
      this.#runner = this.#newRunner(work, log);
      const reason = await Promise.race([this.#runner.broken, this.#stopped]);
      if (reason === undefined) return;
      log(`the queue starts anew: ${reason}`);
      this.#end(startLimitMs);
      if (Date.now() - startedAt > 10_000) backoff.reset();
      await sleep(backoff.next(), undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  #newRunner({ tasks, concurrency }: QueueWork, log: QueueLog): QueueRunner {
    const { url, applicationName = 'ongea', pollMs = 2_500 } = this.options;
    const list: TaskList = {};
    for (const [name, task] of Object.entries<ForwardTask>({ ...tasks }))
      list[name] = async (payload) => task(payloadOf(payload));
    return new QueueRunner({ url, applicationName, concurrency, pollMs, log, tasks: list });
  }

  #end(limitMs: number): void {
    const runner = this.#runner;
    if (runner === undefined) return;
    this.#runner = undefined;
    const end = runner.end(limitMs).finally(() => this.#ends.delete(end));
    this.#ends.add(end);
  }
}

/** Every job is made by a statement of ours. */
function payloadOf(payload: unknown): { readonly id: string; readonly event: string } {
  return payload as { readonly id: string; readonly event: string };
}
