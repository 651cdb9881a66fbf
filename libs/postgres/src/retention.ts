import type { Database } from './database.js';
import { monthOfPartition } from './partitions.js';

/** Milliseconds that each class of data is kept. */
export interface RetentionPeriods {
  readonly callReports: number;
  readonly deliveryEvents: number;
  readonly messages: number;
  readonly transcripts: number;
  readonly inbox: number;
  readonly sessionReports: number;
}

/** What a retention run removed of one class. */
export interface RetentionCounts {
  /** Whole months, dropped. */
  readonly partitions: number;
  /** Rows that were removed one by one. */
  readonly rows: number;
}

/** Every class with what was removed of it. */
export type RetentionResult = Readonly<Record<keyof RetentionPeriods, RetentionCounts>>;

interface PartitionedTable {
  readonly table: string;
  /** Its rows have keys in `report_keys`, which go with them. */
  readonly keyed: boolean;
}

const keyed = (table: string): PartitionedTable => ({ table, keyed: true });
const unkeyed = (table: string): PartitionedTable => ({ table, keyed: false });

/** What providers tell of an account is kept like what they tell of a message. */
const tablesOf: Readonly<Record<keyof RetentionPeriods, readonly PartitionedTable[]>> = {
  callReports: [keyed('call_reports'), unkeyed('call_report_payloads'), unkeyed('call_report_history')],
  deliveryEvents: [keyed('delivery_events'), unkeyed('notices')],
  messages: [keyed('messages')],
  transcripts: [unkeyed('turns')],
  inbox: [unkeyed('inbox')],
  sessionReports: [keyed('session_reports')],
};

/** Rows of tables without partitions, by the columns that name one. */
const plainTables = {
  states: {
    table: 'delivery_states',
    key: 'account, external_id, recipient',
    old: 'created_at < $1 AND updated_at < $1',
  },
  sessions: { table: 'sessions', key: 'session', old: 'started_at < $1 AND last_turn_at < $1' },
  // Those that were sent go sooner.
  orders: { table: 'outbox', key: 'id', old: 'created_at < $1 AND updated_at < $1' },
  places: {
    table: 'outbox_recipients',
    key: 'line, position, outbox_id, message_id',
    old: 'position < extract(epoch FROM $1::timestamptz) * 1000000',
  },
  attempts: { table: 'send_attempts', key: 'outbox_id, attempt', old: 'at < $1' },
  quarantine: { table: 'quarantine', key: 'kind, id', old: 'quarantined_at < $1' },
} as const;

const batchSize = 1_000;
const beginning = ['-infinity', '00000000-0000-0000-0000-000000000000'] as const;

/**
 * Removes what is older than its period: whole months at once, the rest in small batches, and with each record the keys
 * that would know it again. A month that somebody reads or writes all the time is left for the next run. Rejects with
 * the database's error; `signal` ends it between two batches.
 */
export async function applyRetention(
  database: Database,
  periods: RetentionPeriods,
  now: Date,
  signal?: AbortSignal,
): Promise<RetentionResult> {
  const run = new RetentionRun(database, now, signal);
  const { messages, deliveryEvents, transcripts, inbox } = periods;
  const states = await run.removePlain(plainTables.states, Math.max(messages, deliveryEvents));
  const sessions = await run.removePlain(plainTables.sessions, transcripts);
  let orders = 0;
  for (const table of [plainTables.orders, plainTables.places, plainTables.attempts]) {
    orders += await run.removePlain(table, messages);
  }
  const quarantined = await run.removePlain(plainTables.quarantine, inbox);
  return {
    callReports: await run.remove(tablesOf.callReports, periods.callReports),
    deliveryEvents: await run.remove(tablesOf.deliveryEvents, deliveryEvents, states),
    messages: await run.remove(tablesOf.messages, messages, orders),
    transcripts: await run.remove(tablesOf.transcripts, transcripts, sessions),
    inbox: await run.remove(tablesOf.inbox, inbox, quarantined),
    sessionReports: await run.remove(tablesOf.sessionReports, periods.sessionReports),
  };
}

