import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { v7 as uuidv7 } from 'uuid';
import type { CallReport, CallReportFilter, CallReportOrder, KeptCallReport, ReviewChange } from '@app/reporting';
import { PrivatePostgres } from '@app/testing';
import { PostgresStores } from '../postgres-stores.js';

const began = Date.UTC(2026, 2, 4, 9);
const newestFirst: CallReportOrder = { by: 'startedAt', descending: true };
let server: PrivatePostgres;
let folder: string;
let stores: PostgresStores;
let ticks = 0;

beforeAll(async () => {
  server = await PrivatePostgres.start();
  folder = await mkdtemp(join(tmpdir(), 'ongea-call-queries-'));
  stores = await PostgresStores.open({ url: await server.createDatabase(), spoolFolder: join(folder, 'spool') });
  await stores.whenUp();
});

afterAll(async () => {
  await stores.close();
  await server.close();
  await rm(folder, { recursive: true });
});

function report(fields: Partial<CallReport>): CallReport {
  const msecs = began + ++ticks * 60_000;
  const id = uuidv7({ msecs });
  return {
    ...{ id, provider: 'mobtexting', account: 'demo', status: 'answered', final: true, matched: false },
    ...{ receivedAt: new Date(msecs), raw: { tick: ticks }, identity: id },
    ...fields,
  };
}

async function keep(...reports: CallReport[]): Promise<readonly string[]> {
  await Promise.all(reports.map((one) => stores.callReports.keepCallReport(one)));
  return reports.map(({ id }) => id);
}

const queries = () => stores.callReportQueries;
const idsOf = (items: readonly KeptCallReport[]) => items.map(({ id }) => id);

async function found(filter: CallReportFilter, order = newestFirst): Promise<readonly string[]> {
  return idsOf((await queries().list(filter, order, { limit: 100 })).items);
}

describe('the list of call reports', () => {
  it('gives the same pages forwards and backwards in every order, equals and calls without a duration included', async () => {
    const account = 'pages';
    await keep(
      ...Array.from({ length: 23 }, (_, i) =>
        report({
          account,
          startedAt: new Date(began + (i % 4) * 1_000),
          ...(i % 3 === 0 ? {} : { durationSeconds: (i % 5) + 0.5 }),
        }),
      ),
    );
    for (const by of ['startedAt', 'receivedAt', 'durationSeconds'] as const) {
      for (const descending of [true, false]) {
        const order = { by, descending };
        const whole = await queries().list({ account }, order, { limit: 100 });
        expect(new Set(idsOf(whole.items)).size).toBe(23);
        const forwards: (readonly string[])[] = [];
        let page = await queries().list({ account }, order, { limit: 5 });
        expect(page.previous).toBeUndefined();
        for (;;) {
          forwards.push(idsOf(page.items));
          if (page.next === undefined) break;
          page = await queries().list({ account }, order, { limit: 5, from: { position: page.next, towards: 'next' } });
        }
        expect(forwards.flat()).toEqual(idsOf(whole.items));
        const backwards = [forwards.at(-1)!];
        while (page.previous !== undefined) {
          const from = { position: page.previous, towards: 'previous' } as const;
          page = await queries().list({ account }, order, { limit: 5, from });
          backwards.unshift(idsOf(page.items));
        }
        expect(backwards).toEqual(forwards);
      }
    }
  });

  it('puts calls by their beginning, and those without one by their arrival', async () => {
    const account = 'begun';
    const [late, early, never] = await keep(
      report({ account, startedAt: new Date(began + 9_000_000) }),
      report({ account, startedAt: new Date(began - 9_000_000) }),
      report({ account }),
    );
    expect(await found({ account })).toEqual([late, never, early]);
    const started = { after: new Date(began), before: new Date(began + 9_000_000) };
    expect(await found({ account, started })).toEqual([never]);
  });

  it('puts calls without a duration below all others', async () => {
    const account = 'durations';
    const [none, zero, some] = await keep(
      report({ account }),
      report({ account, durationSeconds: 0 }),
      report({ account, durationSeconds: 7.25 }),
    );
    expect(await found({ account }, { by: 'durationSeconds', descending: true })).toEqual([some, zero, none]);
    expect(await found({ account, minDuration: 0, maxDuration: 7 })).toEqual([zero]);
  });

  it('finds by each filter what it names and nothing else', async () => {
    const account = 'filters';
    const [one, other] = await keep(
      report({
        ...{ account, source: 'OBD', direction: 'outbound', status: 'busy', campaignId: 'c-1', flowId: '31' },
        ...{ from: '+254700000201', to: '+254700000202', bridge: '+254700000203', raw: { said: '100% "maize"\\_' } },
      }),
      report({ account, provider: 'generic', from: '+254700000203', raw: { said: '100x maize' } }),
    );
    const only = async (filter: CallReportFilter) => found({ account, ...filter });
    expect(await only({ source: 'OBD' })).toEqual([one]);
    expect(await only({ direction: 'outbound' })).toEqual([one]);
    expect(await only({ status: ['busy', 'missed'] })).toEqual([one]);
    expect(await only({ provider: 'generic' })).toEqual([other]);
    expect(await only({ from: '+254700000201' })).toEqual([one]);
    expect(await only({ to: '+254700000201' })).toEqual([]);
    expect(await only({ number: '+254700000203' })).toEqual([other, one]);
    expect(await only({ campaignId: 'c-1', flowId: '31' })).toEqual([one]);
    expect(await only({ q: '100% "MAIZE"\\_' })).toEqual([one]);
    expect(await only({ q: "'; DROP TABLE call_reports; --" })).toEqual([]);
    expect(await only({ review: 'new' })).toEqual([other, one]);
  });

  it('searches every payload of a call, also those that later ones replaced', async () => {
    const account = 'payloads';
    const identity = 'one call';
    const [first] = await keep(report({ account, identity, raw: { word: 'mahindi' } }));
    await keep(report({ account, identity, raw: { word: 'maharagwe' } }));
    expect(await found({ account, q: 'mahindi' })).toEqual([first]);
  });
});

