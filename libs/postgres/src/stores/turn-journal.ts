import type { TurnEntry, TurnJournal } from '@app/reporting';
import type { Database } from '../database.js';
import { insertRows } from '../insert-rows.js';
import { makeRow, nameColumn, timeColumn, type Row, type RowKind } from '../row.js';

const state = ['session_key', 'channel', 'provider', 'account', 'caller', 'dialog', 'version', 'step', 'language'];
const stateColumns = [...state, 'turn', 'ended', 'started_at', 'last_turn_at', 'expires_at'].join(', ');

/** Turns as rows, each with the session that it left; of a session the last turn stays, whatever comes first. */
export const turnRows: RowKind = {
  name: 'turn',
  insert: `
    WITH incoming AS MATERIALIZED (
      SELECT *, received_at AS last_turn_at FROM jsonb_to_recordset($1::jsonb) AS r(
        id uuid, received_at timestamptz, session text, session_key text, channel text, provider text, account text,
        caller text, dialog text, version text, asked text, step text, refused boolean, language text, turn integer,
        input text, reply text, outcome text, ended boolean, duration_ms double precision, started_at timestamptz,
        expires_at timestamptz)
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
const batchSize = 500;

/** The journal of turns in Postgres. What waits is lost in a crash, and the oldest of it while Postgres stays away. */
export class PostgresTurnJournal implements TurnJournal {
  readonly #timer = setInterval(() => void this.flush(), intervalMs).unref();
  readonly #maxWaiting: number;
  #waiting: TurnEntry[] = [];
  #dropped = 0;
  #flushing: Promise<void> | undefined;

  constructor(private readonly options: TurnJournalOptions) {
    this.#maxWaiting = options.maxWaiting ?? 20_000;
  }

  note(entry: TurnEntry): void {
    if (this.#waiting.push(entry) % batchSize === 0) this.#full();
  }

  /** How many turns were never written since too many waited. */
  get dropped(): number {
    return this.#dropped;
  }

  /** How many turns wait to be written. */
  get waiting(): number {
    return this.#waiting.length;
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

  #full(): void {
    this.#trim();
    // Behind the turn that noted this, whose answer is not sent yet.
    setImmediate(() => void this.flush());
  }

  async #flush(): Promise<void> {
    const { database, isUp, failed, quarantined } = this.options;
    while (this.#waiting.length > 0 && isUp()) {
      const batch = this.#waiting.splice(0, batchSize);
      try {
        const aside = await insertRows(database, turnRows, batch.map(rowOf));
        if (aside > 0) quarantined(aside);
      } catch (error) {
        this.#waiting = [...batch, ...this.#waiting];
        this.#trim();
        failed(error);
        return;
      }
    }
  }

  #trim(): void {
    const tooMany = this.#waiting.length - this.#maxWaiting;
    if (tooMany <= 0) return;
    this.#waiting.splice(0, tooMany);
    this.#dropped += tooMany;
  }
}

// One literal: an object put together from others takes far longer, and there is one for every turn.
function rowOf(entry: TurnEntry): Row {
  return makeRow(turnRows, entry.id, {
    id: entry.id,
    received_at: timeColumn(entry.at),
    session: entry.session,
    session_key: entry.sessionKey,
    channel: entry.channel,
    provider: entry.provider,
    account: entry.account,
    caller: nameColumn(entry.caller),
    dialog: entry.dialog,
    version: entry.version,
    asked: entry.asked,
    step: entry.step,
    refused: entry.refused,
    language: entry.language,
    turn: entry.turn,
    input: entry.input,
    reply: entry.reply,
    outcome: entry.outcome,
    ended: entry.ended,
    duration_ms: entry.durationMs,
    started_at: timeColumn(entry.startedAt),
    expires_at: timeColumn(entry.expiresAt),
  });
}
