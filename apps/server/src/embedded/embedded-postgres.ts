import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { findBinaries } from './binaries.js';
import { prepareCluster, readPassword } from './cluster.js';
import { databaseUrl, ensureDatabase, ongea } from './database.js';
import { EmbeddedPostgresFault, writing } from './fault.js';
import { KeptAlive, type Running } from './kept-alive.js';
import { fastStopLimitMs, join, type Lease } from './lease.js';
import { findPlace } from './place.js';
import { freePort, lastPort, startPostgres, type Attempt, type Outcome } from './postgres-process.js';
import { findPostmaster, isGone, removeStaleLock, stopPostmaster, type Postmaster } from './postmaster.js';

type Log = (line: string) => void;

/** Where the data is kept, and who is told what happens. */
export interface EmbeddedPostgresOptions {
  /** Made where it is missing; the cluster is the folder `postgres` in it. */
  readonly dataDir: string;
  readonly log: Log;
  /** Further settings of Postgres for this start (`fsync`, `max_connections`, …); ignored where one runs already. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A private Postgres that accepts queries. */
export interface EmbeddedPostgres {
  readonly url: string;
  /** Ends our use of it; the process that started it stops it, within 6 s, unless another still uses it. May be called twice. */
  stop(): Promise<void>;
}

/**
 * Starts a private Postgres 18 on 127.0.0.1, or joins the one that another process of this machine runs on the same folder. It
 * ends when the last process that uses it has stopped or died; if it ends before, whoever started it starts it again. Throws `EmbeddedPostgresFault` with one line that says what to do.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { log } = options;
  const folder = path.resolve(options.dataDir);
  await writing(folder, () => mkdir(folder, { recursive: true, mode: 0o700 }));
  const binaries = await findBinaries();
  const place = await findPlace(folder, binaries, log);
  await prepareCluster(place, binaries, log);
  const password = await readPassword(place.data);
  const request = { folder, place, password, settings: options.settings ?? {} };
  const running = await joinOrStart(request, log);
  const { port } = running;
  const kept = new KeptAlive(running, () => joinOrStart({ ...request, port }, log), log);
  return { url: databaseUrl({ password, port, database: ongea }), stop: () => kept.stop() };
}

const startLimitMs = 120_000;
const orphanAfterMs = 3_000;

/** @param request with a port where it must be that one. */
async function joinOrStart(
  request: Omit<Attempt, 'port' | 'giveUpAt'> & { readonly port?: number },
  log: Log,
): Promise<Running> {
  const { folder, place } = request;
  const { data } = place;
  const giveUpAt = Date.now() + startLimitMs;
  let unkeptSince: number | undefined;
  let port = request.port ?? (await lastPort(data));
  while (Date.now() < giveUpAt) {
    const found = await findPostmaster(data);
    const lease = found && (await join(folder, found.pid));
    if (found === undefined) {
      if (await removeStaleLock(data)) log('Removed the lock that a dead Postgres left behind');
      const attempt = { ...request, giveUpAt, port: port ?? (await freePort()) };
      const outcome = await startPostgres(attempt);
      if (outcome.kind === 'running') return started(outcome, attempt, log);
      if (outcome.kind === 'port-busy' && request.port !== undefined) {
        throw new EmbeddedPostgresFault(`Port ${request.port} of the private Postgres is taken by another program.`);
      }
      if (outcome.kind === 'port-busy') log(`Port ${attempt.port} is taken: the private Postgres gets another`);
      port = request.port;
    } else if (lease !== undefined) {
      const running = await joined(found, lease, request.password);
      if (running !== undefined) return running;
    } else if (Date.now() - (unkeptSince ??= Date.now()) > orphanAfterMs) {
      log(`Stopping the Postgres (process ${found.pid}) that a killed server left behind`);
      await stopPostmaster(found.pid, data, fastStopLimitMs);
    }
    await pause(50);
  }
  throw new EmbeddedPostgresFault(
    `The private Postgres in ${data} was not ready within ${startLimitMs / 1000} s; ${path.join(folder, 'postgres.log')} says why.`,
  );
}

function started(outcome: Outcome & { readonly kind: 'running' }, attempt: Attempt, log: Log): Running {
  const { child, lease, pid } = outcome;
  let wanted = true;
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      if (!wanted) return;
      log(`The private Postgres has ended; ${path.join(attempt.folder, 'postgres.log')} says why`);
      resolve();
    });
  });
  const stop = async (): Promise<void> => {
    wanted = false;
    await lease.release();
    // The keeper takes its pipe away as soon as nobody is left; a pipe that stays means that another process goes on.
    for (let waitedMs = 0; waitedMs < 1_000 && (await lease.isHeld()); waitedMs += 20) await pause(20);
    if (await lease.isHeld()) log('The private Postgres runs on: another process uses it');
    else await isGone(pid, attempt.place.data, fastStopLimitMs + 1_000);
  };
  return { port: attempt.port, ended, stop };
}

async function joined({ port }: Postmaster, lease: Lease, password: string): Promise<Running | undefined> {
  const isReady = port !== undefined && (await ensureDatabase(databaseUrl({ password, port, database: 'postgres' })));
  // The last user may have left just before we joined, and then its keeper is stopping Postgres now.
  if (isReady && (await lease.isHeld())) return { port, stop: () => lease.release() };
  await lease.release();
  return undefined;
}