describe('the review of a call report', () => {
  const at = new Date(began);
  const audit = { at, actor: 'key:1', action: 'report.reviewed', subject: 'x' };
  const by = (state: ReviewChange['state'], more: Partial<ReviewChange> = {}): ReviewChange => ({
    ...{ state, by: 'Wanjiku', at },
    ...more,
  });

  it('changes what it names, keeps what it leaves out, and is audited with it', async () => {
    const [id = ''] = await keep(report({ account: 'reviewed' }));
    await queries().review(id, by('flagged', { note: 'call again', tags: ['price', 'loud'] }), undefined, audit);
    expect(await found({ account: 'reviewed', review: 'flagged', tag: 'loud' })).toEqual([id]);
    const kept = await queries().review(id, by('reviewed'), undefined, { ...audit, subject: id });
    expect(kept).toMatchObject({ review: { state: 'reviewed', note: 'call again', tags: ['price', 'loud'] } });
    const cleared = await queries().review(id, by('new', { note: null, tags: [] }), undefined, audit);
    expect(cleared).toMatchObject({
      review: { state: 'new', tags: [], by: 'Wanjiku', at },
      reviews: [{ state: 'flagged' }, { state: 'reviewed', note: 'call again' }, { state: 'new' }],
      history: [],
    });
    expect(cleared).not.toHaveProperty('review.note');
    const { items } = await stores.auditLog.list({ action: 'report.reviewed' }, { limit: 10 });
    expect(items.map(({ subject }) => subject)).toEqual(['x', id, 'x']);
  });

  it('is refused where somebody else reviewed, or a further report came, since it was read', async () => {
    const [id = ''] = await keep(report({ account: 'stale', identity: 'stale' }));
    const read = (await queries().get(id))!.revision;
    expect(await queries().review(id, by('flagged'), [read, 'another'], audit)).toMatchObject({ id });
    expect(await queries().review(id, by('reviewed'), [read], audit)).toBe('stale');
    const again = (await queries().get(id))!.revision;
    await keep(report({ account: 'stale', identity: 'stale', status: 'completed', raw: { later: true } }));
    expect(await queries().review(id, by('reviewed'), [again], audit)).toBe('stale');
    expect(await queries().get(id)).toMatchObject({ status: 'completed', review: { state: 'flagged' } });
  });

  it('of two at the same moment that both read the same, one is refused', async () => {
    const [id = ''] = await keep(report({ account: 'both' }));
    const { revision } = (await queries().get(id))!;
    const outcomes = await Promise.all(
      ['new', 'flagged'].map(() => queries().review(id, by('flagged'), [revision], audit)),
    );
    expect(outcomes.filter((outcome) => outcome === 'stale')).toHaveLength(1);
  });

  it('knows no report that is not there', async () => {
    expect(await queries().review(uuidv7(), by('new'), undefined, audit)).toBe('unknown');
    expect(await queries().review('5c1f6f0e-6f0a-4c55-9a54-0d6f1b7a2e11', by('new'), undefined, audit)).toBe('unknown');
  });
});

