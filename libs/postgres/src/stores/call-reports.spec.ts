import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import type { CallReport, CallReportDetail } from '@app/reporting';
import { PrivatePostgres } from '@app/testing';
import { Database } from '../database.js';
import { insertRows } from '../insert-rows.js';
import { PostgresStores } from '../postgres-stores.js';
import { callReportRow, callReportRows } from './call-reports.js';

const began = Date.UTC(2026, 2, 4, 9);
const day = 86_400_000;
let server: PrivatePostgres;
let folder: string;
let stores: PostgresStores;
let database: Database;
let ticks = 0;

beforeAll(async () => {
  server = await PrivatePostgres.start();
  folder = await mkdtemp(join(tmpdir(), 'ongea-calls-'));
  const url = await server.createDatabase();
  stores = await PostgresStores.open({ url, spoolFolder: join(folder, 'spool') });
  await stores.whenUp();
  database = new Database(url);
});

afterAll(async () => {
  await database.close();
  await stores.close();
  await server.close();
  await rm(folder, { recursive: true });
});

/** An account of its own for each test, so that its records are found by it. */
function reporter(account: string) {
  return (fields: Partial<CallReport> = {}, later = 0): CallReport => {
    const msecs = began + ++ticks + later;
    return {
      ...{ id: uuidv7({ msecs }), provider: 'mobtexting', account, status: 'unknown', final: false, matched: false },
      ...{ receivedAt: new Date(msecs), raw: { tick: ticks }, identity: 'call-1' },
      ...fields,
    };
  };
}

const keep = (report: CallReport) => stores.callReports.keepCallReport(report);

async function records(account: string): Promise<CallReportDetail[]> {
  const order = { by: 'receivedAt', descending: true } as const;
  const { items } = await stores.callReportQueries.list({ provider: 'mobtexting', account }, order, { limit: 50 });
  const details = await Promise.all(items.map(({ id }) => stores.callReportQueries.get(id)));
  return details.map((detail) => detail!);
}

async function insert(...reports: CallReport[]): Promise<void> {
  expect(await insertRows(database, callReportRows, reports.map(callReportRow))).toBe(0);
}

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, index) => permutations(items.toSpliced(index, 1)).map((others) => [item, ...others]));
}

const whole = {
  source: 'OBD',
  externalId: 'camp-0007:1',
  direction: 'outbound',
  from: '+918919520001',
  to: '+918867130001',
  bridge: '+918068280001',
  status: 'answered',
  providerStatus: 'ANSWER',
  hangupCause: 'normal-clearing',
  startedAt: new Date('2026-03-04T09:32:10Z'),
  endedAt: new Date('2026-03-04T09:32:24Z'),
  durationSeconds: 21,
  billableSeconds: 13.5,
  cost: { amount: '6.40', currency: 'KES' },
  campaignId: 'camp-0007',
  flowId: '31',
  recordingUrl: 'https://media.example/rec/1.mp3',
  final: true,
  matched: false,
} as const satisfies Partial<CallReport>;
const newReview = { state: 'new', tags: [], version: 1 };

describe('call reports', () => {
  it('come back as they were kept, for calls that we never placed too (#9)', async () => {
    const { identity, ...kept } = reporter('whole')({
      ...whole,
      raw: { to: 918867130001, nested: { b: [1, null], a: '—' } },
    });
    await keep({ ...kept, identity: identity! });
    const raws = [{ receivedAt: kept.receivedAt, raw: kept.raw }];
    expect(await records('whole')).toEqual([
      { ...kept, review: newReview, raws, history: [], revision: '1-1', reviews: [] },
    ]);
  });

  it('are kept with what odd values leave, the payload whole (#29, #42)', async () => {
    const raw = { start: '0000-00-00', name: 'a\u0000b' };
    await keep(
      reporter('odd')({
        ...{ startedAt: new Date(Date.UTC(12_000, 0)), endedAt: new Date(Number.NaN), durationSeconds: Infinity, raw },
        ...{ billableSeconds: -3, cost: { amount: '1e9' }, from: '9'.repeat(9_000), to: 'x\u0000y\udc00' },
      }),
    );
    const [found] = await records('odd');
    expect(found).toMatchObject({ billableSeconds: -3, to: 'xy', raw: { start: '0000-00-00', name: 'ab' } });
    for (const field of ['startedAt', 'endedAt', 'durationSeconds', 'cost']) expect(found).not.toHaveProperty(field);
    expect(found!.from).toHaveLength(256);
  });

  it('change nothing when repeated after a minute, a day, a week or a year (#2)', async () => {
    const report = reporter('repeated');
    const [first, second] = [report({ status: 'answered' }), report({ status: 'completed', final: true })];
    await keep(first);
    await keep(second);
    const before = await records('repeated');
    for (const later of [60_000, day, 7 * day, 400 * day]) {
      for (const { raw, status, final } of [first, second]) await keep(report({ raw, status, final }, later));
    }
    expect(await records('repeated')).toEqual(before);
    expect(before).toHaveLength(1);
  });

  it('make one record when the same comes a hundred times at once over several connections (#1)', async () => {
    const report = reporter('parallel');
    const raw = { same: true };
    await Promise.all(Array.from({ length: 20 }, () => insert(...Array.from({ length: 5 }, () => report({ raw })))));
    expect(await records('parallel')).toMatchObject([{ raws: [{ raw }], history: [] }]);
  });

  it('of no known call are the same only with the same payload, whatever the order of its keys', async () => {
    const report = reporter('anonymous');
    const { identity, ...anonymous } = report();
    const payloads = [
      { a: 1, b: { c: 2, d: 3 } },
      { b: { d: 3, c: 2 }, a: 1 },
      { a: 1, b: { c: 2, d: 4 } },
    ];
    for (const raw of payloads) await keep({ ...anonymous, id: report().id, raw });
    expect(identity).toBe('call-1');
    expect(await records('anonymous')).toHaveLength(2);
  });

  it('of another account are of another call', async () => {
    await insert(reporter('one')(), reporter('two')());
    expect(await records('one')).toHaveLength(1);
    expect(await records('two')).toHaveLength(1);
  });
});

