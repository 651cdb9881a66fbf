import { v7 as uuid } from 'uuid';
import type { AuditDraft, AuditEntry, AuditLog, Page, PageRequest, TimeRange } from '@app/reporting';
import type { Database } from '../database.js';
import type { PostgresAudit } from '../stores/audit.js';
import { keyset, pageOf } from './keyset.js';

interface EntryColumns {
  readonly seq: string;
  readonly at: Date;
  readonly actor: string;
  readonly action: string;
  readonly subject: string | null;
  readonly details: Record<string, unknown>;
  readonly hash: Buffer;
  readonly previous: Buffer;
}

const countEntries = { name: 'count-audit', text: 'SELECT coalesce(max(seq), 0)::int AS entries FROM audit_log' };

/** The audit log as the admin API reads it. */
export class PostgresAuditLog implements AuditLog {
  constructor(
    private readonly database: Database,
    private readonly audit: PostgresAudit,
  ) {}

  async append({ details = {}, ...draft }: AuditDraft): Promise<void> {
    await this.audit.append({ ...draft, details, id: uuid() });
  }

  async list(
    { action, actor, after, before }: { readonly action?: string; readonly actor?: string } & TimeRange,
    page: PageRequest,
  ): Promise<Page<AuditEntry>> {
    const given = [action, actor, after, before];
    const conditions = ['action = $', 'actor = $', 'at >= $', 'at < $'];
    const values = given.filter((value) => value !== undefined);
    const wanted = conditions
      .filter((_condition, i) => given[i] !== undefined)
      .map((condition, i) => `${condition}${String(i + 1)}`);
    const key = keyset(page, {
      ...{ column: 'seq', type: 'bigint', id: 'seq', idType: 'bigint', descending: true, after: values.length },
    });
    const text = `
      SELECT seq, at, actor, action, subject, details, hash, previous FROM audit_log
      WHERE ${[...wanted, key.where].join(' AND ')} ORDER BY ${key.orderBy} LIMIT ${String(key.limit)}`;
    const rows = await this.database.query<EntryColumns>({ text }, [...values, ...key.values]);
    return pageOf(rows, page, ({ seq }) => ({ value: seq, id: seq }), entryOf);
  }

  async verify(): Promise<{ readonly entries: number; readonly brokenAt?: number }> {
    const brokenAt = await this.audit.firstFault();
    const [counted] = await this.database.query<{ entries: number }>(countEntries, []);
    return { entries: counted?.entries ?? 0, ...(brokenAt === undefined ? {} : { brokenAt }) };
  }
}

function entryOf({ seq, at, actor, action, subject, details, hash, previous }: EntryColumns): AuditEntry {
  return {
    ...{ number: Number(seq), at, actor, action, subject: subject ?? '', details },
    hash: hash.toString('hex'),
    previousHash: previous.toString('hex'),
  };
}
