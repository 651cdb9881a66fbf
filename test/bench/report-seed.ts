import { Client } from 'pg';
import { migrate, seedCallReports, type SeedOptions } from '@app/postgres';

/** Fills a new database; the indexes are built once all rows are there. Resolves to how long all took, in seconds. */
export async function seedReports(url: string, options: SeedOptions, say: (line: string) => void): Promise<number> {
  const began = performance.now();
  await migrate(url);
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string; definition: string }>(`
      SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS definition FROM pg_index AS i
      WHERE i.indrelid = 'call_reports'::regclass AND NOT i.indisprimary`);
    for (const { name } of rows) await client.query(`DROP INDEX ${name}`);
    let told = 0;
    const onProgress = (done: number): void => {
      if (done - told < 500_000) return;
      told = done;
      say(`  ${done} rows in ${((performance.now() - began) / 1_000).toFixed(0)} s`);
    };
    await seedCallReports(url, { ...options, onProgress });
    // The definition says ON ONLY, which would leave the partitions without.
    for (const { definition } of rows) await client.query(definition.replace(' ON ONLY ', ' ON '));
    await client.query('VACUUM (ANALYZE) call_reports');
    await client.query('CHECKPOINT');
  } finally {
    await client.end();
  }
  return (performance.now() - began) / 1_000;
}
