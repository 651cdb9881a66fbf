import type { DataSource } from 'typeorm';
import { Backoff } from './backoff.js';
import { Bell } from './bell.js';
import { createDataSource } from './data-source.js';
import type { Database } from './database.js';
import { isConnectionLost, reasonOf } from './fault.js';
import { migrate } from './migrate.js';
import { applyRetention, type RetentionPeriods } from './retention.js';
import { removeOldEffects } from './stores/effect-ledger.js';
import { removeOldOrders } from './stores/outbox-work.js';

/** What the database is doing. Only `up` takes statements. */
export type PostgresState = 'connecting' | 'migrating' | 'up' | 'down';

/** The answer of a health check; `reason` says why it is down, without secrets. */
export interface PostgresCondition {
  readonly state: PostgresState;
  readonly reason?: string;
  /** Whether the migrations are known to be done. */
  readonly migrated: boolean;
}

/** How a lifecycle is set up. */
export interface PostgresLifecycleOptions {
  readonly url: string;
  readonly database: Database;
  readonly applicationName?: string;
  /** Told of every change. */
  readonly onChange?: (condition: PostgresCondition) => void;
  /** How long the ledger keeps an effect; default two days. */
  readonly keepEffectsMs?: number;
  /** How long each class of data is kept; absent: for ever. */
  readonly retention?: RetentionPeriods;
}

const pingMs = 1_000;
const maintenanceMs = 3_600_000;
const twoDaysMs = 2 * 86_400_000;
const keepOrdersMs = 30 * 86_400_000;
const ping = { name: 'ping', text: 'SELECT 1' };

/**
 * Connects and migrates, however long Postgres stays away, and from then on watches the connection. Never throws and
 * never ends the process.
 */
export class PostgresLifecycle {
  readonly #bell = new Bell();
  readonly #stop = new AbortController();
  readonly #loop: Promise<void>;
  #condition: PostgresCondition = { state: 'connecting', migrated: false };
  #dataSource: DataSource | undefined;
  #upWaiters: (() => void)[] = [];
  #retaining: Promise<void> | undefined;

  constructor(private readonly options: PostgresLifecycleOptions) {
    this.#loop = this.#run();
  }

  get condition(): PostgresCondition {
    return this.#condition;
  }

  get isUp(): boolean {
    return this.#condition.state === 'up';
  }

  /** TypeORM's door for queries; undefined until the migrations are done. */
  get dataSource(): DataSource | undefined {
    return this.#dataSource;
  }

  /** Resolves as soon as statements are taken. */
  async whenUp(): Promise<void> {
    if (this.isUp) return;
    await new Promise<void>((resolve) => this.#upWaiters.push(resolve));
  }

  /** A statement failed: looks at the connection at once; where it broke, nothing is sent until it is well. */
  suspect(error: unknown): void {
    if (this.isUp && isConnectionLost(error)) this.#set('down', reasonOf(error));
    this.#bell.ring();
  }

  /** Ends the watch and the connections of queries. */
  async close(): Promise<void> {
    this.#stop.abort();
    this.#bell.ring();
    await this.#loop;
    await this.#retaining;
    await this.#dataSource?.destroy();
  }

  async #run(): Promise<void> {
    await this.#connect();
    let maintainedAt = Date.now();
    while (!this.#stop.signal.aborted) {
      await this.#bell.wait(this.isUp ? pingMs : pingMs / 4);
      if (this.#isStopped()) return;
      await this.#look();
      if (this.isUp && Date.now() - maintainedAt > maintenanceMs) {
        maintainedAt = Date.now();
        await this.#maintain();
      }
    }
  }

  async #connect(): Promise<void> {
    const backoff = new Backoff(100, 2_000);
    while (!this.#stop.signal.aborted) {
      try {
        await this.#migrate();
        const dataSource = createDataSource(this.options.url, this.#named());
        this.#dataSource = await dataSource.initialize();
        this.#set('up');
        return;
      } catch (error) {
        if (this.#isStopped()) return;
        this.#set('down', reasonOf(error));
        await this.#bell.wait(backoff.next());
      }
    }
  }

  async #look(): Promise<void> {
    try {
      await this.options.database.query(ping, []);
      this.#set('up');
    } catch (error) {
      if (!this.#isStopped()) this.#set('down', reasonOf(error));
    }
  }

  /** Partitions for the months to come, by the way of migrations and under their lock; what ledger and outbox need not keep. */
  async #maintain(): Promise<void> {
    try {
      await migrate(this.options.url, { ...this.#named(), signal: this.#stop.signal });
      await removeOldEffects(this.options.database, Date.now() - (this.options.keepEffectsMs ?? twoDaysMs));
      await removeOldOrders(this.options.database, Date.now() - keepOrdersMs);
      this.#retaining ??= this.#retain().finally(() => (this.#retaining = undefined));
    } catch (error) {
      if (!this.#isStopped()) this.suspect(error);
    }
  }

  /** Beside the watch of the connection: there may be much to remove. */
  async #retain(): Promise<void> {
    const { database, retention } = this.options;
    if (retention === undefined) return;
    try {
      await applyRetention(database, retention, new Date(), this.#stop.signal);
    } catch (error) {
      if (!this.#isStopped()) this.suspect(error);
    }
  }

  async #migrate(): Promise<void> {
    await migrate(this.options.url, {
      ...this.#named(),
      signal: this.#stop.signal,
      onLocked: () => this.#set('migrating'),
    });
  }

  #named(): { applicationName?: string } {
    const { applicationName } = this.options;
    return applicationName === undefined ? {} : { applicationName };
  }

  #set(state: PostgresState, reason?: string): void {
    const migrated = this.#condition.migrated || state === 'up';
    const before = this.#condition;
    this.#condition = { state, migrated, ...(reason === undefined ? {} : { reason }) };
    if (before.state === state && before.reason === reason) return;
    this.options.onChange?.(this.#condition);
    if (state === 'up') for (const resolve of this.#upWaiters.splice(0)) resolve();
  }

  #isStopped(): boolean {
    return this.#stop.signal.aborted;
  }
}
