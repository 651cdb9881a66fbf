import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'pg';
import { v7 as uuid } from 'uuid';
import type { InboundMessage, MessageOrder } from '@app/reporting';
import { PrivatePostgres } from '@app/testing';
import { PostgresStores } from '../postgres-stores.js';
import type { QueueTask } from './postgres-queue.js';

let server: PrivatePostgres;
let folder: string;
let url: string;
let pool: Pool;
let opened: PostgresStores[];

beforeAll(async () => {
  server = await PrivatePostgres.start();
});

afterAll(() => server.close());

beforeEach(async () => {
  await server.restart();
  folder = await mkdtemp(join(tmpdir(), 'ongea-queue-'));
  url = await server.createDatabase();
  pool = new Pool({ connectionString: url });
  pool.on('error', () => undefined);
  opened = [];
});

afterEach(async () => {
  for (const stores of opened) await stores.close();
  await pool.end();
  await rm(folder, { recursive: true });
});

async function open(): Promise<PostgresStores> {
  const stores = await PostgresStores.open({ url, spoolFolder: join(folder, String(opened.length)) });
  opened.push(stores);
  return stores;
}

const demo = { provider: 'africastalking', account: 'demo' };

function order(): MessageOrder {
  return {
    ...{ ...demo, id: uuid(), kind: 'message', lane: 'reply', text: 'KES 40', segments: 1, encoding: 'gsm7' },
    ...{ recipients: [{ messageId: uuid(), to: '+254711082201' }], createdAt: new Date() },
  };
}

function message(from = '+254711082201'): InboundMessage {
  return {
    ...{ ...demo, id: uuid(), externalId: uuid(), from, to: '44170', text: 'hi', segments: 1, encoding: 'gsm7' },
    ...{ receivedAt: new Date(), raw: {} },
  };
}

const nothing: QueueTask = () => Promise.resolve();
const collect =
  (ids: string[]): QueueTask =>
  ({ id }) => {
    ids.push(id);
    return Promise.resolve();
  };

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(20);
}

async function count(table: string): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(`SELECT count(*)::int FROM ${table}`);
  return rows[0]?.count ?? -1;
}

