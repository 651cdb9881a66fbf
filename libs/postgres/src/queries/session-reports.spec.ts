import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v7 as uuid } from 'uuid';
import type { InboxFilter, InboxRecord, SessionReport, SessionReportFilter } from '@app/reporting';
import { PrivatePostgres, readPages } from '@app/testing';
import { PostgresStores } from '../postgres-stores.js';

const began = Date.UTC(2026, 2, 4, 20, 30);
let server: PrivatePostgres;
let folder: string;
let stores: PostgresStores;

beforeAll(async () => {
  server = await PrivatePostgres.start();
  folder = await mkdtemp(join(tmpdir(), 'ongea-report-queries-'));
  stores = await PostgresStores.open({ url: await server.createDatabase(), spoolFolder: join(folder, 'spool') });
  await stores.whenUp();
});

afterAll(async () => {
  await stores.close();
  await server.close();
  await rm(folder, { recursive: true });
});

function report(account: string, minutes: number, fields: Partial<SessionReport> = {}): SessionReport {
  const receivedAt = new Date(began + minutes * 60_000);
  const id = uuid({ msecs: receivedAt.getTime() });
  return {
    ...{ id, provider: 'africastalking', account, sessionId: `S-${id}`, status: 'completed', receivedAt, raw: { id } },
    ...fields,
  };
}

const keep = (reports: readonly SessionReport[]) =>
  Promise.all(reports.map((each) => stores.sessionReports.keepSessionReport(each)));
const queries = () => stores.sessionReportQueries;

describe('the list of session reports', () => {
  it('gives them as they were kept, the same pages both ways', async () => {
    const account = 'pages';
    const whole = report(account, 9, {
      ...{ caller: '+254711082201', serviceCode: '*384#', networkCode: '63902', providerStatus: 'Success', hops: 3 },
      ...{ cost: { amount: '0.50', currency: 'KES' }, durationMs: 14_000, lastReply: 'Bye', errorMessage: 'none' },
      ...{ input: '1*•••', occurredAt: new Date(began) },
    });
    const others = Array.from({ length: 8 }, (_, i) => report(account, Math.floor(i / 2)));
    await keep([whole, ...others]);
    const { forwards, backwards } = await readPages((page) => queries().list({ account }, page), 3);
    expect(forwards).toHaveLength(9);
    expect(forwards[0]).toEqual(whole);
    expect(backwards).toEqual(forwards);
  });

  it('finds reports by each of its filters', async () => {
    const account = 'filters';
    const one = report(account, 0, {
      status: 'failed',
      caller: '+254711082201',
      serviceCode: '*1#',
      networkCode: '63902',
    });
    const two = report(account, 5, { caller: '+254711082202', serviceCode: '*2#', networkCode: '63903' });
    await keep([one, two]);
    const ids = async (filter: SessionReportFilter) =>
      (await queries().list({ account, ...filter }, { limit: 9 })).items.map(({ id }) => id);
    expect(await ids({})).toEqual([two.id, one.id]);
    expect(await ids({ provider: 'kairos' })).toEqual([]);
    const { sessionId, caller = '' } = one;
    const fields = { status: 'failed', sessionId, caller, serviceCode: '*1#', networkCode: '63902' };
    for (const [name, value] of Object.entries(fields)) expect(await ids({ [name]: value })).toEqual([one.id]);
    expect(await ids({ received: { before: two.receivedAt } })).toEqual([one.id]);
    expect(await ids({ received: { after: two.receivedAt } })).toEqual([two.id]);
  });
});

