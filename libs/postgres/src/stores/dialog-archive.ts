import { StoreUnavailable, type DialogArchive, type DialogVersion } from '@app/dialog';
import type { Database } from '../database.js';
import type { RowWriter } from '../row-writer.js';
import { makeRow, type RowKind } from '../row.js';

/** Versions of dialogs as rows. */
export const dialogRows: RowKind = {
  name: 'dialog-version',
  insert: `
    INSERT INTO dialog_versions (dialog, version, sources, first_seen, last_seen)
    SELECT dialog, version, sources, seen, seen
    FROM jsonb_to_recordset($1::jsonb) AS r(dialog text, version text, sources jsonb, seen timestamptz)
    ORDER BY dialog, version
    ON CONFLICT (dialog, version) DO UPDATE SET last_seen = greatest(dialog_versions.last_seen, excluded.last_seen)`,
};

const findVersion = {
  name: 'find-dialog-version',
  text: `SELECT sources FROM dialog_versions WHERE dialog = $1 AND starts_with(version, $2)
         ORDER BY last_seen DESC LIMIT 1`,
};

/** What the archive reads from. */
export interface ArchiveSources {
  readonly database: Database;
  readonly isUp: () => boolean;
  readonly failed: (error: unknown) => void;
}

/** Old definitions in Postgres; what is kept while that is away arrives there later. */
export class PostgresDialogArchive implements DialogArchive {
  constructor(
    private readonly writer: RowWriter,
    private readonly sources: ArchiveSources,
    private readonly now: () => Date = () => new Date(),
  ) {}

  async keep(versions: readonly DialogVersion[]): Promise<void> {
    const seen = this.now().toISOString();
    await Promise.all(
      versions.map(({ id, version, sources }) =>
        this.writer.write(makeRow(dialogRows, `${id}@${version}`, { dialog: id, version, sources, seen })),
      ),
    );
  }

  /** @throws StoreUnavailable when it cannot be read. */
  async find(dialog: string, version: string): Promise<Readonly<Record<string, string>> | undefined> {
    if (!this.sources.isUp()) throw new StoreUnavailable('Postgres is away');
    try {
      const [found] = await this.sources.database.query<{ sources: Record<string, string> }>(findVersion, [
        dialog,
        version,
      ]);
      return found?.sources;
    } catch (error) {
      this.sources.failed(error);
      throw new StoreUnavailable('the archive of dialogs could not be read', { cause: error });
    }
  }
}
