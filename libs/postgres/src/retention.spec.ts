import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import type { CallReport, TurnEntry } from '@app/reporting';
import { PrivatePostgres } from '@app/testing';
import { Database } from './database.js';
import { makePartitions } from './partitions.js';
import { PostgresStores } from './postgres-stores.js';
import { applyRetention, type RetentionPeriods } from './retention.js';

const day = 86_400_000;
const now = new Date('2026-06-20T12:00:00Z');
const all: RetentionPeriods = {
  ...{ callReports: 90 * day, deliveryEvents: 90 * day, messages: 90 * day },
  ...{ transcripts: 90 * day, inbox: 90 * day, sessionReports: 90 * day },
};
const none = { partitions: 0, rows: 0 };
// The months of the partitions: what is older is in the default one. Kept is what came from 2026-03-22 12:00 on.
const times = ['2025-12-31', '2026-01-15', '2026-02-15', '2026-03-02', '2026-03-22T11:59:59Z', '2026-03-22T12:00:00Z'];

let server: PrivatePostgres;
let folder: string;
let stores: PostgresStores;
let database: Database;
let client: Client;

beforeAll(async () => {
  server = await PrivatePostgres.start();
  folder = await mkdtemp(join(tmpdir(), 'ongea-retention-'));
});

afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

async function withDatabase(work: () => Promise<void>): Promise<void> {
  const url = await server.createDatabase();
  stores = await PostgresStores.open({ url, spoolFolder: await mkdtemp(join(folder, 'spool-')) });
  await stores.whenUp();
  const runner = stores.dataSource!.createQueryRunner();
  await makePartitions(runner, new Date('2026-01-01'), 5);
  await runner.release();
  database = new Database(url);
  client = new Client(url);
  await client.connect();
  try {
    await work();
  } finally {
    await client.end();
    await database.close();
    await stores.close();
  }
}

const made = (time: string) => ({ id: uuidv7({ msecs: Date.parse(time) }), receivedAt: new Date(time) });
const common = { provider: 'africastalking', account: 'demo', raw: {} };

function report(time: string, fields: Partial<CallReport> = {}): CallReport {
  return { ...made(time), ...common, status: 'answered', final: true, matched: false, identity: time, ...fields };
}

async function keepOneOfEach(time: string): Promise<void> {
  await stores.callReports.keepCallReport(report(time));
  const aMomentLater = new Date(Date.parse(time) + 1).toISOString();
  await stores.callReports.keepCallReport(
    report(aMomentLater, { status: 'busy', identity: time, raw: { again: true } }),
  );
  await stores.deliveryEvents.keepDeliveryEvent({
    ...{ ...made(time), ...common, externalId: time, status: 'sent', providerStatus: 'Sent' },
  });
  await stores.sessionReports.keepSessionReport({ ...made(time), ...common, sessionId: time, status: 'completed' });
  await stores.notices.keepNotice({ ...made(time), ...common, topic: 'tick' });
  const kept = { state: 'kept', reason: 'none', route: 'POST /', body: Uint8Array.of(1) } as const;
  await stores.inbox.keepInbox({ ...made(time), provider: 'kairos', account: 'demo', ...kept });
  stores.turns.note(turn(time));
  await stores.turns.flush();
}

function turn(time: string): TurnEntry {
  const at = Date.parse(time);
  return {
    ...{ id: made(time).id, session: time, sessionKey: time, channel: 'ussd', provider: 'kairos', account: 'demo' },
    ...{
      caller: '+254711082201',
      dialog: 'shamba',
      version: '1',
      refused: false,
      turn: 1,
      reply: 'Hi',
      outcome: 'end',
    },
    ...{ ended: true, durationMs: 1, startedAt: at, at, expiresAt: at },
  };
}

async function count(table: string): Promise<number> {
  const { rows } = await client.query<{ count: string }>(`SELECT count(*) FROM ${table}`);
  return Number(rows[0]?.count);
}

