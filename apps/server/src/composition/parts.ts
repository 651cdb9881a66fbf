import { join } from 'node:path';
import type { Logger } from 'pino';
import { ActionRegistry, Effects } from '@app/actions';
import { DialogCatalog, DialogService, Vault, type Clock } from '@app/dialog';
import { GuardedHttpClient } from '@app/outbound';
import { PostgresStores, type PostgresEvent } from '@app/postgres';
import { createSessionStore, type OpenSessionStore } from '@app/sessions';
import type { Environment } from '@app/settings';
import type { Workspace } from '@app/workspace';
import { Metrics } from '../health/metrics.js';

/** Everything that a process is put together from, made once and closed in the opposite order. */
export interface Parts {
  readonly workspace: Workspace;
  readonly log: Logger;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly sessions: OpenSessionStore;
  readonly postgres: PostgresStores;
  readonly client: GuardedHttpClient;
  readonly actions: ActionRegistry;
  readonly catalog: DialogCatalog;
  readonly dialogs: DialogService;
}

export interface PartsOptions {
  readonly environment: Environment;
  readonly workspace: Workspace;
  readonly databaseUrl: string;
  readonly secrets: readonly string[];
  readonly log: Logger;
}

/** The longest that any provider waits for us, in milliseconds: no request of ours need take longer. */
const longestDeadlineMs = 30_000;

/** @throws SpoolRefused when the spool cannot be written; RedisUrlInvalid. */
export async function makeParts({ environment, workspace, databaseUrl, secrets, log }: PartsOptions): Promise<Parts> {
  const clock: Clock = { now: () => Date.now() };
  const metrics = new Metrics();
  const postgres = await PostgresStores.open({
    url: databaseUrl,
    spoolFolder: join(environment.dataDir, 'spool'),
    applicationName: 'ongea',
    onEvent: (event) => tell(log, event),
  });
  const sessions = createSessionStore(environment.redisUrl, { observer: metrics, log: storeLog(log) });
  const { allowPrivate } = workspace.configuration.http;
  const client = new GuardedHttpClient({ allowPrivate, timeoutMs: longestDeadlineMs });
  metrics.watch(postgres, client);

  const actions = new ActionRegistry(workspace.actions);
  const catalog = new DialogCatalog(postgres.dialogs);
  catalog.replace(workspace.dialogs.versions);
  const dialogs = new DialogService({
    dialogs: catalog,
    sessions,
    ledger: postgres.effects,
    effects: new Effects(actions, client, log),
    vault: new Vault(secrets),
    clock,
    observer: new LoggedTurns(metrics, log),
  });
  return { workspace, log, clock, metrics, sessions, postgres, client, actions, catalog, dialogs };
}

/** Ends what holds connections or threads, each within a limit of its own. */
export async function closeParts({ sessions, client, postgres }: Parts): Promise<void> {
  await Promise.allSettled([sessions.close(), client.close()]);
  await postgres.close();
}

/** Counts turns, and logs those that failed. */
class LoggedTurns {
  constructor(
    private readonly metrics: Metrics,
    private readonly log: Logger,
  ) {}

  readonly turn: Metrics['turn'] = (record) => {
    this.metrics.turn(record);
    if (record.error === undefined) {
      this.log.debug(record, 'turn');
      return;
    }
    const { error, ...fields } = record;
    this.log.error({ ...fields, err: error }, 'a turn failed');
  };

  readonly missingVariable: Metrics['missingVariable'] = (dialog, variable) => {
    this.metrics.missingVariable(dialog, variable);
  };
}

function storeLog(log: Logger): { info(message: string): void; warn(message: string): void } {
  return { info: (message) => log.info(message), warn: (message) => log.warn(message) };
}

function tell(log: Logger, event: PostgresEvent): void {
  switch (event.kind) {
    case 'condition':
      log.info({ postgres: event.condition }, `Postgres is ${event.condition.state}`);
      break;
    case 'write-failed':
      log.warn({ reason: event.reason }, 'rows go to the spool');
      break;
    case 'quarantined':
      log.error({ row: event.row, rows: event.rows }, 'rows were set aside that Postgres refuses');
      break;
  }
}
