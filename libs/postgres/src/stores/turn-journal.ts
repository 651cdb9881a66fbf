import type { TurnEntry, TurnJournal } from '@app/reporting';
import type { Database } from '../database.js';
import { faultOf } from '../fault.js';
import { insertRows } from '../insert-rows.js';
import type { Row, RowKind } from '../row.js';
import { betweenFields, betweenTurns, TurnPage, turnLine } from './turn-page.js';

const state = ['session_key', 'channel', 'provider', 'account', 'caller', 'dialog', 'version', 'step', 'language'];
const stateColumns = [...state, 'turn', 'ended', 'started_at', 'last_turn_at', 'expires_at'].join(', ');

const fields = [
  ...['id', 'received_at', 'session', 'session_key', 'channel', 'provider', 'account', 'caller', 'dialog', 'version'],
  ...['asked', 'step', 'refused', 'language', 'turn', 'input', 'reply', 'outcome', 'ended', 'duration_ms'],
  ...['started_at', 'expires_at'],
];
const optional = ['asked', 'step', 'language', 'input'];
const types: Readonly<Record<string, string>> = { id: 'uuid', refused: 'boolean', ended: 'boolean', turn: 'integer' };

const columns = fields.map((name, i) => {
  const field = `f[${String(i + 1)}]`;
  if (name.endsWith('_at')) return `to_timestamp(${field}::double precision / 1000) AS ${name}`;
  if (optional.includes(name)) return `nullif(${field}, '') AS ${name}`;
  return `${field}::${name.endsWith('_ms') ? 'double precision' : (types[name] ?? 'text')} AS ${name}`;
});

/**
 * Turns as rows, each with the session that it left; of a session the last turn stays, whatever comes first. The
 * parameter is what {@link turnLine} makes of each, one after the other; times are epoch milliseconds.
 */
export const turnRows: RowKind = {
  name: 'turn',
  insert: `
    WITH incoming AS MATERIALIZED (
      SELECT *, received_at AS last_turn_at FROM (
        SELECT ${columns.join(', ')}
        FROM (SELECT string_to_array(line, E'\\x1f') AS f FROM string_to_table($1, E'\\x1e') AS line OFFSET 0) AS lines
      ) AS turns
    ), kept AS (
      INSERT INTO turns (
        id, received_at, session, started_at, turn, channel, provider, account, caller, dialog, version, asked, step,
        refused, ended, language, input, reply, outcome, duration_ms)
      SELECT id, received_at, session, started_at, turn, channel, provider, account, caller, dialog, version, asked, step,
        refused, ended, language, input, reply, outcome, duration_ms
      FROM incoming
      ON CONFLICT DO NOTHING
    )
    INSERT INTO sessions AS kept (session, ${stateColumns})
    SELECT DISTINCT ON (session) session, ${stateColumns}
    FROM incoming ORDER BY session, started_at DESC, turn DESC
    ON CONFLICT (session) DO UPDATE
      SET (${stateColumns}) = (${stateColumns.replace(/\w+/g, 'excluded.$&')})
      WHERE (kept.started_at, kept.turn) < (excluded.started_at, excluded.turn)`,
  parameter: (rows) => rows.map(({ json }) => (JSON.parse(json) as string[]).join(betweenFields)).join(betweenTurns),
};

/** How a journal is set up. */
export interface TurnJournalOptions {
  readonly database: Database;
  /** Whether a statement is worth a try. */
  readonly isUp: () => boolean;
  readonly failed: (error: unknown) => void;
  /** Turns were set aside for what they hold. */
  readonly quarantined: (rows: number) => void;
  /** How many turns may wait while Postgres is away; default 20 000. */
  readonly maxWaiting?: number;
}

const intervalMs = 500;

/** The journal of turns in Postgres. What waits is lost in a crash, and the oldest of it while Postgres stays away. */
export class PostgresTurnJournal implements TurnJournal {
  readonly #timer = setInterval(() => void this.flush(), intervalMs).unref();
  readonly #maxWaiting: number;
  /** The last one is being written on. */
  #pages: TurnPage[] = [];
  /** Written on again: a page is memory outside the heap, of which much makes the garbage collector run. */
  #spare: TurnPage | undefined;
  #dropped = 0;
  #flushing: Promise<void> | undefined;

  constructor(private readonly options: TurnJournalOptions) {
    this.#maxWaiting = options.maxWaiting ?? 20_000;
  }

  note(entry: TurnEntry): void {
    const turn = turnLine(entry);
    if (this.#pages.at(-1)?.add(turn) === true) return;
    const page = this.#spare ?? new TurnPage();
    this.#spare = undefined;
    page.begin(turn);
    const isFull = this.#pages.push(page) > 1;
    this.#trim();
    // Behind the turn that noted this, whose answer is not sent yet.
    if (isFull) setImmediate(() => void this.flush());
  }

  /** How many turns were never written since too many waited. */
  get dropped(): number {
    return this.#dropped;
  }

  /** How many turns wait to be written. */
  get waiting(): number {
    return this.#pages.reduce((sum, page) => sum + page.turns, 0);
  }

  /** Writes what waits, unless Postgres is away. Never rejects. */
  flush(): Promise<void> {
    return (this.#flushing ??= this.#flush().finally(() => (this.#flushing = undefined)));
  }

  /** Writes what waits, once, and stops. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#flushing;
    await this.flush();
  }

  async #flush(): Promise<void> {
    const { isUp, failed, quarantined } = this.options;
    while (isUp()) {
      const page = this.#pages.shift();
      if (page === undefined) return;
      try {
        const aside = await this.#store(page);
        this.#spare = page;
        if (aside > 0) quarantined(aside);
      } catch (error) {
        this.#pages.unshift(page);
        this.#trim();
        failed(error);
        return;
      }
    }
  }

  /** Returns how many turns were set aside. */
  async #store(page: TurnPage): Promise<number> {
    const { database } = this.options;
    try {
      await database.query({ name: turnRows.name, text: turnRows.insert }, [page.bytes()]);
      return 0;
    } catch (error) {
      if (faultOf(error) !== 'poison') throw error;
      return insertRows(database, turnRows, page.each().map(rowOf));
    }
  }

  /** Drops the oldest pages, never the one that is being written on. */
  #trim(): void {
    while (this.#pages.length > 1 && this.waiting > this.#maxWaiting) this.#dropped += this.#pages.shift()?.turns ?? 0;
  }
}

/** For the quarantine as JSON, as every row. */
function rowOf(line: string): Row {
  const values = line.split(betweenFields);
  return { kind: turnRows.name, id: values[0] ?? '', json: JSON.stringify(values) };
}
