// What it costs to keep call reports (S5, S6), to count segments (S11), and how steady turns are at half of what is possible (S10).
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SegmentedMessage } from 'sms-segments-calculator';
import { segmentsOf } from '../../libs/telephony/src/segments.js';
import { PrivatePostgres } from '../../libs/testing/src/private-postgres.js';
import { startPrivateRedis, type PrivateRedis } from '../../libs/testing/src/private-redis.js';
import { figureOf, jsonOf, median, tableOf, type Figure } from './figures.js';
import { Senders, type Sending } from './senders.js';
import { ServerProcess } from './server-process.js';

const { values: options } = parseArgs({
  args: process.argv.slice(3),
  options: { json: { type: 'boolean', default: false }, quick: { type: 'boolean', default: false } },
});
const effort = options.quick
  ? { rounds: 3, ours: 6_000, nowhere: 12_000, save: 1_500, turns: 4_000, texts: 20_000, theirTexts: 100 }
  : { rounds: 7, ours: 20_000, nowhere: 40_000, save: 4_000, turns: 15_000, texts: 200_000, theirTexts: 500 };

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const sides = ['ours', 'nowhere', 'save'] as const;
type Side = (typeof sides)[number];

const report = {
  path: '/call-reports/mobtexting/bench',
  contentType: 'application/json',
  body: JSON.stringify({
    ...{ bridge: 918068280001, from: 918919520001, to: 918867130001, source: 'OBD', mid: 'camp-#', flow_id: 31 },
    ...{ start_at: '2026-03-04 15:02:10', end_at: '2026-03-04 15:02:24', duration: '21', status: 'ANSWER' },
    recording_url: 'https://media.example/rec/#.mp3',
  }),
  expect: 'OK',
};
const dial = {
  path: '/ussd/africastalking/bench?key=bench-webhook-key',
  contentType: 'application/x-www-form-urlencoded',
  body: 'sessionId=ATUid_#&serviceCode=%2A384%2A1%23&phoneNumber=%2B254#&networkCode=63902&text=',
  expect: 'CON Welcome',
};

interface Bench {
  readonly senders: Senders;
  readonly servers: Readonly<Record<Side, ServerProcess>>;
}

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'ongea-bench-'));
  say('Starting a Postgres that flushes what it commits, a Redis, and three servers …');
  const postgres = await PrivatePostgres.start({ fsync: true });
  const redis = await startPrivateRedis();
  const senders = new Senders();
  const running: ServerProcess[] = [];
  try {
    const servers = await startServers(postgres, redis, folder, running);
    const bench: Bench = { senders, servers };
    const figures = [...(await reports(bench)), await steadiness(bench), ...segments()];
    process.stdout.write(`${options.json ? jsonOf(figures) : tableOf(figures)}\n`);
  } finally {
    senders.stop();
    await Promise.allSettled(running.map((server) => server.stop()));
    await redis.remove();
    await postgres.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function startServers(
  postgres: PrivatePostgres,
  redis: PrivateRedis,
  folder: string,
  running: ServerProcess[],
): Promise<Record<Side, ServerProcess>> {
  const start = async (side: Side): Promise<ServerProcess> => {
    const script =
      side === 'ours' ? '../../dist/apps/server/apps/server/src/main.js' : './servers/our-server-with-store.mjs';
    const server = await ServerProcess.start(new URL(script, import.meta.url), {
      ...{ PORT: '0', HOST: '127.0.0.1', LOG_FORMAT: 'json', LOG_LEVEL: 'info', BENCH_STORE: side },
      ONGEA_CONFIG: new URL('./workspace/ongea.yaml', import.meta.url).pathname,
      ONGEA_DATA_DIR: join(folder, side),
      ONGEA_SECRET: 'the secret of the bench, which guards nothing',
      REDIS_URL: redis.url,
      DATABASE_URL: await postgres.createDatabase(),
    });
    running.push(server);
    return server;
  };
  return { ours: await start('ours'), nowhere: await start('nowhere'), save: await start('save') };
}

const hundred = (server: ServerProcess, requests: number): Sending => ({
  ...report,
  ...{ url: server.url, requests, senders: 100 },
});

/** S5 and S6: each round measures the three servers one after the other, so that a ratio is one of neighbours. */
async function reports({ senders, servers }: Bench): Promise<Figure[]> {
  say('Warming up …');
  for (const side of sides) await senders.rate(hundred(servers[side], effort[side] / 2));
  const rounds: Record<Side, number>[] = [];
  const times: Record<Side, number[]> = { ours: [], nowhere: [], save: [] };
  for (let round = 1; round <= effort.rounds; round++) {
    say(`Call reports, round ${round} of ${effort.rounds} …`);
    const rates = { ours: 0, nowhere: 0, save: 0 };
    for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
      const before = await servers[side].processorTime();
      rates[side] = await senders.rate(hundred(servers[side], effort[side]));
      times[side].push(((await servers[side].processorTime()) - before) / effort[side]);
    }
    rounds.push(rates);
  }
  for (const side of sides) {
    const rate = median(rounds.map((rates) => rates[side])).toFixed(0);
    say(
      `  ${side}: ${rate} reports a second, ${median(times[side]).toFixed(0)} µs of the server's processor time each`,
    );
  }
  const head = { unit: '×', atLeast: true } as const;
  const without = 'call reports kept a second against the same server without a database';
  const save = 'call reports kept a second against repository.save() for each';
  return [
    figureOf(
      { ...head, id: 'S5', what: without, must: 0.35, aim: 0.5 },
      rounds.map((it) => it.ours / it.nowhere),
    ),
    figureOf(
      { ...head, id: 'S6', what: save, must: 4, aim: 6 },
      rounds.map((it) => it.ours / it.save),
    ),
  ];
}

