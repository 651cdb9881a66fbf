import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import type { CallReport, CallReportDetail } from '@app/reporting';
import { PrivatePostgres } from '@app/testing';
import { Database } from './database.js';
import { PostgresStores } from './postgres-stores.js';

const hour = 3_600_000;
const now = new Date('2026-06-20T12:00:00Z');
const ago = (hours: number) => new Date(now.getTime() - hours * hour);
const provider = 'africastalking';

let server: PrivatePostgres;
let folder: string;
let stores: PostgresStores;
let database: Database;

beforeAll(async () => {
  server = await PrivatePostgres.start();
  folder = await mkdtemp(join(tmpdir(), 'ongea-reconcile-'));
  const url = await server.createDatabase();
  const forwardEvents = ['call-report'] as const;
  stores = await PostgresStores.open({ url, spoolFolder: join(folder, 'spool'), forwardEvents });
  await stores.whenUp();
  database = new Database(url);
});

afterAll(async () => {
  await database.close();
  await stores.close();
  await server.close();
  await rm(folder, { recursive: true });
});

function report(account: string, receivedAt: Date, fields: Partial<CallReport>): CallReport {
  const id = uuidv7({ msecs: receivedAt.getTime() });
  return {
    ...{ id, provider, account, receivedAt, identity: 'ATVId_1', externalId: 'ATVId_1', matched: false },
    ...{ status: 'answered', final: false, raw: { at: receivedAt.toISOString() } },
    ...fields,
  };
}

const keep = (one: CallReport) => stores.callReports.keepCallReport(one);
const reconcile = () => stores.reconcileCalls(24 * hour, now);

async function records(account: string): Promise<CallReportDetail[]> {
  const order = { by: 'receivedAt', descending: true } as const;
  const { items } = await stores.callReportQueries.list({ provider, account }, order, { limit: 50 });
  return Promise.all(items.map(async ({ id }) => (await stores.callReportQueries.get(id))!));
}

/** A call that we placed so long ago, and that the provider took. */
async function placed(account: string, call: string, at: Date): Promise<void> {
  const id = uuidv7({ msecs: at.getTime() });
  const [from, to] = ['+254711082000', '+254700000201'];
  await stores.outbox.put([{ kind: 'call', id, provider, account, from, to, createdAt: at }]);
  await database.query({ text: `UPDATE outbox SET state = 'sent', external_id = $2, updated_at = $3 WHERE id = $1` }, [
    id,
    call,
    at,
  ]);
}

/** A call that we spoke in. */
async function spoken(account: string, call: string, time: Date): Promise<void> {
  const at = time.getTime();
  stores.turns.note({
    ...{ id: uuidv7({ msecs: at }), session: `${account} ${call}`, provider, account, channel: 'voice' },
    ...{
      sessionKey: `ongea:{voice:${provider}:${account}:${call}}`,
      caller: '+254700000202',
      dialog: 'd',
      version: 'v',
    },
    ...{ refused: false, ended: false, turn: 1, reply: 'Hello', outcome: 'reply', durationMs: 3 },
    ...{ startedAt: at, at, expiresAt: at },
  });
  await stores.turns.flush();
}

describe('calls that never get a final report', () => {
  it('are closed where a report has come, and keep what it said', async () => {
    await keep(report('begun', ago(30), { from: '+254700000201' }));
    expect(await reconcile()).toBe(1);
    expect(await records('begun')).toMatchObject([
      { final: true, status: 'answered', from: '+254700000201', raw: { reconciled: true, since: expect.any(String) } },
    ]);
  });

  it('are left alone while something is still heard of them', async () => {
    await keep(report('lively', ago(30), {}));
    await keep(report('lively', ago(2), { durationSeconds: 5 }));
    await keep(report('young', ago(3), {}));
    expect(await reconcile()).toBe(0);
    expect(await records('lively')).toMatchObject([{ final: false }]);
  });

  it('become a record where we placed them', async () => {
    await placed('placed', 'ATVId_2', ago(30));
    await placed('placed', 'ATVId_3', ago(3));
    expect(await reconcile()).toBe(1);
    expect(await records('placed')).toMatchObject([
      {
        ...{ externalId: 'ATVId_2', direction: 'outbound', from: '+254711082000', to: '+254700000201' },
        ...{ status: 'unknown', final: true, matched: true, raw: { reconciled: true } },
      },
    ]);
  });

  it('become a record where we spoke in them, once', async () => {
    await spoken('spoken', 'ATVId_4', ago(30));
    await placed('spoken', 'ATVId_5', ago(30));
    await spoken('spoken', 'ATVId_5', ago(30));
    expect(await reconcile()).toBe(2);
    expect((await records('spoken')).map(({ externalId, direction }) => [externalId, direction]).sort()).toEqual([
      ['ATVId_4', 'inbound'],
      ['ATVId_5', 'outbound'],
    ]);
  });

  it('are closed once', async () => {
    expect(await reconcile()).toBe(0);
  });

  it('are sent on like every other report, merged or new', async () => {
    await keep(report('told', ago(30), { identity: 'ATVId_6', externalId: 'ATVId_6' }));
    await placed('told', 'ATVId_7', ago(30));
    await spoken('told', 'ATVId_8', ago(30));
    await database.query({ text: 'DELETE FROM graphile_worker._private_jobs' }, []);
    expect(await reconcile()).toBe(3);
    const told = await database.query<{ id: string; event: string }>(
      { text: `SELECT payload ->> 'id' AS id, payload ->> 'event' AS event FROM graphile_worker._private_jobs` },
      [],
    );
    expect(told.every(({ event }) => event === 'call-report')).toBe(true);
    expect(told.map(({ id }) => id).sort()).toEqual((await records('told')).map(({ id }) => id).sort());
  });

  it('give way to a final report that comes late after all', async () => {
    const raw = { late: true };
    await keep(report('begun', ago(-1), { final: true, status: 'completed', durationSeconds: 42, raw }));
    await keep(
      report('placed', ago(-1), {
        ...{ identity: 'ATVId_2', externalId: 'ATVId_2' },
        final: true,
        status: 'busy',
        raw,
      }),
    );
    expect(await records('begun')).toMatchObject([{ final: true, status: 'completed', durationSeconds: 42, raw }]);
    const [busy, ...more] = await records('placed');
    expect(more).toEqual([]);
    expect(busy).toMatchObject({ status: 'busy', to: '+254700000201', raw });
    expect(busy?.raws).toHaveLength(2);
  });
});
