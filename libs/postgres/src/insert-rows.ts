import type { Database } from './database.js';
import { faultOf, reasonOf, sqlStateOf } from './fault.js';
import type { Row, RowKind } from './row.js';

const maxStatementBytes = 4 * 2 ** 20;

const quarantine = {
  name: 'quarantine',
  text: `INSERT INTO quarantine (kind, id, sql_state, reason, content)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
};

/**
 * Writes rows of one kind, many to a statement. A row that Postgres refuses for what it holds goes to the quarantine
 * with the reason, and the others are written. Throws only when Postgres cannot take rows now; some may be written then.
 * @returns how many rows were set aside
 */
export async function insertRows(database: Database, kind: RowKind, rows: readonly Row[]): Promise<number> {
  let aside = 0;
  for (const part of parts(distinct(rows))) aside += await insertPart(database, kind, part);
  return aside;
}

async function insertPart(database: Database, kind: RowKind, rows: readonly Row[]): Promise<number> {
  try {
    const parameter = kind.parameter?.(rows) ?? `[${rows.map((row) => row.json).join(',')}]`;
    await database.query({ name: kind.name, text: kind.insert }, [parameter]);
    return 0;
  } catch (error) {
    if (faultOf(error) !== 'poison') throw error;
    const [first, ...others] = rows;
    if (first !== undefined && others.length === 0) {
      await setAside(database, first, reasonOf(error), sqlStateOf(error));
      return 1;
    }
    const middle = rows.length >> 1;
    const before = await insertPart(database, kind, rows.slice(0, middle));
    return before + (await insertPart(database, kind, rows.slice(middle)));
  }
}

/** Keeps a row in the quarantine, with what was wrong with it. */
export async function setAside(database: Database, row: Row, reason: string, sqlState?: string): Promise<void> {
  await database.query(quarantine, [row.kind, row.id, sqlState ?? null, reason, row.json]);
}

/** Of rows with the same id the first one. */
function distinct(rows: readonly Row[]): Row[] {
  const byId = new Map<string, Row>();
  for (const row of rows) if (!byId.has(row.id)) byId.set(row.id, row);
  return [...byId.values()];
}

function* parts(rows: readonly Row[]): Generator<readonly Row[]> {
  let part: Row[] = [];
  let size = 0;
  for (const row of rows) {
    if (part.length > 0 && size + row.json.length > maxStatementBytes) {
      yield part;
      part = [];
      size = 0;
    }
    part.push(row);
    size += row.json.length;
  }
  if (part.length > 0) yield part;
}
