import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { v7 as uuid } from 'uuid';
import type { InboundMessage } from '@app/reporting';
import { PrivatePostgres } from '@app/testing';
import { PostgresStores } from '../postgres-stores.js';

let server: PrivatePostgres;
let folder: string;
let client: Client;
let stores: PostgresStores;

beforeAll(async () => {
  server = await PrivatePostgres.start();
  folder = await mkdtemp(join(tmpdir(), 'ongea-messages-'));
  const url = await server.createDatabase();
  stores = await PostgresStores.open({ url, spoolFolder: join(folder, 'spool') });
  await stores.whenUp();
  client = new Client(url);
  await client.connect();
});

afterAll(async () => {
  await client.end();
  await stores.close();
  await server.close();
  await rm(folder, { recursive: true });
});

beforeEach(() => client.query('TRUNCATE messages, report_keys, quarantine, graphile_worker._private_jobs'));

async function all(text: string, ...values: unknown[]): Promise<Record<string, unknown>[]> {
  return (await client.query<Record<string, unknown>>(text, values)).rows;
}

const jobs = () =>
  all(`SELECT payload->>'id' AS id, q.queue_name, run_at FROM graphile_worker._private_jobs j
  JOIN graphile_worker._private_job_queues q ON q.id = j.job_queue_id ORDER BY run_at, j.id`);

function message(fields: Partial<InboundMessage> = {}): InboundMessage {
  return {
    ...{ id: uuid(), provider: 'africastalking', account: 'demo', externalId: uuid(), from: '+254711082201' },
    ...{ to: '44170', text: 'price maize', segments: 1, encoding: 'gsm7', raw: { text: 'price maize' } },
    receivedAt: new Date('2026-03-04T09:32:10.123Z'),
    ...fields,
  };
}

describe('incoming messages', () => {
  it('come back as they were kept', async () => {
    const kept = message({
      ...{ linkId: 'SampleLinkId123', networkCode: '63902', cost: { amount: '0.40', currency: 'KES' } },
      ...{ occurredAt: new Date('2026-03-04T09:32:09Z'), text: 'bei ya “mahindi” 🌽', encoding: 'ucs2' },
    });
    await stores.messages.keepInbound(kept);
    expect(await stores.messages.findInbound(kept.id)).toEqual(kept);
    const bare = message();
    await stores.messages.keepInbound(bare);
    expect(await stores.messages.findInbound(bare.id)).toEqual(bare);
    expect(await stores.messages.findInbound(uuid())).toBeUndefined();
  });

  it('are committed with one job each, in the order of their arrival', async () => {
    const first = message({ receivedAt: new Date('2026-03-04T09:32:10Z') });
    const second = message({ receivedAt: new Date('2026-03-04T09:32:11Z') });
    await Promise.all([stores.messages.keepInbound(second), stores.messages.keepInbound(first)]);
    expect((await jobs()).map(({ id }) => id)).toEqual([first.id, second.id]);
  });

  it('of one person go to one queue, and those of others mostly to other queues', async () => {
    const mine = [message(), message()];
    const others = Array.from({ length: 20 }, (_, index) => message({ from: `+2547110823${String(index + 10)}` }));
    for (const each of [...mine, ...others]) await stores.messages.keepInbound(each);
    const queueOf = new Map((await jobs()).map(({ id, queue_name: queue }) => [id, queue]));
    expect(queueOf.get(mine[0]!.id)).toBe(queueOf.get(mine[1]!.id));
    expect(new Set(queueOf.values()).size).toBeGreaterThan(10);
  });

  it('add neither row nor job when the provider repeats them at once, or a week later (#1, #2)', async () => {
    const first = message();
    await Promise.all(Array.from({ length: 100 }, () => stores.messages.keepInbound({ ...first, id: uuid() })));
    const later = new Date(first.receivedAt.getTime() + 7 * 86_400_000);
    await stores.messages.keepInbound({ ...first, id: uuid(), receivedAt: later });
    expect(await all('SELECT count(*)::int FROM messages')).toEqual([{ count: 1 }]);
    expect(await jobs()).toHaveLength(1);
  });

  it('of the same id in another account are other messages (#8)', async () => {
    const first = message();
    for (const account of ['demo', 'other']) await stores.messages.keepInbound({ ...first, id: uuid(), account });
    expect(await jobs()).toHaveLength(2);
  });

  it('are kept without what Postgres cannot hold (#29, #42)', async () => {
    const odd = message({
      ...{ text: 'a\u0000b\ud83d', externalId: 'x'.repeat(10_000), cost: { amount: 'NaN' } },
      ...{ occurredAt: new Date(Number.NaN), raw: { 'k\u0000': 'x\ude00' } },
    });
    await stores.messages.keepInbound(odd);
    await stores.messages.keepInbound({ ...odd, id: uuid() });
    const found = await stores.messages.findInbound(odd.id);
    expect(found).toMatchObject({ text: 'ab', raw: { k: 'x' } });
    expect(found).not.toHaveProperty('cost');
    expect(await jobs()).toHaveLength(1);
  });

  it('are kept under names of any length, and told apart by them (#42)', async () => {
    const long = randomBytes(3_000).toString('hex');
    const odd = message({ from: long, to: `${long}x`, externalId: `${long}1` });
    await stores.messages.keepInbound(odd);
    await stores.messages.keepInbound({ ...odd, id: uuid(), externalId: `${long}2` });
    const kept = await all('SELECT DISTINCT external_id, sender <> recipient AS differ FROM messages');
    expect(kept.map(({ differ }) => differ)).toEqual([true, true]);
  });

  it('are all kept but the one that Postgres refuses, with their jobs (#24)', async () => {
    const batch = Array.from({ length: 500 }, (_, index) => message(index === 123 ? { id: 'no uuid' } : {}));
    await Promise.all(batch.map((each) => stores.messages.keepInbound(each)));
    expect(await all('SELECT count(*)::int FROM messages')).toEqual([{ count: 499 }]);
    expect(await jobs()).toHaveLength(499);
    expect(await all('SELECT kind, id FROM quarantine')).toEqual([{ kind: 'inbound-message', id: 'no uuid' }]);
  });
});