class RetentionRun {
  constructor(
    private readonly database: Database,
    private readonly now: Date,
    private readonly signal: AbortSignal | undefined,
  ) {}

  async remove(tables: readonly PartitionedTable[], periodMs: number, rowsBefore = 0): Promise<RetentionCounts> {
    const before = this.#before(periodMs);
    let [partitions, rows] = [0, rowsBefore];
    for (const table of tables) {
      partitions += await this.#dropMonths(table, before);
      rows += await this.#removeRows(table, before);
    }
    return { partitions, rows };
  }

  async removePlain(
    { table, key, old }: (typeof plainTables)[keyof typeof plainTables],
    periodMs: number,
  ): Promise<number> {
    const statement = {
      name: `retention-${table}`,
      text: `DELETE FROM ${table} WHERE (${key}) IN (SELECT ${key} FROM ${table} WHERE ${old} LIMIT ${String(batchSize)})
             RETURNING 1`,
    };
    return this.#inBatches(async () => (await this.database.query(statement, [this.#before(periodMs)])).length);
  }

  async #dropMonths({ table, keyed }: PartitionedTable, before: Date): Promise<number> {
    const partitions = await this.database.query<{ name: string }>(
      {
        name: 'partitions-of',
        text: `SELECT relname AS name FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
               WHERE inhparent = to_regclass($1) ORDER BY relname`,
      },
      [table],
    );
    let dropped = 0;
    for (const { name } of partitions) {
      const month = monthOfPartition(table, name);
      if (month === undefined || month.to > before || this.signal?.aborted === true) continue;
      if (keyed) await this.#removeKeys(name);
      const drop = { name: 'drop-partition', text: 'SELECT drop_partition($1) AS done' };
      const [result] = await this.database.query<{ done: boolean }>(drop, [name]);
      if (result?.done === true) dropped++;
    }
    return dropped;
  }

  /** Of the records of a partition. */
  async #removeKeys(partition: string): Promise<void> {
    const statement = {
      name: `retention-keys-${partition}`,
      text: `WITH old AS (
               SELECT received_at, id FROM ${partition} WHERE (received_at, id) > ($1::timestamptz, $2::uuid)
               ORDER BY received_at, id LIMIT ${String(batchSize)}
             ), keys AS (
               DELETE FROM report_keys WHERE record_id IN (SELECT id FROM old)
             )
             SELECT received_at::text, id FROM old ORDER BY old.received_at DESC, id DESC`,
    };
    let position: readonly [string, string] = beginning;
    await this.#inBatches(async () => {
      const rows = await this.database.query<{ received_at: string; id: string }>(statement, position);
      const [last] = rows;
      if (last !== undefined) position = [last.received_at, last.id];
      return rows.length;
    });
  }

  async #removeRows({ table, keyed }: PartitionedTable, before: Date): Promise<number> {
    const statement = {
      name: `retention-${table}`,
      text: `WITH old AS (
               SELECT received_at, id FROM ${table} WHERE received_at < $1
               ORDER BY received_at LIMIT ${String(batchSize)} FOR UPDATE SKIP LOCKED
             ), gone AS (
               DELETE FROM ${table} AS t USING old WHERE (t.received_at, t.id) = (old.received_at, old.id) RETURNING t.id
             )${keyed ? ', keys AS (DELETE FROM report_keys WHERE record_id IN (SELECT id FROM gone))' : ''}
             SELECT 1 FROM gone`,
    };
    return this.#inBatches(async () => (await this.database.query(statement, [before])).length);
  }

  /** Until a batch removes nothing. */
  async #inBatches(batch: () => Promise<number>): Promise<number> {
    let rows = 0;
    while (this.signal?.aborted !== true) {
      const removed = await batch();
      rows += removed;
      if (removed === 0) break;
    }
    return rows;
  }

  #before(periodMs: number): Date {
    return new Date(Math.max(0, this.now.getTime() - periodMs));
  }
}
