import { Database } from './database.js';
import { migrations } from './migrations/index.js';
import { PostgresAudit } from './stores/audit.js';

/** What a look at a database found. */
export interface DatabaseFindings {
  /** Such as `16.4`. */
  readonly version: string;
  readonly major: number;
  /** Names of migrations that have not been run. */
  readonly pending: readonly string[];
  /** By how much its clock is ahead of ours, in milliseconds, within the time that the question took. */
  readonly clockAheadMs: number;
  readonly questionMs: number;
  /** The number of the first line of the audit log that was tampered with. */
  readonly auditBrokenAt?: number;
  readonly auditEntries: number;
  /** Erasures that have been running for more than an hour. */
  readonly stuckErasures: number;
}

const auditLimitMs = 120_000;

/** Looks at a database without changing it; rejects with the database's error. */
export async function inspectDatabase(url: string): Promise<DatabaseFindings> {
  const database = new Database(url, {
    ...{ connections: 1, connectTimeoutMs: 5_000, statementTimeoutMs: auditLimitMs, applicationName: 'ongea doctor' },
  });
  try {
    return { ...(await serverOf(database)), ...(await contentOf(database)) };
  } finally {
    await database.close();
  }
}

type ServerFindings = Pick<DatabaseFindings, 'version' | 'major' | 'clockAheadMs' | 'questionMs'>;

async function serverOf(database: Database): Promise<ServerFindings> {
  // The first question makes the connection, which takes its time.
  const text = `SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS number,
                  extract(epoch FROM clock_timestamp())::float8 * 1000 AS now`;
  await database.query({ text }, []);
  const asked = Date.now();
  const [row] = await database.query<{ version: string; number: number; now: number }>({ text }, []);
  const questionMs = Date.now() - asked;
  const { version = '', number = 0, now = asked } = row ?? {};
  return { version, major: Math.floor(number / 10_000), clockAheadMs: now - (asked + questionMs / 2), questionMs };
}

type ContentFindings = Omit<DatabaseFindings, keyof ServerFindings>;

async function contentOf(database: Database): Promise<ContentFindings> {
  const wanted = migrations.map((migration) => migration.name);
  const done = (await tableIsThere(database, 'migrations'))
    ? await database.query<{ name: string }>({ text: 'SELECT name FROM migrations' }, [])
    : [];
  const names = new Set(done.map(({ name }) => name));
  const pending = wanted.filter((name) => !names.has(name));
  if (pending.length > 0) return { pending, auditEntries: 0, stuckErasures: 0 };
  const brokenAt = await new PostgresAudit(database).firstFault();
  const [counts] = await database.query<{ entries: number; stuck: number }>(
    {
      text: `SELECT (SELECT count(*)::int FROM audit_log) AS entries, (SELECT count(*)::int FROM erasures
             WHERE state = 'running' AND requested_at < now() - interval '1 hour') AS stuck`,
    },
    [],
  );
  return {
    ...{ pending, auditEntries: counts?.entries ?? 0, stuckErasures: counts?.stuck ?? 0 },
    ...(brokenAt === undefined ? {} : { auditBrokenAt: brokenAt }),
  };
}

async function tableIsThere(database: Database, table: string): Promise<boolean> {
  const [row] = await database.query<{ there: boolean }>({ text: 'SELECT to_regclass($1) IS NOT NULL AS there' }, [
    table,
  ]);
  return row?.there === true;
}