describe('the statistics of call reports', () => {
  it('count answered and completed calls, durations that are known, and costs by currency', async () => {
    const account = 'sums';
    const cost = (amount: string, currency?: string) => ({ cost: { amount, ...(currency && { currency }) } });
    await keep(
      report({ account, status: 'answered', durationSeconds: 10, ...cost('0.10', 'KES') }),
      report({ account, status: 'completed', durationSeconds: 20, ...cost('0.20', 'KES') }),
      report({ account, status: 'busy', ...cost('1', 'INR') }),
      report({ account, status: 'busy', hangupCause: 'user-busy', ...cost('2') }),
    );
    expect(await queries().stats({ account }, 'account', 'UTC')).toEqual([
      {
        ...{ key: account, count: 4, answered: 2, meanDurationSeconds: 15, totalDurationSeconds: 30 },
        cost: { KES: '0.30', INR: '1', XXX: '2' },
      },
    ]);
    const causes = await queries().stats({ account }, 'hangupCause', 'UTC');
    expect(causes.map(({ key, count, meanDurationSeconds }) => [key, count, meanDurationSeconds])).toEqual([
      [null, 3, 15],
      ['user-busy', 1, null],
    ]);
  });

  it('cut hours and days by the clocks of the zone', async () => {
    const account = 'clocks';
    const startedAt = ['2026-03-04T20:59:59Z', '2026-03-04T21:00:00Z', '2026-03-04T21:40:00Z'];
    await keep(...startedAt.map((at) => report({ account, startedAt: new Date(at) })));
    const keys = async (by: 'hour' | 'day', zone: string) =>
      (await queries().stats({ account }, by, zone)).map(({ key, count }) => [key, count]);
    expect(await keys('day', 'Africa/Nairobi')).toEqual([
      ['2026-03-04', 1],
      ['2026-03-05', 2],
    ]);
    expect(await keys('hour', 'Asia/Kolkata')).toEqual([
      ['2026-03-05T02:00:00+05:30', 2],
      ['2026-03-05T03:00:00+05:30', 1],
    ]);
    expect(await keys('hour', 'America/St_Johns')).toEqual([
      ['2026-03-04T17:00:00-03:30', 2],
      ['2026-03-04T18:00:00-03:30', 1],
    ]);
    await expect(queries().stats({ account }, 'day', 'Mars/Olympus')).rejects.toThrow(RangeError);
  });
});

describe('the export of call reports', () => {
  const hostile = [
    '=1+1',
    '+254700000201',
    '-2',
    '@SUM(A1)',
    "'quoted",
    '\ttab',
    '\rreturn',
    '\nline',
    '"',
    ', ";',
    'a\r\nb',
    '\\.',
  ];

  it('makes every hostile cell inert, and a reader that removes one apostrophe has the same texts (#47)', async () => {
    const account = 'hostile';
    const all = [...hostile, 'nul\u0000within', 'harmless'];
    await keep(...all.map((campaignId) => report({ account, campaignId, from: '+254700000201', flowId: '' })));
    const csv = await text(
      await queries().exported({ account }, newestFirst, { format: 'csv', zone: 'UTC', digits: false }),
    );
    expect(csv.split('\r\n').at(-1)).toBe('');
    const rows: Record<string, string>[] = parse(csv, { columns: true, record_delimiter: '\r\n' });
    const { items } = await queries().list({ account }, newestFirst, { limit: 100 });
    expect(rows.map((row) => row.campaignId!.replace(/^'/, ''))).toEqual(items.map(({ campaignId }) => campaignId));
    expect(rows.filter((row) => /^[=+\-@\t\r\n]/.test(row.campaignId!))).toEqual([]);
    expect(new Set(rows.map((row) => row.from))).toEqual(new Set(["'+254700000201"]));
  });

  it('writes numbers as digits where that is asked for, and times as the clocks of the zone show them', async () => {
    const account = 'digits';
    await keep(report({ account, to: '+254700000201', startedAt: new Date('2026-03-04T09:32:10.5Z') }));
    const form = { format: 'csv', zone: 'Africa/Nairobi', digits: true } as const;
    const [row] = parse(await text(await queries().exported({ account }, newestFirst, form)), { columns: true });
    expect(row).toMatchObject({ to: '254700000201', startedAt: '2026-03-04T12:32:10.5+03:00', 'review.tags': '[]' });
    await expect(queries().exported({ account }, newestFirst, { ...form, zone: 'Mars/Olympus' })).rejects.toThrow(
      RangeError,
    );
  });

  it('writes a header, or nothing at all, where there is no report', async () => {
    const file = async (format: 'csv' | 'ndjson') =>
      text(await queries().exported({ account: 'nobody' }, newestFirst, { format, zone: 'UTC', digits: false }));
    expect(await file('csv')).toMatch(
      /^id,provider,account,source,externalId,direction,from,to,bridge,status,.*,review\.at\r\n$/,
    );
    expect(await file('ndjson')).toBe('');
  });

  it('ends its query when its reader goes away, however many do', async () => {
    await stores.dataSource!.query(`
      INSERT INTO call_reports (id, received_at, sort_at, provider, account, status, final, matched, raw)
      SELECT gen_random_uuid(), now(), now(), 'mobtexting', 'many', 'busy', true, false, '{}' FROM generate_series(1, 60000)`);
    const form = { format: 'csv', zone: 'UTC', digits: false } as const;
    for (let reader = 0; reader < 9; reader++) {
      const bytes = await queries().exported({ account: 'many' }, newestFirst, form);
      bytes.once('error', () => undefined);
      bytes.destroy();
    }
    const copies = `SELECT 1 FROM pg_stat_activity WHERE query LIKE 'COPY%' AND state <> 'idle'`;
    for (let wait = 0; (await stores.dataSource!.query(copies)).length > 0; wait++) {
      if (wait === 200) throw new Error('a copy still runs');
      await sleep(20);
    }
  });
});
