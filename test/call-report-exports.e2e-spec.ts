import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { ask, environmentKey } from './support/admin.js';
import { Cleanup } from './support/cleanup.js';
import { ReportingServer, type ShownReport } from './support/reporting-server.js';
import { until } from './support/send.js';

const cleanup = new Cleanup();
let server: ReportingServer;

beforeAll(async () => {
  server = await ReportingServer.start(cleanup, ['cells', 'much']);
}, 60_000);
afterAll(() => cleanup.run(), 30_000);

describe('an export', () => {
  const file = (query: string) => ask(server.url, 'GET', `/admin/v1/call-reports/export?${query}`);

  it('holds what the list holds, once read back, with every hostile cell inert (#47)', async () => {
    const cells = [
      '=1+1',
      '+2',
      '-3',
      '@A1',
      "'x",
      '\tt',
      '\rr',
      '\nn',
      'nul\u0000',
      '"q"',
      'a,b',
      'line\r\nline',
      '\\.',
      'ok',
    ];
    for (const [i, queue] of cells.entries()) {
      await server.report('cells', {
        uuid: `c-${i}`,
        caller: '+254700000201',
        disposition: 'BUSY',
        queue,
        billsec: i,
        price: '-1.50',
        currency: 'KES',
      });
    }
    const { items } = await server.list('account=cells&limit=100');
    const csv = await file('account=cells&format=csv');
    expect(csv.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8; header=present',
      'cache-control': 'no-store',
    });
    expect(csv.headers['content-disposition']).toMatch(/^attachment; filename="call-reports-\d{8}T\d{6}Z\.csv"$/);
    expect(csv.body.charCodeAt(0)).toBe('i'.charCodeAt(0));
    const rows: Record<string, string>[] = parse(csv.body, { columns: true, record_delimiter: '\r\n' });
    for (const row of rows) for (const cell of Object.values(row)) expect(cell).toMatch(/^(?![=+\-@\t\r\n])/);
    expect(rows.map(readBack)).toEqual(items.map(flat));
    const ndjson = await file('account=cells&format=ndjson');
    expect(ndjson.contentType).toBe('application/x-ndjson; charset=utf-8');
    expect(
      ndjson.body
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual(items.map(({ raw: _, ...record }) => record));
  });

  it('writes msisdns that can be dialled', async () => {
    const csv = await file('account=cells&format=csv&numbers=digits&zone=Africa/Nairobi');
    const rows: Record<string, string>[] = parse(csv.body, { columns: true, record_delimiter: '\r\n' });
    const row = rows[0];
    expect(row!['from']).toBe('254700000201');
    expect(row!['receivedAt']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?\+03:00$/);
  });

  it('waits for a reader that is slow, and ends with one that goes away', async () => {
    await server.services.query(`
      INSERT INTO call_reports (id, received_at, sort_at, provider, account, status, final, matched, raw, campaign_id)
      SELECT gen_random_uuid(), now(), now(), 'generic', 'much', 'busy', true, false, '{}', repeat('x', 200)
      FROM generate_series(1, 100000)`);
    const options = { headers: { authorization: `Bearer ${environmentKey}` } };
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      httpRequest(`${server.url}/admin/v1/call-reports/export?account=much&format=csv`, options, resolve)
        .on('error', reject)
        .end();
    });
    response.on('error', () => undefined);
    const running = async () =>
      (await server.services.query(`SELECT 1 FROM pg_stat_activity WHERE query LIKE 'COPY%' AND state = 'active'`))
        .length;
    const waits = `SELECT 1 FROM pg_stat_activity WHERE query LIKE 'COPY%' AND wait_event = 'ClientWrite'`;
    await until(
      async () => (await server.services.query(waits)).length === 1,
      10_000,
      'a copy that waits for its reader',
    );
    response.destroy();
    await until(async () => (await running()) === 0, 10_000, 'the end of the copy');
    expect((await file('account=nobody&format=csv')).status).toBe(200);
    const head = await ask(server.url, 'HEAD', '/admin/v1/call-reports/export?account=much&format=csv');
    expect([head.status, head.body]).toEqual([200, '']);
    await until(async () => (await running()) === 0, 10_000, 'the end of the copy');
  });
});

/** A record of the list as the cells of a row. */
function flat({ raw, cost, review, ...record }: ShownReport): Record<string, string> {
  const { tags, ...reviewed } = review as Record<string, unknown>;
  const dotted = (name: string, fields: object): [string, unknown][] =>
    Object.entries(fields).map(([field, value]) => [`${name}.${field}`, value]);
  expect(raw).toBeDefined();
  const all = [
    ...Object.entries(record),
    ...dotted('cost', cost ?? { amount: null, currency: null }),
    ...dotted('review', { ...reviewed, tags: JSON.stringify(tags) }),
  ];
  return Object.fromEntries(all.map(([field, value]) => [field, cellOf(value)]));
}

function cellOf(value: unknown): string {
  if (value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A row without the one apostrophe of its cells, times as the list has them. */
function readBack(row: Record<string, string>): Record<string, string> {
  const cells = Object.entries(row).map(([field, cell]) => {
    const text = cell.replace(/^'/, '');
    return [field, /(?:At|\.at)$/.test(field) && text !== '' ? new Date(text).toISOString() : text];
  });
  return Object.fromEntries(cells) as Record<string, string>;
}
