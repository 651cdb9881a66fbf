import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { RegisteredAction } from '@app/actions';
import { providers } from '@app/providers';
import type { Environment, LookUp } from '@app/settings';
import { loadWorkspace, type Workspace, type WorkspaceReading } from '@app/workspace';
import { createApplication } from './composition/http-application.js';
import { Erasing } from './composition/erasing.js';
import { generatedSecret, type GeneratedSecret } from './composition/generated-secrets.js';
import { closeParts, makeParts, type Parts } from './composition/parts.js';
import { Worker } from './composition/worker.js';
import { startEmbeddedPostgres, type EmbeddedPostgres } from './embedded/index.js';
import { Readiness } from './health/readiness.js';

export interface ServerOptions {
  readonly environment: Environment;
  readonly lookUp: LookUp;
  readonly workspace: Workspace;
  readonly log: Logger;
  /** Actions of the project itself, for reloads; those of the folder are read anew. */
  readonly builtIn?: readonly RegisteredAction[];
}

/** A server that listens. */
export interface RunningServer {
  /** Where it listens: `http://127.0.0.1:3000`. */
  readonly url: string;
  readonly parts: Parts;
  /** Made in this very start, so to be shown once. */
  readonly freshAdminKey: string | undefined;
  /** What a shell puts the admin key in the place of. */
  readonly adminKeyInShell: string;
  /** Reads configuration, dialogs and actions again and takes dialogs and actions over, all or nothing. */
  reload(): Promise<WorkspaceReading>;
  /**
   * Ends within 10 s: says that it is not ready, waits `graceMs` so that balancers notice, lets what is under way finish,
   * and closes. Further calls wait for the first.
   */
  stop(graceMs?: number): Promise<void>;
}

/** How long a start waits for the session store, in milliseconds. */
const connectMs = 2_000;

/** What is still under way when the drain began may take this long. */
const drainMs = 5_000;

/** Starts everything: private Postgres if none is given, stores, application; what was opened is closed where it fails. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { environment, log } = options;
  const { dataDir } = environment;
  const secrets =
    environment.secrets.length > 0 ? environment.secrets : [(await generatedSecret(dataDir, 'secret')).value];
  const adminKey = await adminKeyOf(environment);
  const database = await databaseOf(environment, log);
  try {
    return await serve(options, { databaseUrl: database.url, secrets, adminKey }, () => database.stop());
  } catch (error) {
    await database.stop();
    throw error;
  }
}

interface Found {
  readonly databaseUrl: string;
  readonly secrets: readonly string[];
  readonly adminKey: GeneratedSecret;
}

async function serve(
  options: ServerOptions,
  { databaseUrl, secrets, adminKey }: Found,
  stopDatabase: () => Promise<void>,
): Promise<RunningServer> {
  const { environment, workspace, log } = options;
  const parts = await makeParts({ environment, workspace, databaseUrl, secrets, log });
  void keepDialogs(parts);
  const app = await listening(parts, environment, adminKey.value);
  const url = (await app.getUrl()).replace('[::1]', '127.0.0.1');
  parts.publicAddress.listensOn(url);
  const worker = environment.roles.includes('worker') ? new Worker(parts) : undefined;
  worker?.start();
  const erasing = new Erasing(parts);
  erasing.start();
  let stopping: Promise<void> | undefined;
  return {
    url,
    parts,
    freshAdminKey: adminKey.fresh ? adminKey.value : undefined,
    adminKeyInShell:
      environment.adminKey === undefined ? `$(cat '${join(environment.dataDir, 'admin-key')}')` : '$ONGEA_ADMIN_KEY',
    reload: () => reload(options, parts),
    stop: (graceMs = 0) => (stopping ??= stop(app, [worker, erasing], parts, graceMs).finally(stopDatabase)),
  };
}

async function listening(parts: Parts, environment: Environment, adminKey: string): Promise<NestFastifyApplication> {
  try {
    const app = await createApplication(parts, environment, adminKey);
    // A Redis that is away does not keep us from starting, but one that is there should be connected before the first turn.
    await parts.sessions.waitUntilUp(connectMs);
    await app.listen({ port: environment.port, host: environment.host });
    return app;
  } catch (error) {
    await closeParts(parts);
    throw error;
  }
}

async function adminKeyOf({ adminKey, dataDir }: Environment): Promise<GeneratedSecret> {
  return adminKey === undefined ? generatedSecret(dataDir, 'admin-key') : { value: adminKey, fresh: false };
}

/** The database that was named, or a private one. */
async function databaseOf({ databaseUrl, dataDir }: Environment, log: Logger): Promise<EmbeddedPostgres> {
  if (databaseUrl !== undefined) return { url: databaseUrl, stop: () => Promise.resolve() };
  return startEmbeddedPostgres({ dataDir, log: (line) => log.info(line) });
}

/** Sessions that begin now may outlive this process, so their dialogs are kept. */
async function keepDialogs({ postgres, catalog, log }: Parts): Promise<void> {
  try {
    await postgres.dialogs.keep(catalog.versions);
  } catch (error) {
    log.error({ err: error }, 'the versions of the dialogs could not be kept');
  }
}

async function reload(
  { lookUp, environment, workspace, builtIn = [] }: ServerOptions,
  parts: Parts,
): Promise<WorkspaceReading> {
  const { configFile } = workspace;
  const { production } = environment;
  const reading = await loadWorkspace({ configFile, lookUp, providers, production, builtIn });
  if (reading.workspace === undefined) return reading;
  parts.actions.replace(reading.workspace.actions);
  parts.catalog.replace(reading.workspace.dialogs.versions);
  await keepDialogs(parts);
  return reading;
}

async function stop(
  app: NestFastifyApplication,
  background: readonly ({ stop(): Promise<void> } | undefined)[],
  parts: Parts,
  graceMs: number,
): Promise<void> {
  app.get(Readiness).drain();
  const server: Server = app.getHttpServer();
  // A balancer keeps its open connections however unready we are: each one is closed behind its next reply.
  server.maxRequestsPerSocket = 1;
  if (graceMs > 0) await sleep(graceMs);
  // Sockets without a request are closed at once; the others when their reply has left, or when the time is up.
  const closed = app.close();
  server.closeIdleConnections();
  const hardStop = setTimeout(() => server.closeAllConnections(), drainMs);
  try {
    await Promise.all([closed, ...background.map((work) => work?.stop())]);
  } finally {
    clearTimeout(hardStop);
    await closeParts(parts);
  }
}
