import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'pg';
import { v7 as uuid } from 'uuid';
import type { InboundMessage, MessageOrder, OptOut } from '@app/reporting';
import { PrivatePostgres } from '@app/testing';
import { PostgresStores } from '../postgres-stores.js';

let server: PrivatePostgres;
let folder: string;

beforeAll(async () => {
  server = await PrivatePostgres.start();
  folder = await mkdtemp(join(tmpdir(), 'ongea-messages-outage-'));
});

afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

const demo = { provider: 'africastalking', account: 'demo' };

function message(externalId: string): InboundMessage {
  return {
    ...{ ...demo, id: uuid(), externalId, from: '+254711082201', to: '44170', text: 'STOP', segments: 1 },
    ...{ encoding: 'gsm7', receivedAt: new Date(), raw: {} },
  };
}

function order(onceKey: string): MessageOrder {
  return {
    ...{ ...demo, id: uuid(), kind: 'message', lane: 'reply', text: 'KES 40', segments: 1, encoding: 'gsm7' },
    ...{ recipients: [{ messageId: uuid(), to: '+254711082202' }], createdAt: new Date(), onceKey },
  };
}

async function drained(stores: PostgresStores): Promise<void> {
  await stores.whenUp();
  while (stores.postgresHealth().spool.rows > 0) await sleep(20);
}

it('keeps messages, orders and opt-outs while Postgres is away, and drains them once, also from a spool that is drained twice (#11, #20)', async () => {
  const url = await server.createDatabase();
  const before = await PostgresStores.open({ url, spoolFolder: join(folder, 'a') });
  await before.whenUp();
  await before.close();
  await server.stop();

  const stores = await PostgresStores.open({ url, spoolFolder: join(folder, 'a') });
  const stop: OptOut = { ...demo, address: '44170', msisdn: '+254711082201', reason: 'stop-word', at: new Date() };
  for (const id of ['m1', 'm2', 'm1']) await stores.messages.keepInbound(message(id));
  for (const key of ['k1', 'k2', 'k1']) await stores.outbox.put([order(key)]);
  await stores.optOuts.optOut(stop);
  await expect(stores.optOuts.optedOut(demo, '44170', ['+254711082201'])).rejects.toThrow();
  expect(stores.postgresHealth().spool.rows).toBe(7);
  const copy = join(folder, 'b');
  await cp(join(folder, 'a'), copy, { recursive: true, filter: (path) => !path.endsWith('lock') });

  await server.restart();
  await drained(stores);
  const pool = new Pool({ connectionString: url });
  const counts = async () => {
    const { rows } = await pool.query<Record<string, number>>(`SELECT
      (SELECT count(*)::int FROM messages WHERE direction = 'mo') AS mo,
      (SELECT count(*)::int FROM messages WHERE direction = 'mt') AS mt,
      (SELECT count(*)::int FROM outbox) AS orders,
      (SELECT count(*)::int FROM graphile_worker.jobs) AS jobs,
      (SELECT count(*)::int FROM opt_outs WHERE opted_out) AS outs,
      (SELECT count(*)::int FROM audit_log) AS audited`);
    return rows[0];
  };
  const once = { mo: 2, mt: 2, orders: 2, jobs: 4, outs: 1, audited: 1 };
  expect(await counts()).toEqual(once);

  const again = await PostgresStores.open({ url, spoolFolder: copy });
  expect(again.postgresHealth().spool.rows).toBe(7);
  await drained(again);
  expect(await counts()).toEqual(once);
  await pool.end();
  await again.close();
  await stores.close();
});
