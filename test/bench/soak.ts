// Whether the server's memory stays flat over many turns and call reports (scenario #36).
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PrivatePostgres } from '../../libs/testing/src/private-postgres.js';
import { startPrivateRedis } from '../../libs/testing/src/private-redis.js';
import { figureOf, jsonOf, median, tableOf, type Figure } from './figures.js';
import { Senders, type Sending } from './senders.js';
import { ServerProcess } from './server-process.js';

const { values: options } = parseArgs({
  args: process.argv.slice(3),
  options: {
    json: { type: 'boolean', default: false },
    turns: { type: 'string', default: '1000000' },
    reports: { type: 'string', default: '1000000' },
  },
});

const measurings = 40;
const say = (line: string): void => void process.stderr.write(`${line}\n`);

const turn = {
  path: '/ussd/africastalking/bench?key=bench-webhook-key',
  contentType: 'application/x-www-form-urlencoded',
  body: 'sessionId=ATUid_#&serviceCode=%2A384%2A1%23&phoneNumber=%2B254#&networkCode=63902&text=',
  expect: 'CON Welcome',
};
const report = {
  path: '/call-reports/mobtexting/bench',
  contentType: 'application/json',
  body: JSON.stringify({
    ...{ bridge: 918068280001, from: 918919520001, to: 918867130001, source: 'OBD', mid: 'camp-#', flow_id: 31 },
    ...{ start_at: '2026-03-04 15:02:10', end_at: '2026-03-04 15:02:24', duration: '21', status: 'ANSWER' },
  }),
  expect: 'OK',
};

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'ongea-bench-'));
  const postgres = await PrivatePostgres.start();
  const redis = await startPrivateRedis();
  const senders = new Senders();
  let server: ServerProcess | undefined;
  try {
    server = await ServerProcess.start(new URL('../../dist/apps/server/apps/server/src/main.js', import.meta.url), {
      ...{ PORT: '0', HOST: '127.0.0.1', LOG_FORMAT: 'json', LOG_LEVEL: 'info' },
      ONGEA_CONFIG: new URL('./workspace/ongea.yaml', import.meta.url).pathname,
      ONGEA_DATA_DIR: folder,
      ONGEA_SECRET: 'the secret of the bench, which guards nothing',
      REDIS_URL: redis.url,
      DATABASE_URL: await postgres.createDatabase(),
    });
    const figures: Figure[] = [];
    const kinds = [
      ['turns', turn, whole(options.turns)],
      ['call reports', report, whole(options.reports)],
    ] as const;
    for (const [what, sending, requests] of kinds) {
      if (requests === 0) continue;
      figures.push(await soak(what, senders, server, { ...sending, url: server.url, requests, senders: 64 }));
      // Sessions of callers who rang off are the store's to forget, not what is measured.
      await redis.command('FLUSHALL');
    }
    process.stdout.write(`${options.json ? jsonOf(figures) : tableOf(figures)}\n`);
  } finally {
    senders.stop();
    await server?.stop();
    await redis.remove();
    await postgres.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** The last quarter against the second: the first one still warms up. */
async function soak(what: string, senders: Senders, server: ServerProcess, sending: Sending): Promise<Figure> {
  const resident: number[] = [];
  const requests = Math.ceil(sending.requests / measurings);
  for (let n = 1; n <= measurings; n++) {
    await senders.rate({ ...sending, requests });
    resident.push(await server.residentMemory());
    say(`${what}: ${n * requests} of ${measurings * requests}, ${(resident.at(-1)! / 2 ** 20).toFixed(0)} MiB`);
  }
  const quarter = measurings / 4;
  const second = median(resident.slice(quarter, 2 * quarter));
  const ratios = resident.slice(-quarter).map((bytes) => bytes / second);
  const head = `resident memory over ${measurings * requests} ${what}, last quarter against the second`;
  return figureOf({ id: '#36', what: head, unit: '×', must: 1.05, aim: 1 }, ratios);
}

function whole(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 0) throw new Error(`"${text}" is no count`);
  return number;
}

process.env['BENCH_NODE_ARGS'] = '--expose-gc';
await main();
