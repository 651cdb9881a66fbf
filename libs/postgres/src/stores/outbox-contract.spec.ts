import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'pg';
import { outboxContract, PrivatePostgres, type OrderStanding, type OutboxJob } from '@app/testing';
import { PostgresStores } from '../postgres-stores.js';

type Standing = {
  readonly state: OrderStanding['state'];
  readonly attempts: number;
  readonly next_at: Date;
  readonly last_error: string | null;
};

outboxContract('Postgres', async () => {
  const server = await PrivatePostgres.start();
  const folder = await mkdtemp(join(tmpdir(), 'ongea-outbox-contract-'));
  const url = await server.createDatabase();
  const stores = await PostgresStores.open({ url, spoolFolder: join(folder, 'spool') });
  await stores.whenUp();
  const pool = new Pool({ connectionString: url });
  const takeJobs = `DELETE FROM graphile_worker._private_jobs RETURNING payload->>'id' AS id, run_at AS at`;
  return {
    ...{ outbox: stores.outbox, work: stores.outboxWork, optOuts: stores.optOuts },
    takeJobs: async () => (await pool.query<OutboxJob>(takeJobs)).rows,
    standingOf: async (id) => {
      const { rows } = await pool.query<Standing>('SELECT * FROM outbox WHERE id = $1', [id]);
      return rows[0] === undefined ? undefined : standing(rows[0]);
    },
    redrive: (id) => stores.outboxWork.redrive(id),
    stop: async () => {
      await pool.end();
      await stores.close();
      await server.close();
      await rm(folder, { recursive: true });
    },
  };
});

function standing({ state, attempts, next_at: nextAt, last_error: lastError }: Standing): OrderStanding {
  return { state, attempts, nextAt, ...(lastError === null ? {} : { lastError }) };
}
