import { StoreUnavailable, type EffectLedger, type EffectResult, type LedgerEntry, type Value } from '@app/dialog';
import type { Database } from '../database.js';
import type { RowWriter } from '../row-writer.js';
import { makeRow, timeColumn, type Row, type RowKind } from '../row.js';

/** Providers use session ids again: what was done longer ago belongs to another session. */
const validity = `interval '12 hours'`;

/** Effects as rows; the first one of a key stays. */
export const effectRows: RowKind = {
  name: 'effect',
  insert: `
    INSERT INTO effect_ledger (key, outcome, value, step, provider, account, at)
    SELECT DISTINCT ON (key) key, outcome, value::jsonb, step, provider, account, at
    FROM jsonb_to_recordset($1::jsonb)
      AS r(key text, outcome text, value text, step text, provider text, account text, at timestamptz)
    ORDER BY key, at
    ON CONFLICT (key) DO UPDATE
      SET (outcome, value, step, provider, account, at) =
          (excluded.outcome, excluded.value, excluded.step, excluded.provider, excluded.account, excluded.at)
      WHERE effect_ledger.at < excluded.at - ${validity}`,
};

/** What the ledger reads from. */
export interface LedgerSources {
  readonly database: Database;
  readonly isUp: () => boolean;
  /** An effect that waits in the spool. */
  readonly spooled: (key: string) => Row | undefined;
  readonly failed: (error: unknown) => void;
}

const findEffect = {
  name: 'find-effect',
  text: `SELECT outcome, value::text AS value FROM effect_ledger WHERE key = $1 AND at > now() - ${validity}`,
};

interface EffectColumns {
  readonly outcome: string;
  /** JSON as text, since a driver reads the JSON null and SQL's NULL alike. */
  readonly value?: string | null;
}

/** The ledger of effects in Postgres; while that is away, effects are written to and found in the spool. */
export class PostgresEffectLedger implements EffectLedger {
  constructor(
    private readonly writer: RowWriter,
    private readonly sources: LedgerSources,
  ) {}

  async find(key: string): Promise<EffectResult | undefined> {
    const spooled = this.sources.spooled(key);
    if (spooled !== undefined) return resultOf(JSON.parse(spooled.json) as EffectColumns);
    if (!this.sources.isUp()) throw new StoreUnavailable('Postgres is away');
    try {
      const [found] = await this.sources.database.query<EffectColumns & Record<string, unknown>>(findEffect, [key]);
      return found === undefined ? undefined : resultOf(found);
    } catch (error) {
      this.sources.failed(error);
      throw new StoreUnavailable('the effect ledger could not be read', { cause: error });
    }
  }

  async record(entry: LedgerEntry): Promise<void> {
    const { value, at, ...columns } = entry;
    const row = {
      ...columns,
      at: timeColumn(new Date(at)),
      value: value === undefined ? undefined : JSON.stringify(value),
    };
    await this.writer.write(makeRow(effectRows, entry.key, row));
  }
}

/** Forgets the effects done before `before`, in epoch milliseconds; a session never lives that long. */
export async function removeOldEffects(database: Database, before: number): Promise<void> {
  const statement = {
    name: 'remove-old-effects',
    text: `DELETE FROM effect_ledger WHERE key IN (SELECT key FROM effect_ledger WHERE at < $1 LIMIT 5000) RETURNING 1`,
  };
  for (;;) {
    const removed = await database.query(statement, [new Date(before)]);
    if (removed.length === 0) return;
  }
}

function resultOf(columns: EffectColumns): EffectResult {
  const { outcome, value } = columns;
  return value === undefined || value === null ? { outcome } : { outcome, value: JSON.parse(value) as Value };
}