describe('a later report of the same call', () => {
  it('replaces what it says, keeps what it leaves out, and the rest goes to the history (#10)', async () => {
    const report = reporter('corrected');
    const first = report({ ...whole, final: true });
    const later = report({ status: 'answered', providerStatus: 'ANSWER', durationSeconds: 25, final: true });
    await keep(first);
    await keep(later);
    const { identity, ...kept } = first;
    expect(identity).toBe('call-1');
    expect(await records('corrected')).toEqual([
      {
        ...kept,
        ...{ durationSeconds: 25, raw: later.raw, review: newReview },
        raws: [first, later].map(({ receivedAt, raw }) => ({ receivedAt, raw })),
        history: [{ replacedAt: later.receivedAt, fields: { durationSeconds: 21 } }],
        ...{ revision: '1-2', reviews: [] },
      },
    ]);
  });

  it('that says nothing new makes no history, though its payload stays', async () => {
    const report = reporter('equal');
    await keep(report({ ...whole, raw: { attempt: 1 } }));
    await keep(report({ ...whole, cost: { amount: '6.4', currency: 'KES' }, raw: { attempt: 2 } }));
    expect(await records('equal')).toMatchObject([{ raws: [{}, {}], history: [], raw: { attempt: 2 } }]);
  });

  it('does not undo a final one, and may say what that left out', async () => {
    const report = reporter('final');
    await keep(report({ status: 'completed', final: true }));
    await keep(report({ status: 'answered', final: false, campaignId: 'c1' }));
    expect(await records('final')).toMatchObject([{ status: 'completed', final: true, campaignId: 'c1', history: [] }]);
  });

  it('without any word on the status leaves that as it is', async () => {
    const report = reporter('silent');
    await keep(report({ status: 'busy', providerStatus: 'BUSY' }));
    await keep(report({ final: true, durationSeconds: 3 }));
    expect(await records('silent')).toMatchObject([{ status: 'busy', providerStatus: 'BUSY', durationSeconds: 3 }]);
  });

  it('makes the call ours once one of them is, and moves it to its start', async () => {
    const report = reporter('matched');
    await keep(report({ matched: true }));
    await keep(report({ startedAt: whole.startedAt, final: true }));
    expect(await records('matched')).toMatchObject([{ matched: true }]);
    const [row]: { sort_at: Date }[] = await stores.dataSource!.query(
      `SELECT sort_at FROM call_reports WHERE account = 'matched'`,
    );
    expect(row!.sort_at).toEqual(whole.startedAt);
  });

  it('leaves the review alone', async () => {
    const report = reporter('reviewed');
    await keep(report());
    await stores.dataSource!.query(
      `UPDATE call_reports SET review_state = 'flagged', review_note = 'rude', review_tags = '{vip}', review_version = 2
       WHERE account = 'reviewed'`,
    );
    await keep(report({ status: 'completed', final: true }));
    const review = { state: 'flagged', note: 'rude', tags: ['vip'], version: 2 };
    expect(await records('reviewed')).toMatchObject([{ status: 'completed', review }]);
  });

  it('gives the same record for every order, in one batch, in many, and over several connections', async () => {
    const report = reporter('model');
    const told = [
      report({ status: 'answered', providerStatus: 'RINGING', campaignId: 'a', from: '+254711082201' }),
      report({ status: 'completed', final: true, durationSeconds: 4 }),
      report({ status: 'missed', campaignId: 'b', durationSeconds: 9, matched: true }),
      report({ status: 'failed', final: true, hangupCause: 'user-busy' }),
    ];
    const ways: ((reports: CallReport[]) => Promise<unknown>)[] = [
      (reports) => insert(...reports),
      async (reports) => {
        for (const one of reports) await insert(one);
      },
      (reports) => Promise.all(reports.map((one) => insert(one))),
    ];
    for (const [way, write] of ways.entries()) {
      for (const [index, order] of permutations(told).entries()) {
        const account = `order-${String(way)}`;
        const id = ({ receivedAt }: CallReport) => uuidv7({ msecs: receivedAt.getTime() });
        await write(order.map((one) => ({ ...one, id: id(one), account, identity: String(index) })));
      }
      const found = await records(`order-${String(way)}`);
      expect(found).toHaveLength(24);
      for (const one of found) {
        expect(one).toMatchObject({
          ...{ status: 'failed', providerStatus: 'RINGING', campaignId: 'b', from: '+254711082201', final: true },
          ...{ durationSeconds: 4, hangupCause: 'user-busy', matched: true, raw: told[3]!.raw },
        });
      }
    }
  });

  it('makes a new record where retention has taken the old one and not yet its key', async () => {
    const report = reporter('forgotten');
    await keep(report({ status: 'answered' }));
    await stores.dataSource!.query(`DELETE FROM call_reports WHERE account = 'forgotten'`);
    await keep(report({ status: 'completed' }));
    await keep(report({ durationSeconds: 7 }));
    expect(await records('forgotten')).toMatchObject([{ status: 'completed', durationSeconds: 7, raws: [{}, {}] }]);
  });
});
