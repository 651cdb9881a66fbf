import { join } from 'node:path';
import type { Logger } from 'pino';
import { ActionRegistry, Effects } from '@app/actions';
import { DialogCatalog, DialogService, Vault, type Clock } from '@app/dialog';
import { forwardedEvents } from '@app/forwards';
import { GuardedHttpClient, MessageComposer, TurnMessages } from '@app/outbound';
import { PostgresStores, type PostgresEvent, type PostgresStoresOptions } from '@app/postgres';
import { AccountBook, ProviderRegistry } from '@app/provider-kit';
import { providers } from '@app/providers';
import {
  createSessionStore,
  openPlainRedis,
  parseRedisUrl,
  type OpenSessionStore,
  type PlainRedis,
} from '@app/sessions';
import type { Environment } from '@app/settings';
import type { Workspace } from '@app/workspace';
import { Metrics } from '../health/metrics.js';
import { JournalNames } from './journal-names.js';
import { PublicAddress } from './public-address.js';
import { ObservedTurns } from './turn-observer.js';

/** Everything that a process is put together from, made once and closed in the opposite order. */
export interface Parts {
  readonly workspace: Workspace;
  readonly log: Logger;
  readonly clock: Clock;
  readonly providers: ProviderRegistry;
  readonly accounts: AccountBook;
  readonly publicAddress: PublicAddress;
  readonly metrics: Metrics;
  readonly sessions: OpenSessionStore;
  /** Where several processes count requests together; undefined: this process counts for itself. */
  readonly sharedCounts: PlainRedis | undefined;
  readonly postgres: PostgresStores;
  /** For what dialogs, actions and forwards ask for. */
  readonly client: GuardedHttpClient;
  readonly composer: MessageComposer;
  readonly vault: Vault;
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

/** A count that takes longer is made by this process alone, in milliseconds. */
const countLimitMs = 300;

/** @throws SpoolRefused when the spool cannot be written; RedisUrlInvalid. */
export async function makeParts({ environment, workspace, databaseUrl, secrets, log }: PartsOptions): Promise<Parts> {
  const clock: Clock = { now: () => Date.now() };
  const metrics = new Metrics();
  const registry = new ProviderRegistry(providers);
  const accounts = new AccountBook(workspace.configuration.accounts);
  const vault = new Vault(secrets);
  const postgres = await PostgresStores.open({
    url: databaseUrl,
    spoolFolder: join(environment.dataDir, 'spool'),
    applicationName: 'ongea',
    retention: workspace.configuration.retention,
    erasing: erasingWith(vault),
    forwardEvents: forwardedEvents(workspace.configuration.forwards),
    onEvent: (event) => tell(log, event),
  });
  const sessions = createSessionStore(environment.redisUrl, { observer: metrics, log: storeLog(log) });
  const sharedCounts = sharedCountsOf(environment);
  const { allowPrivate } = workspace.configuration.http;
  const client = new GuardedHttpClient({ allowPrivate, timeoutMs: longestDeadlineMs });
  metrics.watch(postgres, client);

  const actions = new ActionRegistry(workspace.actions);
  const catalog = new DialogCatalog(postgres.dialogs);
  catalog.replace(workspace.dialogs.versions);
  const composer = new MessageComposer(accounts, registry);
  const dialogs = new DialogService({
    dialogs: catalog,
    sessions,
    ledger: postgres.effects,
    effects: new Effects(actions, client, log),
    outbox: new TurnMessages(postgres.outbox, composer),
    vault,
    clock,
    observer: new ObservedTurns(metrics, postgres.turns, new JournalNames(vault), log, () => clock.now()),
  });
  const publicAddress = new PublicAddress(environment.publicUrl);
  const tools = { workspace, log, clock, providers: registry, accounts, publicAddress, metrics };
  return { ...tools, sessions, sharedCounts, postgres, client, composer, vault, actions, catalog, dialogs };
}

/** Ends what holds connections or threads, each within a limit of its own. */
export async function closeParts({ sessions, sharedCounts, client, postgres }: Parts): Promise<void> {
  await Promise.allSettled([sessions.close(), sharedCounts?.close(), client.close()]);
  await postgres.close();
}

/** A number that was erased goes on under a keyed name where its opt-out must hold. */
function erasingWith(vault: Vault): NonNullable<PostgresStoresOptions['erasing']> {
  const namesOfErased = (msisdn: string) => vault.names('erased number', msisdn).map((name) => `erased:${name}`);
  return {
    namesOfErased,
    erasedAs: (msisdn) => namesOfErased(msisdn)[0] ?? 'erased:',
    open: (answer) => vault.open(answer),
  };
}

function sharedCountsOf({ redisUrl, roles }: Environment): PlainRedis | undefined {
  if (redisUrl === undefined || !roles.includes('admin')) return undefined;
  return openPlainRedis(parseRedisUrl(redisUrl), countLimitMs);
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
