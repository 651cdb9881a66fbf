// What a USSD turn costs (S1–S4) and what an open session holds (S9), against servers that do less.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startPrivateRedis, type PrivateRedis } from '../../libs/testing/src/private-redis.js';
import { Callers, type Hop, type Target } from './callers.js';
import { figureOf, jsonOf, median, tableOf, type Figure } from './figures.js';
import { ServerProcess } from './server-process.js';

const { values: options } = parseArgs({
  args: process.argv.slice(3),
  options: { json: { type: 'boolean', default: false }, quick: { type: 'boolean', default: false } },
});
const effort = options.quick
  ? { warmUp: 500, rounds: 3, dials: 2_000, conversations: 500, deepRounds: 1, deep: 600 }
  : { warmUp: 3_000, rounds: 7, dials: 6_000, conversations: 1_500, deepRounds: 5, deep: 2_000 };

interface Bench {
  readonly redis: PrivateRedis;
  readonly callers: Callers;
  readonly ours: Target;
  readonly bare: Target;
  readonly builder: Target;
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const codes = { order: '*384*1#', survey: '*384*2#', basket: '*384*3#', longBasket: '*384*4#' };

const conversation: readonly Hop[] = [
  { text: '', expect: 'CON Welcome' },
  { text: '1', expect: 'CON What is your name?' },
  { text: '1*Wanjiku', expect: 'CON How many kg' },
  { text: '1*Wanjiku*1250', expect: 'END Thank you, Wanjiku. A buyer comes for your 1250 kg.' },
];

async function main(): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'ongea-bench-'));
  const redis = await startPrivateRedis();
  const callers = new Callers();
  const servers: ServerProcess[] = [];
  const target = async (script: string, path: string, env: Record<string, string>): Promise<Target> => {
    const server = await ServerProcess.start(new URL(script, import.meta.url), { REDIS_URL: redis.url, ...env });
    servers.push(server);
    return { server, path };
  };
  try {
    say('Starting a Redis and the three servers …');
    const ours = await target(
      '../../dist/apps/server/apps/server/src/main.js',
      '/ussd/africastalking/bench?key=bench-webhook-key',
      ourEnvironment(dataDir),
    );
    const bare = await target('./servers/fastify-redis.mjs', '/ussd', {});
    const builder = await target('./servers/express-menu-builder.mjs', '/ussd', {});
    const bench: Bench = { redis, callers, ours, bare, builder };
    await warmUp(bench);
    const figures = [...(await costs(bench)), await roundTrips(bench), await depth(bench), ...(await memory(bench))];
    process.stdout.write(`${options.json ? jsonOf(figures) : tableOf(figures)}\n`);
  } finally {
    callers.stop();
    await Promise.allSettled(servers.map((server) => server.stop()));
    await redis.remove();
    await rm(dataDir, { recursive: true, force: true });
  }
}

function ourEnvironment(dataDir: string): Record<string, string> {
  return {
    PORT: '0',
    HOST: '127.0.0.1',
    LOG_FORMAT: 'json',
    ONGEA_CONFIG: new URL('./workspace/ongea.yaml', import.meta.url).pathname,
    ONGEA_DATA_DIR: dataDir,
    ONGEA_SECRET: 'the secret of the bench, which guards nothing',
  };
}

type Side = 'ours' | 'bare' | 'builder';
const sides: readonly Side[] = ['ours', 'bare', 'builder'];

async function warmUp({ callers, redis, ...targets }: Bench): Promise<void> {
  say('Warming up …');
  for (const side of sides) {
    await callers.play(targets[side], { serviceCode: codes.order, hops: hopsFor(side), sessions: effort.warmUp });
  }
  await redis.command('FLUSHALL');
}

/** The bare server says the same at every hop. */
function hopsFor(side: Side): readonly Hop[] {
  return side === 'bare' ? conversation.map(({ text }) => ({ text, expect: 'CON' })) : conversation;
}

