import { randomUUID } from 'node:crypto';
import type { ForwardEvent } from '@app/reporting';
import type { DataSource } from 'typeorm';
import { Database, type DatabaseOptions } from './database.js';
import { reasonOf } from './fault.js';
import { insertRows, setAside } from './insert-rows.js';
import { PostgresLifecycle, type PostgresCondition } from './lifecycle.js';
import { PostgresQueue } from './queue/postgres-queue.js';
import { reconcileCalls } from './reconcile-calls.js';
import { applyRetention, type RetentionPeriods, type RetentionResult } from './retention.js';
import type { Row, RowKind } from './row.js';
import { RowWriter, type ConnectionGate } from './row-writer.js';
import { SpoolDrain } from './spool-drain.js';
import { Spool, type SpoolOptions } from './spool/spool.js';
import { PostgresAuditLog } from './queries/audit.js';
import { PostgresCallReportQueries } from './queries/call-reports.js';
import { CopyConnections } from './queries/copy-connections.js';
import { PostgresDialogQueries } from './queries/dialogs.js';
import { PostgresErasures, type ErasureTools } from './queries/erasures.js';
import { PostgresForwardedRecords } from './queries/forwarded-records.js';
import { PostgresForwardQueries } from './queries/forwards.js';
import { PostgresInboxQueries } from './queries/inbox.js';
import { PostgresMessageQueries } from './queries/messages.js';
import { PostgresOptOutQueries } from './queries/opt-outs.js';
import { PostgresOutboxQueries } from './queries/outbox.js';
import { PostgresSessionReportQueries } from './queries/session-reports.js';
import { PostgresSessionQueries } from './queries/sessions.js';
import { PostgresAdminKeys } from './stores/admin-keys.js';
import { PostgresAudit } from './stores/audit.js';
import { callReportRows, PostgresCallReports } from './stores/call-reports.js';
import { freeOrdersOfDead } from './stores/dead-senders.js';
import { deliveryEventRows, PostgresDeliveryEvents } from './stores/delivery-events.js';
import { dialogRows, PostgresDialogArchive } from './stores/dialog-archive.js';
import { effectRows, PostgresEffectLedger } from './stores/effect-ledger.js';
import { PostgresForwardBook } from './stores/forward-book.js';
import { withForwardJobs } from './stores/forwarded-rows.js';
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
  /** New records of these make a job `forward` in the statement that writes them; default none. */
  readonly forwardEvents?: readonly ForwardEvent[];
  /** For erasing numbers; absent: as if there were no secret. */
  readonly erasing?: ErasureTools & {
    /** Every name that an erased number may have been given. */
    readonly namesOfErased: (msisdn: string) => readonly string[];
  };
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
/** Queries of operators: few at once, and longer than a webhook could wait. */
const reading = { connections: 4, statementTimeoutMs: 15_000 };

