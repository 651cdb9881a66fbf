import { runMigrations } from 'graphile-worker';
import { Pool } from 'pg';
import { silentLogger } from './queue-log.js';

/** How the queue's tables are brought up to date. */
export interface QueueSchemaOptions {
  readonly applicationName?: string;
  readonly lockTimeoutMs: number;
}

/** Brings the tables of the queue up to date; the caller holds the lock of migrations. */
export async function migrateQueue(url: string, options: QueueSchemaOptions): Promise<void> {
  const { applicationName = 'ongea', lockTimeoutMs: lock_timeout } = options;
  const pool = new Pool({ connectionString: url, max: 1, application_name: applicationName, lock_timeout });
  try {
    await runMigrations({ pgPool: pool, logger: silentLogger });
  } finally {
    await pool.end();
  }
}
