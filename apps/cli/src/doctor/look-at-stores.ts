import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspectDatabase, type DatabaseFindings } from '@app/postgres';
import { openPlainRedis, parseRedisUrl } from '@app/sessions';
import type { Environment } from '@app/settings';
import { databaseUrlOf } from '../database-url.js';
import { messageOf } from '../failures.js';
import type { Io } from '../io.js';
import { fault, skipped, warning, well, type Finding } from './finding.js';

/** Clocks that are further apart make times of nodes disagree. */
const clockLimitMs = 1_000;
const oldestPostgres = 14;
const redisLimitMs = 3_000;

/** Whether what the process keeps on its own disk can be written. */
export async function lookAtDisk({ dataDir }: Environment): Promise<readonly Finding[]> {
  const folder = join(dataDir, 'spool');
  const file = join(folder, `doctor-${String(process.pid)}`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(file, 'x', { mode: 0o600, flush: true });
    await rm(file);
    return [well('spool', `${folder} can be written`)];
  } catch (error) {
    return [fault('spool', messageOf(error), 'Give ONGEA_DATA_DIR a folder that this user can write.')];
  }
}

/** Version, migrations and clock of the database, and whether the audit log is as it was written. */
export async function lookAtDatabase(io: Io): Promise<readonly Finding[]> {
  let url: string;
  try {
    url = await databaseUrlOf(io);
  } catch (error) {
    return [skipped('database', messageOf(error))];
  }
  try {
    return judged(await inspectDatabase(url));
  } catch (error) {
    return [
      fault('database', messageOf(error), 'Check DATABASE_URL, and that the server takes connections from here.'),
    ];
  }
}

function judged(found: DatabaseFindings): readonly Finding[] {
  const { version, major, pending, clockAheadMs, questionMs, auditBrokenAt, auditEntries, stuckErasures } = found;
  const findings = [
    major >= oldestPostgres
      ? well('database', `PostgreSQL ${version}`)
      : fault('database', `PostgreSQL ${version}`, `Version ${String(oldestPostgres)} or newer is needed.`),
    clock('clock of the database', clockAheadMs, questionMs),
  ];
  if (pending.length > 0) {
    const detail = `${String(pending.length)} are still to be run: ${pending.join(', ')}`;
    return [...findings, fault('migrations', detail, 'Run npx ongea migrate, or start a server of this version.')];
  }
  return [
    ...findings,
    well('migrations', 'all are done'),
    auditBrokenAt === undefined
      ? well('audit log', `${String(auditEntries)} lines, unbroken`)
      : fault(
          'audit log',
          `line ${String(auditBrokenAt)} was changed, or the one before it is missing`,
          'Compare with a backup: nobody who uses Ongea can change a line.',
        ),
    ...(stuckErasures === 0
      ? []
      : [
          warning(
            'erasures',
            `${String(stuckErasures)} have been running for more than an hour`,
            'They wait for a process that may hold rows on its disk: start it again.',
          ),
        ]),
  ];
}

/** Whether Redis answers, its clock, and that it does not throw sessions out. */
export async function lookAtRedis({ redisUrl }: Environment): Promise<readonly Finding[]> {
  if (redisUrl === undefined)
    return [skipped('redis', 'REDIS_URL is not set: sessions are in the memory of one process')];
  let redis: ReturnType<typeof openPlainRedis> | undefined;
  try {
    redis = openPlainRedis(parseRedisUrl(redisUrl), redisLimitMs);
    const { client } = redis;
    await ready(client);
    const asked = Date.now();
    const [seconds, micros] = await client.time();
    const questionMs = Date.now() - asked;
    const ahead = Number(seconds) * 1_000 + Number(micros) / 1_000 - (asked + questionMs / 2);
    return [well('redis', 'answers'), clock('clock of redis', ahead, questionMs), ...(await policy(client))];
  } catch (error) {
    return [fault('redis', messageOf(error), 'Check REDIS_URL, and that Redis takes connections from here.')];
  } finally {
    await redis?.close();
  }
}

type RedisClient = ReturnType<typeof openPlainRedis>['client'];

/** No command waits for a connection, so we do. */
async function ready(client: RedisClient): Promise<void> {
  if (client.status === 'ready') return;
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('it does not answer')), redisLimitMs);
    client.once('ready', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** Hosted Redis often refuses to tell its configuration. */
async function policy(client: RedisClient): Promise<readonly Finding[]> {
  const answer: unknown = await client.config('GET', 'maxmemory-policy').catch(() => undefined);
  const found = Array.isArray(answer) ? String(answer[1]) : undefined;
  if (found === undefined || found === 'noeviction') return [];
  const detail = `maxmemory-policy is ${found}`;
  return [warning('redis', detail, 'Set it to noeviction, or Redis throws out sessions that people are in.')];
}

function clock(of: string, aheadMs: number, questionMs: number): Finding {
  const off = Math.max(0, Math.abs(aheadMs) - questionMs / 2);
  const detail = `${(Math.abs(aheadMs) / 1_000).toFixed(3)} s ${aheadMs < 0 ? 'behind' : 'ahead of'} ours`;
  if (off <= clockLimitMs) return well(of, detail);
  return warning(of, detail, 'Let both machines set their clocks by the network (NTP).');
}
