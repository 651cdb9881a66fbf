import { execFile } from 'node:child_process';
import { readFile, readlink, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A Postgres that runs on a cluster, as its `postmaster.pid` tells. */
export interface Postmaster {
  readonly pid: number;
  /** Undefined until Postgres has written it, a moment after its start. */
  readonly port: number | undefined;
}

/** The Postgres that runs on the cluster `data`; undefined where there is none, whatever an old lock file says. */
export async function findPostmaster(data: string): Promise<Postmaster | undefined> {
  const lines = (await readFile(lockFile(data), 'utf8').catch(() => '')).split('\n');
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 1 || !(await isPostgresOn(pid, data))) return undefined;
  const port = Number(lines[3]);
  return { pid, port: port > 0 ? port : undefined };
}

/** Removes a lock whose process id now belongs to some other program, which Postgres itself would take for its own kind. */
export async function removeStaleLock(data: string): Promise<boolean> {
  const there = await readFile(lockFile(data), 'utf8').catch(() => undefined);
  if (there === undefined || (await findPostmaster(data)) !== undefined) return false;
  await rm(lockFile(data), { force: true });
  return true;
}

/** Stops a Postgres: open connections are cut (SIGINT); after `limitMs` without recovery files (SIGQUIT). */
export async function stopPostmaster(pid: number, data: string, limitMs: number): Promise<void> {
  signal(pid, 'SIGINT');
  if (await isGone(pid, data, limitMs)) return;
  signal(pid, 'SIGQUIT');
  await isGone(pid, data, 2_000);
}

/** Waits until the process `pid` no longer runs Postgres on `data`; false when it still does after `limitMs`. */
export async function isGone(pid: number, data: string, limitMs: number): Promise<boolean> {
  const end = Date.now() + limitMs;
  while (await isPostgresOn(pid, data)) {
    if (Date.now() > end) return false;
    await pause(20);
  }
  return true;
}

const lockFile = (data: string): string => path.join(data, 'postmaster.pid');

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended by itself in the meantime.
  }
}

// A process id alone proves nothing: after a crash or a reboot it may belong to another program.
async function isPostgresOn(pid: number, data: string): Promise<boolean> {
  if (process.platform === 'linux') {
    const [program, folder] = await Promise.all([
      readlink(`/proc/${pid}/exe`).catch(() => ''),
      readlink(`/proc/${pid}/cwd`).catch(() => ''),
    ]);
    return /\/postgres( \(deleted\))?$/.test(program) && folder === data;
  }
  const { stdout } = await run('ps', ['-p', String(pid), '-o', 'command=']).catch(() => ({ stdout: '' }));
  return stdout.includes('/bin/postgres') && stdout.includes(data);
}