const noSecret: ErasureTools = { erasedAs: () => 'erased', open: () => undefined };

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
  readonly erasures: PostgresErasures;
  readonly forwardBook: PostgresForwardBook;
  readonly forwardedRecords: PostgresForwardedRecords;
  readonly forwardQueries: PostgresForwardQueries;
  readonly callReportQueries: PostgresCallReportQueries;
  readonly messageQueries: PostgresMessageQueries;
  readonly outboxQueries: PostgresOutboxQueries;
  readonly sessionQueries: PostgresSessionQueries;
  readonly sessionReportQueries: PostgresSessionReportQueries;
  readonly inboxQueries: PostgresInboxQueries;
  readonly dialogQueries: PostgresDialogQueries;
  /** Stands still until it is started. */
  readonly queue: PostgresQueue;
  readonly #kinds: readonly RowKind[];
  readonly #database: Database;
  readonly #reading: Database;
  readonly #copies: CopyConnections;
  readonly #lifecycle: PostgresLifecycle;
  readonly #drain: SpoolDrain;
  #writeFailure: string | undefined;
  #reported = false;
  #closing: Promise<void> | undefined;

  private constructor(
    private readonly options: PostgresStoresOptions,
    private readonly spool: Spool,
    /** Names the spool's folder, and so every process that has it, one after another. */
    readonly node: string,
  ) {
    const { url } = options;
    this.#kinds = withForwardJobs(kinds, options.forwardEvents ?? []);
    this.#database = new Database(url, options);
    this.#reading = new Database(url, { ...options, ...reading });
    this.#copies = new CopyConnections(url, this.#reading, options.applicationName);
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
    this.optOuts = new PostgresOptOuts(
      this.#writer(optOutRows),
      this.#database,
      options.erasing?.namesOfErased ?? (() => []),
    );
    this.audit = new PostgresAudit(this.#database);
    this.auditLog = new PostgresAuditLog(this.#database, this.audit);
    this.adminKeys = new PostgresAdminKeys(this.#database);
    this.idempotency = new PostgresIdempotency(this.#database);
    this.optOutQueries = new PostgresOptOutQueries(this.#database);
    this.erasures = new PostgresErasures(this.#reading, options.erasing ?? noSecret);
    this.forwardBook = new PostgresForwardBook(this.#database);
    this.forwardedRecords = new PostgresForwardedRecords(this.#database);
    this.forwardQueries = new PostgresForwardQueries(this.#reading);
    this.callReportQueries = new PostgresCallReportQueries(this.#reading, this.#copies);
    this.messageQueries = new PostgresMessageQueries(this.#reading);
    this.outboxQueries = new PostgresOutboxQueries(this.#reading);
    this.sessionQueries = new PostgresSessionQueries(this.#reading);
    this.sessionReportQueries = new PostgresSessionReportQueries(this.#reading);
    this.inboxQueries = new PostgresInboxQueries(this.#reading);
    this.dialogQueries = new PostgresDialogQueries(this.#reading);
    this.queue = new PostgresQueue({ ...options, whenUp: () => this.#lifecycle.whenUp() });
  }

  /**
   * Opens the spool and begins to connect in the background, without waiting for it.
   * @throws SpoolRefused when the spool's folder cannot be written
   */
  static async open(options: PostgresStoresOptions): Promise<PostgresStores> {
    const spool = await Spool.open(options.spoolFolder, { ...options.spool, indexed: [effectRows.name] });
    return new PostgresStores(options, spool, await spool.name().catch(() => randomUUID()));
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

  /**
   * Tells the database that this process is there and whether anything that it took is still on its disk, so that
   * erasures know whom to wait for; what is put aside as damaged loses its matching lines.
   */
  async reportSpool(matches: ((text: string) => boolean) | undefined): Promise<void> {
    this.#reported = true;
    if (matches !== undefined) await this.spool.removeDamaged(matches);
    await this.erasures.reportNode(await this.spool.name(), async () => {
      await this.turns.flush();
      return this.spool.depth === 0;
    });
  }

  /** Removes what is older than its period by then, as is done every hour. Rejects with the database's error. */
  async applyRetention(now: Date): Promise<RetentionResult | undefined> {
    const { retention } = this.options;
    return retention === undefined ? undefined : applyRetention(this.#database, retention, now);
  }

  /** Closes calls that nothing was heard of for so long, in milliseconds; resolves to how many. Rejects with the database's error. */
  async reconcileCalls(closeAfterMs: number, now = new Date()): Promise<number> {
    return reconcileCalls(this.#reading, this.#kindOf(callReportRows), new Date(now.getTime() - closeAfterMs), now);
  }

  /**
   * Ends the leases of those senders of this node that are dead: all but `worker`, whose name begins with {@link node} as theirs
   * do. The folder of the spool has one process at a time. Rejects with the database's error.
   * @returns how many orders may be settled now
   */
  async freeOrdersOfDead(worker: string): Promise<number> {
    return freeOrdersOfDead(this.#database, this.node, worker);
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
    await Promise.allSettled([this.#copies.close(), this.#reading.close()]);
    // Rows that still wait for a statement fail over to the spool now, so it closes last.
    const wasUp = this.#lifecycle.isUp;
    await this.#database.close();
    if (wasUp && this.#reported && this.spool.depth === 0) await this.#leave().catch(() => undefined);
    await this.spool.close();
  }

  /** Nothing more can be written by now, so nobody has to wait for this process. */
  async #leave(): Promise<void> {
    const database = new Database(this.options.url, { ...this.options, connections: 1 });
    try {
      await new PostgresErasures(database, noSecret).leave(await this.spool.name());
    } finally {
      await database.close();
    }
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
    return new RowWriter(this.#kindOf(kind), this.#database, gate, { append });
  }

  /** As this process writes them. */
  #kindOf(kind: RowKind): RowKind {
    return this.#kinds.find(({ name }) => name === kind.name) ?? kind;
  }

  async #store(rows: readonly Row[]): Promise<void> {
    for (const kind of this.#kinds) {
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
