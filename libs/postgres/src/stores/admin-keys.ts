import { v7 as uuid } from 'uuid';
import type { AdminKey, AdminKeyStore, AuditDraft, Page, PageRequest } from '@app/reporting';
import { Database } from '../database.js';
import { present } from '../present.js';
import { keyset, pageOf } from '../queries/keyset.js';
import { auditCall, auditValues } from './audit-call.js';

interface KeyColumns {
  readonly id: string;
  readonly name: string;
  readonly scopes: string[];
  readonly created_at: Date;
  readonly expires_at: Date | null;
  readonly last_used_at: Date | null;
  readonly revoked_at: Date | null;
}

const columns = 'id, name, scopes, created_at, expires_at, last_used_at, revoked_at';

const findKey = {
  name: 'find-admin-key',
  text: `SELECT ${columns} FROM admin_keys WHERE secret_hash = $1`,
};

const createKey = {
  name: 'create-admin-key',
  text: `
    WITH made AS (
      INSERT INTO admin_keys (id, secret_hash, name, scopes, created_at, expires_at)
      VALUES ($1, $2, $3, $4, $5, $6) RETURNING id
    )
    SELECT ${auditCall(7)} FROM made`,
};

const revokeKey = {
  name: 'revoke-admin-key',
  text: `
    WITH revoked AS (
      UPDATE admin_keys SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL RETURNING id
    )
    SELECT ${auditCall(3)} FROM revoked`,
};

const noteUse = {
  name: 'note-use-of-admin-key',
  text: 'UPDATE admin_keys SET last_used_at = greatest(last_used_at, $2) WHERE id = $1',
};

/** The keys of the admin API; every change is audited in the statement that makes it. */
export class PostgresAdminKeys implements AdminKeyStore {
  constructor(private readonly database: Database) {}

  async find(secretHash: Uint8Array): Promise<AdminKey | undefined> {
    const [row] = await this.database.query<KeyColumns>(findKey, [Buffer.from(secretHash)]);
    return row === undefined ? undefined : keyOf(row);
  }

  async create(key: AdminKey, secretHash: Uint8Array, audit: AuditDraft): Promise<void> {
    const { id, name, scopes, createdAt, expiresAt } = key;
    const values = [id, Buffer.from(secretHash), name, scopes, createdAt, expiresAt ?? null];
    await this.database.query(createKey, [...values, ...auditValues(uuid(), audit)]);
  }

  async revoke(id: string, at: Date, audit: AuditDraft): Promise<'revoked' | 'unknown'> {
    const rows = await this.database.query(revokeKey, [id, at, ...auditValues(uuid(), audit)]);
    return rows.length > 0 ? 'revoked' : 'unknown';
  }

  async list(page: PageRequest): Promise<Page<AdminKey>> {
    const { where, orderBy, limit, values } = keyset(page, {
      ...{ column: 'created_at', type: 'timestamptz', id: 'id', descending: true, after: 0 },
    });
    const text = `SELECT ${columns} FROM admin_keys WHERE ${where} ORDER BY ${orderBy} LIMIT ${String(limit)}`;
    const rows = await this.database.query<KeyColumns>({ text }, values);
    return pageOf(rows, page, ({ created_at, id }) => ({ value: created_at.toISOString(), id }), keyOf);
  }

  async used(id: string, at: Date): Promise<void> {
    await this.database.query(noteUse, [id, at]);
  }
}

/** Opens the keys for a command that needs nothing else of the database, and closes them behind it. */
export async function withAdminKeys<T>(url: string, work: (keys: AdminKeyStore) => Promise<T>): Promise<T> {
  const database = new Database(url, { connections: 1, connectTimeoutMs: 5_000, applicationName: 'ongea keys' });
  try {
    return await work(new PostgresAdminKeys(database));
  } finally {
    await database.close();
  }
}

function keyOf({ id, name, scopes, created_at, expires_at, last_used_at, revoked_at }: KeyColumns): AdminKey {
  return {
    ...{ id, name, scopes, createdAt: created_at },
    ...present({ expiresAt: expires_at, lastUsedAt: last_used_at, revokedAt: revoked_at }),
  };
}
