import type { Database } from '../database.js';
import { bytesAsText, erasureTargets, leftAlone, type ErasureTarget } from './erasure-targets.js';

const pageRows = 2_000;

/** What stands where a number stood. */
export const blank = '•••';

/** A number alone, as a value in a document, becomes null; within a text it becomes {@link blank}. */
const cleared = {
  text: (column: string) => `regexp_replace(${column}, $1, '${blank}', 'g')`,
  document: (column: string) =>
    `regexp_replace(regexp_replace(${column}::text, '([:\\[,] ?)' || $1 || '(?=[,}\\]])', '\\1null', 'g'), $1, '${blank}', 'g')::jsonb`,
  list: (column: string) =>
    `string_to_array(regexp_replace(array_to_string(${column}, E'\\x1f'), $1, '${blank}', 'g'), E'\\x1f')`,
};

interface PageOfRows {
  readonly removed: number;
  readonly blanked: number;
  readonly went: Readonly<Record<string, number>>;
  readonly last: readonly string[] | null;
}

/** Goes through a whole table in the order of its key; returns how many rows went or were cleared, by table. */
export async function eraseRows(
  database: Database,
  target: ErasureTarget,
  pattern: string,
): Promise<ReadonlyMap<string, number>> {
  const first = { text: pageStatement(target, false) };
  const next = { text: pageStatement(target, true) };
  const counts = new Map<string, number>();
  const add = (table: string, count: number) => counts.set(table, (counts.get(table) ?? 0) + count);
  for (let after: readonly string[] | null | undefined; after !== null;) {
    const statement = after === undefined ? first : next;
    const [page] = await database.query<PageOfRows>(statement, [pattern, ...(after ?? [])]);
    add(target.table, (page?.removed ?? 0) + (page?.blanked ?? 0));
    for (const [table, count] of Object.entries(page?.went ?? {})) add(table, count);
    after = page?.last ?? null;
  }
  return counts;
}

/** $1 is the pattern, from $2 on the key of the last row of the page before. */
function pageStatement(target: ErasureTarget, follows: boolean): string {
  const { table, about, texts = [], documents = [], lists = [], goesWith = {} } = target;
  const key = Object.keys(target.key);
  const rest = [...texts, ...documents.map((name) => `${name}::text`), ...lists.map((name) => `${name}::text`)];
  const place = Object.values(target.key).map((type, i) => `$${String(i + 2)}::${type}`);
  const same = key.map((name) => `t.${name} = page.${name}`).join(' AND ');
  const changes = [
    ...texts.map((name) => `${name} = ${cleared.text(`t.${name}`)}`),
    ...documents.map((name) => `${name} = ${cleared.document(`t.${name}`)}`),
    ...lists.map((name) => `${name} = ${cleared.list(`t.${name}`)}`),
  ];
  const went = Object.entries(goesWith).map(([other, column]) => ({
    other,
    cte: `${other}_went AS (DELETE FROM ${other} WHERE ${column} IN (SELECT id FROM gone) RETURNING 1)`,
  }));
  return `
    WITH page AS MATERIALIZED (
      SELECT ${key.join(', ')}, ${matched(about)} AS theirs, ${matched(rest)} AS names_them
      FROM ${table} ${follows ? `WHERE (${key.join(', ')}) > (${place.join(', ')})` : ''}
      ORDER BY ${key.join(', ')} LIMIT ${String(pageRows)}
    ), gone AS (
      DELETE FROM ${table} AS t USING page WHERE page.theirs AND ${same}
      RETURNING ${key.includes('id') ? 't.id' : '1'}
    )${went.map(({ cte }) => `, ${cte}`).join('')}
    ${
      changes.length === 0
        ? ''
        : `, blanked AS (
      UPDATE ${table} AS t SET ${changes.join(', ')} FROM page WHERE NOT page.theirs AND page.names_them AND ${same}
      RETURNING 1
    )`
    }
    SELECT (SELECT count(*)::int FROM gone) AS removed,
      ${changes.length === 0 ? '0' : '(SELECT count(*)::int FROM blanked)'} AS blanked,
      jsonb_build_object(${went
        .filter(({ other }) => other !== 'report_keys')
        .map(({ other }) => `'${other}', (SELECT count(*) FROM ${other}_went)`)
        .join(', ')}) AS went,
      (SELECT ARRAY[${key.map((name) => `${name}::text`).join(', ')}] FROM page
       ORDER BY ${key.map((name) => `${name} DESC`).join(', ')} LIMIT 1) AS last`;
}

function matched(expressions: readonly string[]): string {
  return expressions.length === 0 ? 'false' : `concat_ws(E'\\n', ${expressions.join(', ')}) ~ $1`;
}

/** Every table of the schema, those that nobody has listed too: their rows go whole. */
export async function allTargets(database: Database): Promise<readonly ErasureTarget[]> {
  const known = [...erasureTargets.map(({ table }) => table), ...leftAlone];
  const found = await database.query<{ name: string; key: Record<string, string>; columns: Record<string, string> }>(
    { name: 'erasure-tables', text: otherTables },
    [known],
  );
  const others = found.map(({ name, key, columns }) => ({
    table: name,
    key,
    about: Object.entries(columns).map(([column, type]) =>
      type === 'bytea' ? bytesAsText(column) : `${column}::text`,
    ),
  }));
  return [...erasureTargets, ...others];
}

const otherTables = `
  SELECT c.relname AS name,
    (SELECT json_object_agg(a.attname, format_type(a.atttypid, NULL) ORDER BY p.place)
     FROM pg_index i, unnest(i.indkey) WITH ORDINALITY AS p(attnum, place), pg_attribute a
     WHERE i.indrelid = c.oid AND i.indisprimary AND a.attrelid = c.oid AND a.attnum = p.attnum) AS key,
    (SELECT json_object_agg(a.attname, format_type(a.atttypid, NULL)) FROM pg_attribute a
     WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
       AND format_type(a.atttypid, NULL) IN ('text', 'jsonb', 'json', 'bytea', 'text[]', 'character varying')) AS columns
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> ALL ($1)
    AND EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary)
    AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      AND format_type(a.atttypid, NULL) IN ('text', 'jsonb', 'json', 'bytea', 'text[]', 'character varying'))`;
