import type { ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { program } from './binaries.js';
import { launch, openLog } from './cluster.js';
import { databaseUrl, ensureDatabase } from './database.js';
import { EmbeddedPostgresFault, writing } from './fault.js';
import { keep, type Lease } from './lease.js';
import type { Place } from './place.js';
import { findPostmaster } from './postmaster.js';

/** What one try to start Postgres needs to know. */
export interface Attempt {
  /** Where the log and the lease are kept. */
  readonly folder: string;
  readonly place: Place;
  readonly password: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly port: number;
  /** Milliseconds since the epoch. */
  readonly giveUpAt: number;
}

/** How a try to start Postgres ended, where it did not throw. */
export type Outcome =
  | { readonly kind: 'running'; readonly pid: number; readonly lease: Lease; readonly child: ChildProcess }
  | { readonly kind: 'port-busy' }
  | { readonly kind: 'other-start-won' };

/** Starts Postgres and waits until it accepts queries. Throws `EmbeddedPostgresFault` where trying again cannot help. */
export async function startPostgres(attempt: Attempt): Promise<Outcome> {
  const { folder, place, port } = attempt;
  const { file, handle } = await writing(folder, () => openLog(folder));
  const child = launch(place, commandLine(attempt), handle.fd);
  await handle.close();
  child.on('error', () => undefined);
  child.unref();
  const pid = child.pid;
  if (pid === undefined) throw new EmbeddedPostgresFault(`Cannot run ${program(place.native, 'postgres')}.`);
  const lease = await keep(folder, pid).catch((error: unknown) => {
    // Nobody would stop it: no keeper watches over it yet.
    child.kill('SIGINT');
    throw error;
  });
  const url = databaseUrl({ password: attempt.password, port, database: 'postgres' });
  while (child.exitCode === null && child.signalCode === null && Date.now() < attempt.giveUpAt) {
    const isOurs = (await findPostmaster(place.data))?.pid === pid;
    if (isOurs && (await ensureDatabase(url))) return { kind: 'running', pid, lease, child };
    await pause(20);
  }
  await lease.release();
  return readFailure(file);
}

/** The port of the last start, which is kept where it is still free: a database tool finds it again. */
export async function lastPort(data: string): Promise<number | undefined> {
  const options = await readFile(path.join(data, 'postmaster.opts'), 'utf8').catch(() => '');
  const port = Number(/"-p" "(\d+)"/.exec(options)?.[1]);
  return port > 0 ? port : undefined;
}

/** A port of 127.0.0.1 that nobody listened on a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address === null || typeof address === 'string') reject(new Error('No TCP address'));
        else resolve(address.port);
      });
    });
  });
}

async function readFailure(file: string): Promise<Outcome> {
  const text = await readFile(file, 'utf8');
  if (text.includes('lock file "postmaster.pid"')) return { kind: 'other-start-won' };
  if (/could not bind|could not create any TCP\/IP sockets/.test(text)) return { kind: 'port-busy' };
  const line = text.split('\n').find((each) => /FATAL|PANIC|ERROR/.test(each)) ?? text.trim().split('\n').at(-1) ?? '';
  const isDisk = /No space left|Read-only file system|Permission denied/.test(line);
  const advice = isDisk ? 'make the disk writable' : 'move the folder away to begin with an empty one';
  throw new EmbeddedPostgresFault(
    `The private Postgres does not start: ${line.trim()} (${file}); ${advice}, or set DATABASE_URL.`,
  );
}

function commandLine({ place, port, settings }: Attempt): readonly string[] {
  const all = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...settings,
  };
  const words = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return [program(place.native, 'postgres'), '-D', place.data, '-p', String(port), ...words];
}
