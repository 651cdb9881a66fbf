import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PassThrough } from 'node:stream';
import { Client } from 'pg';
import { seedCallReports } from '@app/postgres';
import { PrivatePostgres } from '@app/testing';
import { run } from '../program.js';

let postgres: PrivatePostgres;
let url: string;

beforeAll(async () => {
  postgres = await PrivatePostgres.start();
  url = await postgres.createDatabase();
}, 30_000);

afterAll(() => postgres.close());

async function ongea(words: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const code = await run(['seed', ...words], { stdin, stdout, stderr, env: { DATABASE_URL: url, ...env } });
  return { code, stdout: String(stdout.read() ?? ''), stderr: String(stderr.read() ?? '') };
}

async function query(text: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

describe('ongea seed', () => {
  it('fills an empty database with as many reports as were asked for, each with its key and in a month of its own', async () => {
    const seeded = await ongea(['--reports', '12345', '--days', '60', '--json']);
    expect(seeded).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(seeded.stdout)).toMatchObject({ reports: 12_345, days: 60 });
    const counted = `
      SELECT count(*)::int AS reports, count(DISTINCT c.id)::int AS ids, count(k.record_id)::int AS keys,
        (max(c.received_at) - min(c.received_at) < interval '60 days') AS within,
        (SELECT count(*)::int FROM call_reports_default) AS unsorted
      FROM call_reports AS c LEFT JOIN report_keys AS k ON k.record_id = c.id`;
    expect(await query(counted)).toEqual([{ reports: 12_345, ids: 12_345, keys: 12_345, within: true, unsorted: 0 }]);
    const sound = `
      SELECT count(*)::int AS n FROM call_reports
      WHERE date_trunc('milliseconds', received_at) = received_at AND sort_at = started_at
        AND ('x' || substr(replace(id::text, '-', ''), 1, 12))::bit(48)::bigint = (extract(epoch FROM received_at) * 1000)::bigint`;
    expect(await query(sound)).toEqual([{ n: 12_345 }]);
    expect((await ongea(['--reports', '10'])).stdout).toMatch(
      /^10 call reports of the account mobtexting\/demo in .* s\.\n$/,
    );
  });

  it('tells how far it is', async () => {
    const told: number[] = [];
    const onProgress = (done: number): void => void told.push(done);
    await seedCallReports(await postgres.createDatabase(), { reports: 25_000, days: 1, until: new Date(), onProgress });
    expect([told.length, told.at(-1)]).toEqual([3, 25_000]);
  });

  it.each([
    [['--reports', 'many'], {}, '--reports is a whole number'],
    [['--reports', '10', '--days', '0'], {}, '--days is a whole number'],
    [['--reports', '10'], { NODE_ENV: 'production' }, 'do not belong there'],
    [[], {}, '--reports'],
  ])('refuses %p with %p', async (words, env, why) => {
    const { code, stderr } = await ongea(words, env);
    expect([code, stderr]).toEqual([2, expect.stringContaining(why)]);
  });
});