async function partitions(table: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT relname AS name FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
     WHERE inhparent = '${table}'::regclass ORDER BY 1`,
  );
  return rows.map(({ name }) => name.slice(table.length + 1)).filter((name) => name < '2026_04');
}

describe('retention', () => {
  it('drops whole months, removes the rest row by row, and the keys with the records (#57)', () =>
    withDatabase(async () => {
      for (const time of times) await keepOneOfEach(time);
      expect(await count('report_keys')).toBe(3 * times.length);
      const result = await applyRetention(database, all, now);
      const one = { partitions: 2, rows: 3 };
      expect(result).toEqual({
        // Payloads and history too.
        callReports: { partitions: 6, rows: 9 + 3 },
        deliveryEvents: { partitions: 4, rows: 6 },
        messages: { partitions: 2, rows: 0 },
        transcripts: { partitions: 2, rows: 3 + 5 },
        ...{ inbox: one, sessionReports: one },
      });
      const tables = ['call_reports', 'call_report_history', 'delivery_events', 'session_reports', 'notices', 'inbox'];
      for (const table of [...tables, 'turns', 'sessions']) expect([table, await count(table)]).toEqual([table, 1]);
      expect(await count('report_keys')).toBe(3);
      expect(await partitions('call_reports')).toEqual(['2026_03']);
    }));

  it('removes nothing a second time, and lets a repeat of what is gone in as new', () =>
    withDatabase(async () => {
      await keepOneOfEach('2026-01-15');
      await applyRetention(database, all, now);
      expect(Object.values(await applyRetention(database, all, now))).toEqual(Object.keys(all).map(() => none));
      await stores.callReports.keepCallReport(report('2026-06-20', { identity: '2026-01-15' }));
      expect(await count('call_reports')).toBe(1);
    }));

  it('keeps each class for its own time, and the state of a message as long as either needs it', () =>
    withDatabase(async () => {
      await keepOneOfEach('2026-03-02');
      await client.query(`UPDATE delivery_states SET created_at = '2026-03-02', updated_at = '2026-03-02'`);
      const result = await applyRetention(database, { ...all, callReports: 900 * day, messages: 900 * day }, now);
      expect(result).toMatchObject({ callReports: none, deliveryEvents: { rows: 2 } });
      expect([await count('call_reports'), await count('delivery_states'), await count('report_keys')]).toEqual([
        1, 1, 1,
      ]);
      expect(await applyRetention(database, all, now)).toMatchObject({ deliveryEvents: { rows: 1 } });
      expect(await count('delivery_states')).toBe(0);
    }));

  it('leaves a month that is being read for the next run, and holds nobody up (#33)', () =>
    withDatabase(async () => {
      await keepOneOfEach('2026-01-15');
      await client.query('BEGIN; SELECT FROM call_reports');
      expect(await applyRetention(database, all, now)).toMatchObject({ callReports: { partitions: 4 } });
      await client.query('COMMIT');
      expect(await partitions('call_reports')).toContain('2026_01');
      expect(await applyRetention(database, all, now)).toMatchObject({ callReports: { partitions: 2 } });
    }));

  it('removes many rows in batches, and stops between two where it is told to', () =>
    withDatabase(async () => {
      await client.query(
        `INSERT INTO notices (id, received_at, provider, account, topic, raw)
         SELECT gen_random_uuid(), '2026-03-02', 'p', 'a', 't', '{}' FROM generate_series(1, 2500)`,
      );
      expect(await applyRetention(database, all, now, AbortSignal.abort())).toMatchObject({ deliveryEvents: none });
      expect(await count('notices')).toBe(2_500);
      expect(await applyRetention(database, all, now)).toMatchObject({ deliveryEvents: { rows: 2_500 } });
    }));

  it('keeps everything for ever where a period is longer than time', () =>
    withDatabase(async () => {
      await keepOneOfEach('2001-01-01');
      const ever = Number.MAX_SAFE_INTEGER;
      const periods = { callReports: ever, deliveryEvents: ever, messages: ever, transcripts: ever, inbox: ever };
      const result = await applyRetention(database, { ...periods, sessionReports: ever }, now);
      expect(Object.values(result)).toEqual(Object.keys(all).map(() => none));
      expect(await count('call_reports')).toBe(1);
    }));
});
