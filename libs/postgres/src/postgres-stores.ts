import type { DataSource } from 'typeorm';
import { Database, type DatabaseOptions } from './database.js';
import { reasonOf } from './fault.js';
import { insertRows, setAside } from './insert-rows.js';
import { PostgresLifecycle, type PostgresCondition } from './lifecycle.js';
import { PostgresQueue } from './queue/postgres-queue.js';
import type { RetentionPeriods } from './retention.js';
import type { Row, RowKind } from './row.js';
import { RowWriter, type ConnectionGate } from './row-writer.js';
import { SpoolDrain } from './spool-drain.js';
import { Spool, type SpoolOptions } from './spool/spool.js';
import { PostgresAuditLog } from './queries/audit.js';
import { PostgresOptOutQueries } from './queries/opt-outs.js';
import { PostgresAdminKeys } from './stores/admin-keys.js';
import { PostgresAudit } from './stores/audit.js';
import { callReportRows, PostgresCallReports } from './stores/call-reports.js';
import { deliveryEventRows, PostgresDeliveryEvents } from './stores/delivery-events.js';
import { dialogRows, PostgresDialogArchive } from './stores/dialog-archive.js';
import { effectRows, PostgresEffectLedger } from './stores/effect-ledger.js';
import { PostgresIdempotency } from './stores/idempotency.js';
import { inboundMessageRows, PostgresInboundMessages } from './stores/inbound-messages.js';
import { inboxRows, PostgresInbox } from './stores/inbox.js';
import { noticeRows, PostgresNotices } from './stores/notices.js';
import { optOutRows, PostgresOptOuts } from './stores/opt-outs.js';
import { outboxRows, PostgresOutbox } from './stores/outbox.js';
import { PostgresOutboxWork } from './stores/outbox-work.js';
import { PostgresSessionReports, sessionReportRows } from './stores/session-reports.js';
import { PostgresTurnJournal, turnRows } from './stores/turn-journal.js';

/** How the stores are opened. */
export interface PostgresStoresOptions extends DatabaseOptions {
  readonly url: string;
  /** Where rows are kept while Postgres is away; this process's alone. */
  readonly spoolFolder: string;
  readonly spool?: Omit<SpoolOptions, 'indexed'>;
  readonly keepEffectsMs?: number;
  /** How long each class of data is kept; absent: for ever. */
  readonly retention?: RetentionPeriods;
  /** Told of every change of the connection, of rows that were spooled for a failure, and of rows set aside. */
  readonly onEvent?: (event: PostgresEvent) => void;
}

/** What is worth a line in the log; none holds what a row says. */
export type PostgresEvent =
  | { readonly kind: 'condition'; readonly condition: PostgresCondition }
  | { readonly kind: 'write-failed'; readonly reason: string }
  | { readonly kind: 'quarantined'; readonly row: string; readonly rows: number };

/** The database and what waits for it, as a health check tells it. */
export interface PostgresHealth extends PostgresCondition {
  readonly spool: { readonly rows: number; readonly bytes: number };
  /** Why rows went to the spool last; absent while it is empty. */
  readonly writeFailure?: string;
}

const queueLimitMs = 1_500;

const kinds: readonly RowKind[] = [
  effectRows,
  sessionReportRows,
  deliveryEventRows,
  callReportRows,
  noticeRows,
  inboxRows,
  dialogRows,
  optOutRows,
  inboundMessageRows,
  outboxRows,
];

/** Everything that is kept in Postgres, usable at once: until the database is there, the spool takes its place. */
export class PostgresStores {
  readonly effects: PostgresEffectLedger;
  readonly sessionReports: PostgresSessionReports;
  readonly deliveryEvents: PostgresDeliveryEvents;
  readonly callReports: PostgresCallReports;
  readonly turns: PostgresTurnJournal;
  readonly notices: PostgresNotices;
  readonly inbox: PostgresInbox;
  readonly dialogs: PostgresDialogArchive;
  readonly messages: PostgresInboundMessages;
  readonly outbox: PostgresOutbox;
  readonly outboxWork: PostgresOutboxWork;
  readonly optOuts: PostgresOptOuts;
  readonly audit: PostgresAudit;
  readonly auditLog: PostgresAuditLog;
  readonly adminKeys: PostgresAdminKeys;
  readonly idempotency: PostgresIdempotency;
  readonly optOutQueries: PostgresOptOutQueries;
  /** Stands still until it is started. */
  readonly queue: PostgresQueue;
  readonly #database: Database;
  readonly #lifecycle: PostgresLifecycle;
  readonly #drain: SpoolDrain;
  #writeFailure: string | undefined;
  #closing: Promise<void> | undefined;

