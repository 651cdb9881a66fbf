import { setTimeout as sleep } from 'node:timers/promises';
import { MigrationExecutor, type DataSource, type QueryRunner } from 'typeorm';
import { createDataSource } from './data-source.js';
import { sqlStateOf } from './fault.js';
import { makePartitions } from './partitions.js';
import { migrateQueue } from './queue/queue-schema.js';

/** How a migration is run. */
export interface MigrateOptions {
  readonly applicationName?: string;
  /** Ends the wait for another node. */
  readonly signal?: AbortSignal;
  /** Called once this node has the lock. */
  readonly onLocked?: () => void;
  /** Milliseconds between two looks at the lock, default 100. */
  readonly pollMs?: number;
  /** Makes the partitions of the months since then as well. */
  readonly partitionsFrom?: Date;
}

// An arbitrary number that every node of every version agrees on.
const migrationLock = 7_364_201;
const lockNotAvailable = '55P03';
const lockRetries = 20;
const lockTimeoutMs = 3_000;
const monthsAhead = 3;

/**
 * Brings the database up to date, one node at a time: any number may start at once, one runs the migrations and the
 * others find them done. Waits by polling, since a node that sleeps in `pg_advisory_lock` would make an index that is
 * built concurrently wait for it. A table that is busy for longer than the lock limit is tried again.
 */
export async function migrate(url: string, options: MigrateOptions = {}): Promise<void> {
  await underLock(url, options, async (dataSource, runner) => {
    for (let attempt = 0; ; attempt++) {
      try {
        // Statements of ours make jobs, and migrations of ours touch its tables.
        await migrateQueue(url, { ...named(options), lockTimeoutMs });
        await runPending(dataSource, runner);
        const now = new Date();
        const since = options.partitionsFrom ?? now;
        await makePartitions(runner, since, monthsBetween(since, now) + monthsAhead);
        return;
      } catch (error) {
        if (sqlStateOf(error) !== lockNotAvailable || attempt >= lockRetries) throw error;
        await sleep(options.pollMs ?? 100, undefined, { signal: options.signal });
      }
    }
  });
}

function monthsBetween(from: Date, to: Date): number {
  const years = to.getUTCFullYear() - from.getUTCFullYear();
  return Math.max(0, years * 12 + to.getUTCMonth() - from.getUTCMonth());
}

async function runPending(dataSource: DataSource, runner: QueryRunner): Promise<void> {
  const executor = new MigrationExecutor(dataSource, runner);
  executor.transaction = 'each';
  await executor.executePendingMigrations();
}

/** The lock and the work share one connection: where it breaks, both are gone together. */
async function underLock(
  url: string,
  options: MigrateOptions,
  work: (dataSource: DataSource, runner: QueryRunner) => Promise<void>,
): Promise<void> {
  const dataSource = createDataSource(url, { ...named(options), connections: 2, statementTimeoutMs: 0, lockTimeoutMs });
  await dataSource.initialize();
  try {
    const runner = dataSource.createQueryRunner();
    try {
      await takeLock(runner, options);
      options.onLocked?.();
      await work(dataSource, runner);
      await runner.query('SELECT pg_advisory_unlock($1)', [migrationLock]);
    } finally {
      await runner.release();
    }
  } finally {
    // Ends the connection, and with it the lock where the work failed.
    await dataSource.destroy();
  }
}

function named({ applicationName }: MigrateOptions): { applicationName?: string } {
  return applicationName === undefined ? {} : { applicationName };
}

async function takeLock(runner: QueryRunner, options: MigrateOptions): Promise<void> {
  for (;;) {
    options.signal?.throwIfAborted();
    const rows = (await runner.query('SELECT pg_try_advisory_lock($1) AS locked', [migrationLock])) as {
      locked: boolean;
    }[];
    if (rows[0]?.locked === true) return;
    await sleep(options.pollMs ?? 100, undefined, { signal: options.signal });
  }
}
