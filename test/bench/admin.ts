// What the list of call reports costs at any depth (S7), and how fast and how lean it is exported (S8).
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { PrivatePostgres } from '../../libs/testing/src/private-postgres.js';
import { figureOf, jsonOf, median, tableOf, type Figure } from './figures.js';
import { exportFigures } from './report-export.js';
import { seedReports } from './report-seed.js';
import { listStatement } from '../../libs/postgres/src/queries/call-reports.js';
import { ServerProcess } from './server-process.js';

const { values: options } = parseArgs({
  args: process.argv.slice(3),
  options: { json: { type: 'boolean', default: false }, rows: { type: 'string', default: '5000000' } },
});
const adminKey = 'the admin key of the bench, which guards nothing'.replaceAll(' ', '-');
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const pageSize = 50;
const deepPage = 1_000;
const rounds = 7;
const requestsEach = 15;

interface Page {
  readonly items: readonly { readonly id: string }[];
  readonly nextCursor: string | null;
}

async function main(): Promise<void> {
  const rows = Number(options.rows);
  if (!(rows >= 100_000 && rows <= 50_000_000)) throw new Error('--rows is a number from 100000 to 50000000');
  const dataDir = await mkdtemp(join(tmpdir(), 'ongea-bench-'));
  const postgres = await PrivatePostgres.start({
    settings: {
      shared_buffers: '1GB',
      max_wal_size: '8GB',
      maintenance_work_mem: '512MB',
      max_parallel_maintenance_workers: '2',
    },
  });
  let server: ServerProcess | undefined;
  const databaseUrl = await postgres.createDatabase();
  const client = new Client({ connectionString: databaseUrl });
  try {
    const until = new Date();
    const seconds = await seedReports(databaseUrl, { reports: rows, days: 90, until }, say);
    say(`${rows} call reports of 90 days, keys and indexes included, in ${seconds.toFixed(0)} s`);
    await client.connect();
    server = await ServerProcess.start(new URL('../../dist/apps/server/apps/server/src/main.js', import.meta.url), {
      ...environment(dataDir),
      DATABASE_URL: databaseUrl,
    });
    const figures = [
      ...(await pages(server.url, client)),
      ...(await exportFigures({ server, client, adminKey, rows, until, days: 90, say })),
    ];
    process.stdout.write(`${options.json ? jsonOf(figures) : tableOf(figures)}\n`);
  } finally {
    await server?.stop();
    await client.end();
    await postgres.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

function environment(dataDir: string): Record<string, string> {
  return {
    PORT: '0',
    HOST: '127.0.0.1',
    LOG_FORMAT: 'json',
    ONGEA_CONFIG: new URL('./workspace/ongea.yaml', import.meta.url).pathname,
    ONGEA_DATA_DIR: dataDir,
    ONGEA_SECRET: 'the secret of the bench, which guards nothing',
    ONGEA_ADMIN_KEY: adminKey,
  };
}

/** S7: page 1 and page 1000 in turns, and what Postgres touches for each. */
async function pages(url: string, client: Client): Promise<Figure[]> {
  const first = `limit=${pageSize}`;
  const cursor = await cursorOf(url, deepPage);
  const deep = `${first}&cursor=${cursor}`;
  for (let i = 0; i < 20; i++) for (const query of [first, deep]) await list(url, query);
  const ratios: number[] = [];
  const took = { first: [] as number[], deep: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    const [one, other] = [[] as number[], [] as number[]];
    for (let i = 0; i < requestsEach; i++) {
      one.push(await timed(url, first));
      other.push(await timed(url, deep));
    }
    ratios.push(median(other) / median(one));
    took.first.push(median(one));
    took.deep.push(median(other));
  }
  say(`Page 1 in ${median(took.first).toFixed(2)} ms, page ${deepPage} in ${median(took.deep).toFixed(2)} ms`);
  const touched = await pagesTouched(client, cursor);
  return [
    figureOf(
      { id: 'S7', what: `page ${deepPage} of the call-report list against page 1`, unit: '×', must: 1.2, aim: 1 },
      ratios,
    ),
    figureOf({ id: 'S7', what: `pages of Postgres touched by page ${deepPage}`, unit: '', must: 200, aim: 40 }, [
      touched,
    ]),
  ];
}

async function timed(url: string, query: string): Promise<number> {
  const began = performance.now();
  const page = await list(url, query);
  if (page.items.length !== pageSize) throw new Error('a page is not full');
  return performance.now() - began;
}

/** In large steps, since a cursor is not bound to the size of a page. */
async function cursorOf(url: string, page: number): Promise<string> {
  let [left, cursor] = [(page - 1) * pageSize, ''];
  while (left > 0) {
    const limit = Math.min(500, left);
    const { nextCursor } = await list(url, `limit=${limit}${cursor === '' ? '' : `&cursor=${cursor}`}`);
    if (nextCursor === null) throw new Error(`there is no page ${page}`);
    cursor = nextCursor;
    left -= limit;
  }
  return cursor;
}

async function list(url: string, query: string): Promise<Page> {
  const answer = await fetch(`${url}/admin/v1/call-reports?${query}`, {
    headers: { authorization: `Bearer ${adminKey}` },
  });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  return (await answer.json()) as Page;
}

interface Plan {
  readonly Plan: { readonly 'Shared Hit Blocks': number; readonly 'Shared Read Blocks': number };
  readonly 'Execution Time': number;
}

async function pagesTouched(client: Client, cursor: string): Promise<number> {
  const [, , value = '', id = ''] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as string[];
  const from = { position: { value, id }, towards: 'next' } as const;
  const { text, values } = listStatement({}, { by: 'startedAt', descending: true }, { limit: pageSize, from });
  const explained = await client.query<{ 'QUERY PLAN': Plan[] }>(`EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`, [
    ...values,
  ]);
  const [plan] = explained.rows[0]!['QUERY PLAN'];
  return plan!.Plan['Shared Hit Blocks'] + plan!.Plan['Shared Read Blocks'];
}

await main();