  private constructor(
    private readonly options: PostgresStoresOptions,
    private readonly spool: Spool,
  ) {
    const { url } = options;
    this.#database = new Database(url, options);
    this.#lifecycle = new PostgresLifecycle({
      ...options,
      database: this.#database,
      onChange: (condition) => this.#changed(condition),
    });
    const isUp = () => this.#lifecycle.isUp;
    const failed = (error: unknown) => this.#failed(error);
    this.#drain = new SpoolDrain({ spool, isUp, failed, store: (rows) => this.#store(rows) });
    const sources = { database: this.#database, isUp, failed };
    const spooled = (key: string) => spool.find(effectRows.name, key);
    this.effects = new PostgresEffectLedger(this.#writer(effectRows), { ...sources, spooled });
    this.sessionReports = new PostgresSessionReports(this.#writer(sessionReportRows));
    this.deliveryEvents = new PostgresDeliveryEvents(this.#writer(deliveryEventRows));
    this.callReports = new PostgresCallReports(this.#writer(callReportRows));
    this.turns = new PostgresTurnJournal({
      ...{ database: this.#database, isUp, failed },
      quarantined: (rows) => this.#quarantined(turnRows.name, rows),
    });
    this.notices = new PostgresNotices(this.#writer(noticeRows));
    this.inbox = new PostgresInbox(this.#writer(inboxRows));
    this.dialogs = new PostgresDialogArchive(this.#writer(dialogRows), sources);
    this.messages = new PostgresInboundMessages(this.#writer(inboundMessageRows), this.#database);
    this.outbox = new PostgresOutbox(this.#writer(outboxRows));
    this.outboxWork = new PostgresOutboxWork(this.#database);
    this.optOuts = new PostgresOptOuts(this.#writer(optOutRows), this.#database);
    this.audit = new PostgresAudit(this.#database);
    this.auditLog = new PostgresAuditLog(this.#database, this.audit);
    this.adminKeys = new PostgresAdminKeys(this.#database);
    this.idempotency = new PostgresIdempotency(this.#database);
    this.optOutQueries = new PostgresOptOutQueries(this.#database);
    this.queue = new PostgresQueue({ ...options, whenUp: () => this.#lifecycle.whenUp() });
  }

  /**
   * Opens the spool and begins to connect in the background, without waiting for it.
   * @throws SpoolRefused when the spool's folder cannot be written
   */
  static async open(options: PostgresStoresOptions): Promise<PostgresStores> {
    const spool = await Spool.open(options.spoolFolder, { ...options.spool, indexed: [effectRows.name] });
    return new PostgresStores(options, spool);
  }

  /** Resolves once the migrations are done and statements are taken. */
  async whenUp(): Promise<void> {
    await this.#lifecycle.whenUp();
  }

  postgresHealth(): PostgresHealth {
    const { depth: rows, bytes } = this.spool;
    const failure = rows > 0 && this.#writeFailure !== undefined ? { writeFailure: this.#writeFailure } : {};
    return { ...this.#lifecycle.condition, spool: { rows, bytes }, ...failure };
  }

  /** TypeORM's door for queries; undefined until the migrations are done. */
  get dataSource(): DataSource | undefined {
    return this.#lifecycle.dataSource;
  }

  /** Ends everything in order, but never takes longer than `limitMs`. What was told to be durable is. */
  async close(limitMs = 3_000): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => (timer = setTimeout(resolve, limitMs)));
    await Promise.race([(this.#closing ??= this.#close()), limit]);
    clearTimeout(timer);
  }

  async #close(): Promise<void> {
    // Its tasks still need everything else.
    await this.queue.stop(queueLimitMs);
    await Promise.allSettled([this.turns.close(), this.#drain.close(), this.#lifecycle.close()]);
    // Rows that still wait for a statement fail over to the spool now, so it closes last.
    await this.#database.close();
    await this.spool.close();
  }

  #writer(kind: RowKind): RowWriter {
    const lifecycle = this.#lifecycle;
    const gate: ConnectionGate = {
      get isUp() {
        return lifecycle.isUp;
      },
      failed: (error) => this.#failed(error),
      quarantined: (row, rows) => this.#quarantined(row, rows),
    };
    const append = async (row: Row) => {
      await this.spool.append(row);
      this.#drain.kick();
    };
    return new RowWriter(kind, this.#database, gate, { append });
  }

  async #store(rows: readonly Row[]): Promise<void> {
    for (const kind of kinds) {
      const own = rows.filter((row) => row.kind === kind.name);
      const aside = await insertRows(this.#database, kind, own);
      if (aside > 0) this.#quarantined(kind.name, aside);
    }
    // What another version of this program spooled.
    for (const row of rows.filter(({ kind }) => !kinds.some(({ name }) => name === kind))) {
      await setAside(this.#database, row, 'this version knows no rows of this kind');
      this.#quarantined(row.kind, 1);
    }
  }

  #quarantined(row: string, rows: number): void {
    this.options.onEvent?.({ kind: 'quarantined', row, rows });
  }

  #failed(error: unknown): void {
    this.#writeFailure = reasonOf(error);
    this.options.onEvent?.({ kind: 'write-failed', reason: this.#writeFailure });
    this.#lifecycle.suspect(error);
  }

  #changed(condition: PostgresCondition): void {
    this.options.onEvent?.({ kind: 'condition', condition });
    if (condition.state === 'up') this.#drain.kick();
  }
}