describe('the count of session reports', () => {
  const account = 'stats';
  const stats = (by: 'status' | 'networkCode' | 'hour' | 'day', zone = 'UTC') => queries().stats({ account }, by, zone);

  beforeAll(() =>
    keep([
      report(account, 0, {
        durationMs: 1_000,
        hops: 1,
        cost: { amount: '0.40', currency: 'KES' },
        networkCode: '63902',
      }),
      report(account, 20, {
        durationMs: 2_000,
        hops: 4,
        cost: { amount: '1.10', currency: 'KES' },
        networkCode: '63902',
      }),
      report(account, 60, { cost: { amount: '2' }, networkCode: '63902' }),
      report(account, 61, { status: 'incomplete' }),
    ]),
  );

  it('is by any of its keys, the largest first', async () => {
    expect(await stats('status')).toEqual([
      {
        ...{ key: 'completed', count: 3, completed: 3, meanDurationMs: 1_500, meanHops: 2.5 },
        cost: { KES: '1.50', XXX: '2' },
      },
      { key: 'incomplete', count: 1, completed: 0, meanDurationMs: null, meanHops: null, cost: {} },
    ]);
    expect((await stats('networkCode')).map(({ key, count }) => [key, count])).toEqual([
      ['63902', 3],
      [null, 1],
    ]);
  });

  it('cuts hours and days by the clocks of the zone', async () => {
    const keys = async (by: 'hour' | 'day', zone: string) =>
      (await stats(by, zone)).map(({ key, count }) => [key, count]);
    expect(await keys('hour', 'UTC')).toEqual([
      ['2026-03-04T20:00:00+00:00', 2],
      ['2026-03-04T21:00:00+00:00', 2],
    ]);
    expect(await keys('hour', 'Asia/Kolkata')).toEqual([
      ['2026-03-05T02:00:00+05:30', 2],
      ['2026-03-05T03:00:00+05:30', 2],
    ]);
    expect(await keys('day', 'Africa/Nairobi')).toEqual([
      ['2026-03-04', 2],
      ['2026-03-05', 2],
    ]);
    await expect(stats('day', 'Mars/Olympus')).rejects.toThrow(RangeError);
  });
});

describe('the inbox', () => {
  const inbox = () => stores.inboxQueries;

  function record(account: string, minutes: number, fields: Partial<InboxRecord> = {}): InboxRecord {
    const receivedAt = new Date(began + minutes * 60_000);
    return {
      ...{ id: uuid({ msecs: receivedAt.getTime() }), route: `POST /sms/africastalking/${account}`, account },
      ...{
        provider: 'africastalking',
        state: 'kept',
        reason: 'event-unreadable',
        receivedAt,
        body: Buffer.from('a=1'),
      },
      ...fields,
    };
  }

  it('finds records by each of its filters and gives the same pages both ways', async () => {
    const account = 'inbox';
    const all = Array.from({ length: 7 }, (_, i) => record(account, Math.floor(i / 2)));
    const odd = record(account, 9, { state: 'rejected', route: 'POST /events/x', contentType: 'text/plain' });
    for (const each of [...all, odd]) await stores.inbox.keepInbox(each);
    const { forwards, backwards } = await readPages((page) => inbox().list({ account }, page), 3);
    expect(forwards).toHaveLength(8);
    expect(forwards[0]).toEqual({ ...odd, bytes: 3 });
    expect(backwards).toEqual(forwards);
    const found = async (filter: InboxFilter) =>
      (await inbox().list({ account, ...filter }, { limit: 9 })).items.length;
    expect(await found({ state: 'rejected' })).toBe(1);
    expect(await found({ route: 'POST /events/x' })).toBe(1);
    expect(await found({ provider: 'kairos' })).toBe(0);
    expect(await found({ received: { after: odd.receivedAt } })).toBe(1);
    expect(await found({ received: { before: odd.receivedAt } })).toBe(7);
  });

  it('gives the beginning of a long body in lists, and the whole to whoever asks for the record', async () => {
    const body = Buffer.alloc(100_000, 'é');
    const long = record('long', 0, { body });
    await stores.inbox.keepInbox(long);
    const [listed] = (await inbox().list({ account: 'long' }, { limit: 1 })).items;
    expect(listed).toMatchObject({ bytes: 100_000 });
    expect(listed?.body.byteLength).toBe(16_384);
    expect((await inbox().get(long.id))?.body).toEqual(body);
  });

  it('notes that a record was replayed, with one line in the audit log', async () => {
    const kept = record('replayed', 0);
    await stores.inbox.keepInbox(kept);
    await inbox().replayed(kept.id, {
      at: new Date(began),
      actor: 'environment',
      action: 'inbox.replayed',
      subject: kept.id,
    });
    expect(await inbox().get(kept.id)).toMatchObject({ state: 'replayed', reason: 'event-unreadable' });
    expect((await stores.auditLog.list({ action: 'inbox.replayed' }, { limit: 9 })).items).toHaveLength(1);
    for (const id of [uuid(), '0', 'c1a5d4d2-5c9c-4bd7-9df0-6a4c37a1f0aa'])
      expect(await inbox().get(id)).toBeUndefined();
  });
});
