import { runTaskList, type TaskList, type Worker, type WorkerPool } from 'graphile-worker';
import { EventEmitter } from 'node:events';
import { Pool } from 'pg';
import { v7 as uuid } from 'uuid';
import { reasonOf } from '../fault.js';
import { loggerTo, type QueueLog } from './queue-log.js';

/** How a runner works. */
export interface QueueRunnerOptions {
  readonly url: string;
  readonly applicationName: string;
  readonly tasks: TaskList;
  readonly concurrency: number;
  readonly pollMs: number;
  readonly log: QueueLog;
}

const beatMs = 1_500;
const maxConnections = 5;
const goodbyeMs = 1_000;

const beat = `
  WITH seen AS (
    INSERT INTO queue_runners (id, workers, seen_at) VALUES ($1, $2, now())
    ON CONFLICT (id) DO UPDATE SET workers = excluded.workers, seen_at = excluded.seen_at
  ), gone AS (
    DELETE FROM queue_runners WHERE id <> $1 AND seen_at < now() - interval '6 seconds' RETURNING workers
  )
  SELECT graphile_worker.force_unlock_workers(array_agg(worker)) FROM gone, unnest(gone.workers) AS worker
  HAVING count(*) > 0`;

const leave = `
  WITH gone AS (DELETE FROM queue_runners WHERE id = $1 RETURNING workers)
  SELECT graphile_worker.force_unlock_workers(workers) FROM gone`;

/**
 * One life of the queue's workers, until one of them is lost. Tells the database every other
 * second that it is alive, and frees the jobs of runners that have not for six seconds.
 */
export class QueueRunner {
  /** Resolves with the reason once a worker is lost. */
  readonly broken: Promise<string>;
  readonly #id = uuid();
  readonly #workers: string[] = [];
  readonly #pool: Pool;
  readonly #runner: WorkerPool;
  readonly #timer: NodeJS.Timeout;
  #registered: Promise<void> | undefined;
  #ending = false;
  #log: QueueLog;

  constructor(options: QueueRunnerOptions) {
    const { url, applicationName, tasks, concurrency, pollMs } = options;
    this.#log = options.log;
    this.#pool = new Pool({
      connectionString: url,
      max: maxConnections,
      connectionTimeoutMillis: 5_000,
      statement_timeout: 10_000,
      query_timeout: 11_000,
      application_name: applicationName,
    });
    // A connection that breaks would otherwise end the process; whoever uses it finds out by itself.
    this.#pool.on('error', () => undefined);
    this.#pool.on('connect', (client) => client.on('error', () => undefined));
    const events = new EventEmitter();
    events.on('worker:create', ({ worker }: { worker: Worker }) => this.#workers.push(worker.workerId));
    // A worker that ends with an error is written to stderr with its stack, past the log: it is let go before that.
    events.on('worker:getJob:error', ({ worker }: { worker: Worker }) => {
      if (this.#ending) void worker.release(true);
    });
    // Workers find Postgres again by themselves; one that could not say that its job is done has ended for good.
    this.broken = new Promise((resolve) => {
      events.on('worker:fatalError', ({ worker, error }: { worker: Worker; error: unknown }) => {
        resolve(reasonOf(error));
        void worker.release(true);
      });
    });
    this.#runner = runTaskList(
      {
        ...{ concurrency, events, noHandleSignals: true, pollInterval: pollMs },
        logger: loggerTo((message) => this.#log(message)),
        preset: {
          plugins: [{ name: 'register', version: '1', worker: { hooks: { startWorker: () => this.#register() } } }],
        },
      },
      tasks,
      this.#pool,
    );
    this.#timer = setInterval(() => void this.#beat().catch(() => undefined), beatMs).unref();
  }

  /** Takes no more jobs and waits for those in work, at most `limitMs`; what is not done by then others may take. */
  async end(limitMs: number): Promise<void> {
    this.#log = () => undefined;
    this.#ending = true;
    await within(this.#runner.gracefulShutdown(), limitMs);
    clearInterval(this.#timer);
    await within(this.#leave(), goodbyeMs);
  }

  /** Where Postgres is away, others find out that this runner is gone. */
  async #leave(): Promise<void> {
    await this.#pool.query(leave, [this.#id]).catch(() => undefined);
    await this.#pool.end();
  }

  /** No worker takes a job before all of them are known, else a job could stay locked by nobody. */
  #register(): Promise<void> {
    this.#registered ??= Promise.resolve().then(() => this.#beat());
    return this.#registered;
  }

  async #beat(): Promise<void> {
    await this.#pool.query(beat, [this.#id, this.#workers]);
  }
}

async function within(work: Promise<void>, limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => (timer = setTimeout(resolve, limitMs)));
  await Promise.race([work, limit]);
  clearTimeout(timer);
}
