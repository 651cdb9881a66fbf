import { v7 as uuid } from 'uuid';
import type { ForwardBook } from '@app/reporting';
import type { Database } from '../database.js';

const findDisabled = { name: 'find-disabled-forwards', text: 'SELECT id FROM forwards WHERE NOT enabled' };

const succeed = {
  name: 'succeed-forward',
  text: `
    INSERT INTO forwards AS f (id, last_success_at) VALUES ($1, $2)
    ON CONFLICT (id) DO UPDATE SET
      last_success_at = greatest(f.last_success_at, excluded.last_success_at), failing_since = NULL
    WHERE f.failing_since IS NOT NULL OR f.last_success_at IS NULL
      OR f.last_success_at < excluded.last_success_at - interval '10 seconds'`,
};

const fail = {
  name: 'fail-forward',
  text: `SELECT fail_forward($1, $2, $3, make_interval(secs => $4::float8 / 1000), $5) AS disabled`,
};

/** How forwards do, kept in Postgres. */
export class PostgresForwardBook implements ForwardBook {
  constructor(private readonly database: Database) {}

  async disabled(): Promise<ReadonlySet<string>> {
    const rows = await this.database.query<{ id: string }>(findDisabled, []);
    return new Set(rows.map(({ id }) => id));
  }

  async succeeded(id: string, at: Date): Promise<void> {
    await this.database.query(succeed, [id, at]);
  }

  async failed(id: string, at: Date, reason: string, limitMs: number): Promise<'enabled' | 'disabled'> {
    const [row] = await this.database.query<{ disabled: boolean }>(fail, [id, at, reason, limitMs, uuid()]);
    return row?.disabled === true ? 'disabled' : 'enabled';
  }
}
