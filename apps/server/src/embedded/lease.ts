import { execFile, spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { open, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { codeOf } from './fault.js';

const run = promisify(execFile);

/** One process's word that it uses the private Postgres; the kernel takes it back when the process ends, however it ends. */
export interface Lease {
  /** False once the keeper has begun to stop Postgres. */
  isHeld(): Promise<boolean>;
  release(): Promise<void>;
}

/** How long the keeper waits after SIGINT before it sends SIGQUIT. */
export const fastStopLimitMs = 4_000;

// Waits for the pipe's last writer to go, then stops Postgres. $1 the pipe, $2 the process, $3 tenths of a second until SIGQUIT.
const keeper = `
cat "$1" >/dev/null
rm -f "$1"
kill -INT "$2" || exit 0
n=0
while kill -0 "$2" && [ "$n" -le $(($3 * 2)) ]; do
  n=$((n + 1))
  if [ "$n" -eq "$3" ]; then kill -QUIT "$2"; fi
  sleep 0.1
done`;

const pipeOf = (folder: string, pid: number): string => path.join(folder, `postgres.lease-${pid}`);

/**
 * Starts a keeper for the Postgres with this process id and takes the first lease. The keeper is a process of its own that stops
 * Postgres once every process that holds a lease has released it or died.
 */
export async function keep(folder: string, pid: number): Promise<Lease> {
  const pipe = pipeOf(folder, pid);
  await rm(pipe, { force: true });
  await run('mkfifo', ['-m', '600', pipe]);
  spawn('sh', ['-c', keeper, 'ongea-postgres-keeper', pipe, String(pid), String(fastStopLimitMs / 100)], {
    detached: true,
    stdio: 'ignore',
  }).unref();
  // Opening blocks until the keeper reads.
  return leaseOn(pipe, constants.O_WRONLY);
}

/** A further lease on a Postgres that somebody keeps; undefined where nobody does. */
export async function join(folder: string, pid: number): Promise<Lease | undefined> {
  try {
    return await leaseOn(pipeOf(folder, pid), constants.O_WRONLY | constants.O_NONBLOCK);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENXIO' || code === 'ENOENT') return undefined;
    throw error;
  }
}

async function leaseOn(pipe: string, flags: number): Promise<Lease> {
  const file = await open(pipe, flags);
  const { ino } = await file.stat();
  return {
    isHeld: async () => (await stat(pipe).catch(() => undefined))?.ino === ino,
    release: () => file.close(),
  };
}
