import type { QueryRunner } from 'typeorm';

const partitioned = [
  'session_reports',
  'notices',
  'inbox',
  'messages',
  'delivery_events',
  'call_reports',
  'call_report_payloads',
  'call_report_history',
  'turns',
];

/**
 * Makes the monthly partitions from the month of `at` to `monthsAhead` months later, where they are missing. Rows of
 * such a month that went to the default partition meanwhile are moved. The caller holds the lock of migrations.
 */
export async function makePartitions(runner: QueryRunner, at: Date, monthsAhead = 3): Promise<void> {
  for (const table of partitioned) {
    for (let ahead = 0; ahead <= monthsAhead; ahead++) {
      await makePartition(runner, table, new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + ahead)));
    }
  }
}

/** The month that a partition of a table holds, its end exclusive; undefined for the default partition. */
export function monthOfPartition(
  table: string,
  partition: string,
): { readonly from: Date; readonly to: Date } | undefined {
  const [, year, month] = /^_(\d{4})_(\d{2})$/.exec(partition.slice(table.length)) ?? [];
  if (!partition.startsWith(table) || year === undefined || month === undefined) return undefined;
  const [y, m] = [Number(year), Number(month)];
  return { from: new Date(Date.UTC(y, m - 1)), to: new Date(Date.UTC(y, m)) };
}

async function makePartition(runner: QueryRunner, table: string, month: Date): Promise<void> {
  const from = month.toISOString();
  const to = new Date(Date.UTC(month.getUTCFullYear(), month.getUTCMonth() + 1)).toISOString();
  const name = `${table}_${from.slice(0, 7).replace('-', '_')}`;
  const existing = (await runner.query('SELECT 1 FROM pg_class WHERE oid = to_regclass($1)', [name])) as unknown[];
  if (existing.length > 0) return;
  await runner.startTransaction();
  try {
    await runner.query(`CREATE TABLE ${name} (LIKE ${table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)`);
    await runner.query(
      `WITH moved AS (
         DELETE FROM ${table}_default WHERE received_at >= $1 AND received_at < $2 RETURNING *
       ) INSERT INTO ${name} SELECT * FROM moved`,
      [from, to],
    );
    await runner.query(`ALTER TABLE ${table} ATTACH PARTITION ${name} FOR VALUES FROM ('${from}') TO ('${to}')`);
    await runner.commitTransaction();
  } catch (error) {
    await runner.rollbackTransaction();
    throw error;
  }
}