/** S1 and S2: each round measures the three servers one after the other, so that a ratio is one of neighbours. */
async function costs({ callers, redis, ...targets }: Bench): Promise<Figure[]> {
  const rounds: Record<'dial' | 'mean', Record<Side, number>>[] = [];
  for (let round = 1; round <= effort.rounds; round++) {
    say(`Turns, round ${round} of ${effort.rounds} …`);
    const dial = { ours: 0, bare: 0, builder: 0 };
    const mean = { ours: 0, bare: 0, builder: 0 };
    for (const side of round % 2 === 0 ? sides : [...sides].reverse()) {
      const hops = hopsFor(side);
      const common = { serviceCode: codes.order };
      dial[side] = await callers.costOf(targets[side], { ...common, hops: hops.slice(0, 1), sessions: effort.dials });
      mean[side] = await callers.costOf(targets[side], { ...common, hops, sessions: effort.conversations });
      await redis.command('FLUSHALL');
    }
    rounds.push({ dial, mean });
  }
  const ratios = (what: 'dial' | 'mean', side: Side): number[] => rounds.map((it) => it[what].ours / it[what][side]);
  const cost = (what: 'dial' | 'mean', side: Side): string => median(rounds.map((it) => it[what][side])).toFixed(0);
  for (const side of sides)
    say(`  ${side}: ${cost('dial', side)} µs a first hop, ${cost('mean', side)} µs a turn of four hops`);
  const bare = 'against Fastify + ioredis';
  const builder = 'against Express + ussd-menu-builder';
  return [
    figureOf({ id: 'S1', what: `first hop ${bare}`, unit: '×', must: 1.6, aim: 1.25 }, ratios('dial', 'bare')),
    figureOf({ id: 'S1', what: `mean of four hops ${bare}`, unit: '×', must: 1.9, aim: 1.5 }, ratios('mean', 'bare')),
    figureOf({ id: 'S2', what: `first hop ${builder}`, unit: '×', must: 0.5, aim: 0.4 }, ratios('dial', 'builder')),
    figureOf(
      { id: 'S2', what: `mean of four hops ${builder}`, unit: '×', must: 0.5, aim: 0.4 },
      ratios('mean', 'builder'),
    ),
  ];
}

/** S3: all commands that Redis ran, but for the GET and the SET that each save runs within its script. */
async function roundTrips({ callers, redis, ours }: Bench): Promise<Figure> {
  await redis.command('CONFIG', 'RESETSTAT');
  const turns = await callers.play(ours, { serviceCode: codes.order, hops: conversation, sessions: 500 });
  const stats = String(await redis.command('INFO', 'commandstats'));
  const calls = new Map(
    [...stats.matchAll(/cmdstat_(\S+?):calls=(\d+)/g)].map(([, name, count]) => [name, Number(count)]),
  );
  const of = (name: string): number => calls.get(name) ?? 0;
  const seen = of('get') + of('set') + of('evalsha') + of('eval') + of('del') + of('pexpire');
  const inScripts = 2 * (of('evalsha') + of('eval'));
  say(`Redis ran ${seen} commands for ${turns} turns, ${inScripts} of them (GET and SET) within the script of a save`);
  const what = 'Redis round trips of a turn without effects';
  return figureOf({ id: 'S3', what, unit: '', must: 2, aim: 2 }, [(seen - inScripts) / turns]);
}

/** S4: the same sessions go on hop by hop; the hops from the first to the twelfth answer are measured apart. */
async function depth({ callers, redis, ours }: Bench): Promise<Figure> {
  const answers = 12;
  const ratios: number[] = [];
  for (let round = 1; round <= effort.deepRounds; round++) {
    say(`Depth, round ${round} of ${effort.deepRounds} …`);
    const first = callers.fresh(effort.deep);
    const cost: number[] = [];
    for (let hop = 0; hop <= answers; hop++) {
      const text = Array.from({ length: hop }, () => 'maize').join('*');
      const hops = [{ text, expect: hop < answers ? `CON Question ${hop + 1} of` : 'CON Is there' }];
      cost.push(await callers.costOf(ours, { serviceCode: codes.survey, hops, sessions: effort.deep, first }));
    }
    say(`  ${cost.map((each) => each.toFixed(0)).join(' ')} µs`);
    ratios.push(cost[answers]! / cost[1]!);
    await redis.command('FLUSHALL');
  }
  return figureOf({ id: 'S4', what: 'turn at depth 12 against depth 1', unit: '×', must: 1.1, aim: 1 }, ratios);
}

/** S9: what Redis needs for one session, its key included. */
async function memory({ callers, redis, ours }: Bench): Promise<Figure[]> {
  const held = async (serviceCode: string, hops: readonly Hop[]): Promise<number> => {
    await redis.command('FLUSHALL');
    await callers.play(ours, { serviceCode, hops, sessions: 1 });
    const keys = (await redis.command('KEYS', 'ongea:{ussd:*')) as string[];
    if (keys.length !== 1) throw new Error(`one session should have one key, not ${keys.length}`);
    say(`  ${String(await redis.command('GET', keys[0]!))}`);
    return Number(await redis.command('MEMORY', 'USAGE', keys[0]!, 'SAMPLES', '0'));
  };
  say('Memory …');
  const open = await held(codes.basket, [{ text: '', expect: 'CON Confirm?' }]);
  const full = await held(codes.longBasket, [
    { text: '', expect: 'CON Which plot?' },
    { text: '7', expect: 'CON Which day?' },
    { text: '7*mon', expect: 'CON How many kg?' },
    { text: '7*mon*1250', expect: 'CON You sell your maize' },
  ]);
  const what = 'an open session of 12 short variables';
  return [
    figureOf({ id: 'S9', what, unit: 'B', must: 400, aim: 330 }, [open]),
    figureOf(
      { id: 'S9', what: `${what}, a reply of 120 characters, three steps back`, unit: 'B', must: 640, aim: 500 },
      [full],
    ),
  ];
}

await main();