describe('the queue', () => {
  it('runs the job of each order and each message once, in any of several processes', async () => {
    const [a, b] = [await open(), await open()];
    const [sent, turned]: [string[], string[]] = [[], []];
    for (const stores of [a, b]) {
      stores.queue.start({ tasks: { send: collect(sent), 'sms-turn': collect(turned) }, concurrency: 4 });
    }
    await Promise.all([a.whenUp(), b.whenUp()]);
    const orders = Array.from({ length: 50 }, order);
    const messages = Array.from({ length: 50 }, (_, at) => message(`+2547110822${String(at + 10)}`));
    await Promise.all([a.outbox.put(orders), ...messages.map((each) => b.messages.keepInbound(each))]);
    await until(() => sent.length >= 50 && turned.length >= 50);
    await Promise.all([a.queue.stop(), b.queue.stop()]);
    expect(sent.sort()).toEqual(orders.map(({ id }) => id).sort());
    expect(turned.sort()).toEqual(messages.map(({ id }) => id).sort());
    expect(await count('graphile_worker.jobs')).toBe(0);
    expect(await count('queue_runners')).toBe(0);
  });

  it('runs the messages of one person one after another, in the order of their arrival (#3)', async () => {
    const stores = await open();
    await stores.whenUp();
    const messages = Array.from({ length: 8 }, () => message());
    for (const each of messages) {
      await stores.messages.keepInbound(each);
      await sleep(2);
    }
    const log: string[] = [];
    const turn: QueueTask = async ({ id }) => {
      log.push(`begin ${id}`);
      await sleep(10);
      log.push(`end ${id}`);
    };
    stores.queue.start({ tasks: { send: nothing, 'sms-turn': turn }, concurrency: 4 });
    await until(() => log.length === 16);
    expect(log).toEqual(messages.flatMap(({ id }) => [`begin ${id}`, `end ${id}`]));
  });

  it('tries a job again whose task failed', async () => {
    const stores = await open();
    await stores.whenUp();
    const lines: string[] = [];
    let tries = 0;
    const send: QueueTask = () => (++tries === 1 ? Promise.reject(new Error('no luck')) : Promise.resolve());
    stores.queue.start({ tasks: { send, 'sms-turn': nothing }, concurrency: 1, log: (line) => lines.push(line) });
    await stores.outbox.put([order()]);
    await until(() => tries === 2);
    expect(lines).toEqual([expect.stringContaining('no luck')]);
  });

  it('takes over the jobs of a process that was killed (#11)', async () => {
    const stores = await open();
    await stores.whenUp();
    const [first, second] = [message(), { ...message(), receivedAt: new Date(Date.now() + 1) }];
    await stores.messages.keepInbound(first);
    await stores.messages.keepInbound(second);
    await pool.query(`
      WITH worker AS (INSERT INTO queue_runners VALUES (gen_random_uuid(), '{killed}', now())),
        queue AS (UPDATE graphile_worker._private_job_queues SET locked_at = now(), locked_by = 'killed')
      UPDATE graphile_worker._private_jobs SET locked_at = now(), locked_by = 'killed', attempts = 1
      WHERE payload->>'id' = '${first.id}'`);
    const turned: string[] = [];
    stores.queue.start({ tasks: { send: nothing, 'sms-turn': collect(turned) }, concurrency: 2 });
    await until(() => turned.length === 2);
    expect(turned).toEqual([first.id, second.id]);
  });

  it('goes on by itself after Postgres was killed, also where it was away at the start (#19, #20)', async () => {
    await server.stop();
    const stores = await open();
    const sent: string[] = [];
    stores.queue.start({ tasks: { send: collect(sent), 'sms-turn': nothing }, concurrency: 2 });
    for (let round = 1; round <= 2; round++) {
      await server.restart();
      await stores.whenUp();
      await stores.outbox.put([order()]);
      await until(() => sent.length === round);
      await server.kill();
      await until(() => stores.postgresHealth().state === 'down');
    }
    const put = order();
    await stores.outbox.put([put]);
    await server.restart();
    await until(() => sent.includes(put.id));
  });

  it('does a job again that it could not say was done, since Postgres was killed meanwhile (#20)', async () => {
    const stderr = jest.spyOn(process.stderr, 'write');
    const trace = jest.spyOn(console, 'trace').mockReturnValue();
    const stores = await open();
    await stores.whenUp();
    let tries = 0;
    const send: QueueTask = async () => {
      if (++tries === 1) await server.kill();
    };
    const lines: string[] = [];
    stores.queue.start({ tasks: { send, 'sms-turn': nothing }, concurrency: 2, log: (line) => lines.push(line) });
    await stores.outbox.put([order()]);
    await until(() => tries === 1 && stores.postgresHealth().state === 'down');
    await server.restart();
    await until(() => tries === 2);
    expect(lines).toContainEqual(expect.stringContaining('Failed to release job'));
    expect(lines.filter((line) => line.includes('\n'))).toEqual([]);
    expect([trace.mock.calls, stderr.mock.calls]).toEqual([[], []]);
    jest.restoreAllMocks();
  });

  it('writes nothing past its log where Postgres goes away while it stops', async () => {
    const trace = jest.spyOn(console, 'trace').mockReturnValue();
    const stores = await open();
    await stores.whenUp();
    stores.queue.start({ tasks: { send: nothing, 'sms-turn': nothing }, concurrency: 2 });
    const holder = await pool.connect();
    holder.on('error', () => undefined);
    await holder.query('BEGIN; LOCK TABLE graphile_worker._private_jobs');
    let waiting = 0;
    while (waiting === 0) {
      await pool.query(`SELECT pg_notify('jobs:insert', '{"count":2}')`);
      await sleep(50);
      waiting = await count('pg_locks WHERE NOT granted');
    }
    const stopped = stores.queue.stop();
    await server.kill();
    await stopped;
    holder.release(true);
    expect(trace.mock.calls).toEqual([]);
    jest.restoreAllMocks();
  });

  it('gives up its jobs in work when its time to stop is over, and others take them', async () => {
    const [hanging, other] = [await open(), await open()];
    await hanging.whenUp();
    let begun = false;
    const hang: QueueTask = async () => {
      begun = true;
      await new Promise(() => undefined);
    };
    hanging.queue.start({ tasks: { send: hang, 'sms-turn': nothing }, concurrency: 1 });
    const put = order();
    await hanging.outbox.put([put]);
    await until(() => begun);
    await hanging.queue.stop(100);
    const sent: string[] = [];
    other.queue.start({ tasks: { send: collect(sent), 'sms-turn': nothing }, concurrency: 1 });
    await until(() => sent.length === 1);
    expect(sent).toEqual([put.id]);
  });
});