/** S10: first hops with sessions in Redis. */
async function steadiness({ senders, servers }: Bench): Promise<Figure> {
  const sending = { ...dial, url: servers.ours.url, requests: effort.turns, senders: 100 };
  await senders.rate(sending);
  const ratios: number[] = [];
  for (let round = 1; round <= 3; round++) {
    const capacity = await senders.rate(sending);
    const { p50, p99 } = await senders.latencies(sending, capacity / 2);
    say(
      `Turns at ${(capacity / 2).toFixed(0)} a second: half within ${p50.toFixed(2)} ms, 99 % within ${p99.toFixed(2)} ms`,
    );
    ratios.push(p99 / p50);
  }
  const what = 'p99 ÷ p50 of turns, open loop at half of capacity';
  return figureOf({ id: 'S10', what, unit: '×', must: 8, aim: 4 }, ratios);
}

/** S11: texts that differ, so that nothing is remembered. */
function segments(): Figure[] {
  const texts = Array.from({ length: 100 }, (_, n) =>
    `${String(n)} `.padEnd(150, 'Habari ya shamba, bei ya mahindi leo? '),
  );
  const cost = (times: number, count: (text: string) => number): number => {
    let sum = 0;
    const before = process.cpuUsage();
    for (let i = 0; i < times; i++) sum += count(texts[i % texts.length]!);
    if (sum !== times) throw new Error('a text of 150 characters has one segment');
    const { user, system } = process.cpuUsage(before);
    return (user + system) / times;
  };
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round <= effort.rounds; round++) {
    ours.push(cost(effort.texts, (text) => segmentsOf(text).segments));
    theirs.push(cost(effort.theirTexts, (text) => new SegmentedMessage(text).segmentsCount));
  }
  // The first round warms up.
  const [, ...measured] = ours;
  const ratios = theirs.slice(1).map((each, i) => each / measured[i]!);
  say(`Segments: ours ${median(measured).toFixed(2)} µs, sms-segments-calculator ${median(theirs).toFixed(0)} µs`);
  say(`  that is ${median(ratios).toFixed(0)} times as fast`);
  const what = 'segments and encoding of a text of 150 characters';
  return [figureOf({ id: 'S11', what, unit: 'µs', must: 5, aim: 1 }, measured)];
}

await main();
