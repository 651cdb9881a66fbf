import type { DialogQueries, KeptDialogVersion } from '@app/reporting';
import type { Database } from '../database.js';

interface VersionColumns {
  readonly version: string;
  readonly first_seen: Date;
  readonly last_seen: Date;
}

const findVersions = {
  name: 'read-dialog-versions',
  text: `
    SELECT version, first_seen, last_seen FROM dialog_versions WHERE dialog = $1
    ORDER BY last_seen DESC, first_seen DESC, version LIMIT 500`,
};

const countSessions = {
  name: 'count-open-sessions',
  text: `
    SELECT dialog, count(*)::int AS sessions FROM sessions WHERE NOT ended AND expires_at > $1
    GROUP BY dialog`,
};

/** What Postgres knows of dialogs. */
export class PostgresDialogQueries implements DialogQueries {
  constructor(private readonly database: Database) {}

  async versions(dialog: string): Promise<readonly KeptDialogVersion[]> {
    const rows = await this.database.query<VersionColumns>(findVersions, [dialog]);
    return rows.map(({ version, first_seen, last_seen }) => ({ version, firstSeen: first_seen, lastSeen: last_seen }));
  }

  async openSessions(now: Date): Promise<ReadonlyMap<string, number>> {
    const rows = await this.database.query<{ dialog: string; sessions: number }>(countSessions, [now]);
    return new Map(rows.map(({ dialog, sessions }) => [dialog, sessions]));
  }
}
