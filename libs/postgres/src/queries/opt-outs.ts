import { v7 as uuid } from 'uuid';
import type { AuditDraft, OptOut, OptOutQueries, Page, PageRequest } from '@app/reporting';
import { writtenForms } from '@app/telephony';
import type { Database } from '../database.js';
import { auditCall, auditValues } from '../stores/audit-call.js';
import { Conditions } from './conditions.js';
import { keyset, pageOf } from './keyset.js';

interface OptOutColumns {
  readonly id: string;
  readonly provider: string;
  readonly account: string;
  readonly msisdn: string;
  readonly address: string;
  readonly reason: string;
  readonly at: Date;
}

const columns = 'id, provider, account, msisdn, address, reason, at';

// The lock of the audit log is taken before the row, as the words of people take it, or both could wait for each other.
const auditLock = '(SELECT pg_advisory_xact_lock(7364202)) AS locked';

const add = {
  name: 'add-opt-out',
  text: `
    WITH kept AS (
      INSERT INTO opt_outs AS o (provider, account, msisdn, address, opted_out, reason, at, heard_at)
      SELECT $1, $2, $3, $4, true, $5, $6::timestamptz, $6::timestamptz FROM ${auditLock}
      ON CONFLICT (provider, account, msisdn, address) DO UPDATE SET
        opted_out = true,
        reason = CASE WHEN o.opted_out THEN o.reason ELSE excluded.reason END,
        at = CASE WHEN o.opted_out THEN o.at ELSE excluded.at END,
        heard_at = greatest(o.heard_at, excluded.heard_at)
      RETURNING ${columns}
    ), audited AS (
      SELECT ${auditCall(7)} FROM kept WHERE at = $6
    )
    SELECT kept.*, (SELECT count(*) FROM audited) AS entries FROM kept`,
};

const remove = {
  name: 'remove-opt-out',
  text: `
    WITH lifted AS (
      UPDATE opt_outs SET opted_out = false, reason = 'admin', at = $2, heard_at = greatest(heard_at, $2)
      FROM ${auditLock}
      WHERE id = $1 AND opted_out
      RETURNING id
    )
    SELECT ${auditCall(3)} FROM lifted`,
};

/** Opt-outs as operators see and change them; an operator's word counts whatever was heard before it. */
export class PostgresOptOutQueries implements OptOutQueries {
  constructor(private readonly database: Database) {}

  async list(
    filter: {
      readonly provider?: string;
      readonly msisdn?: string;
      readonly account?: string;
      readonly address?: string;
    },
    page: PageRequest,
  ): Promise<Page<OptOut & { readonly id: string }>> {
    const { provider, account, msisdn, address } = filter;
    const wanted = new Conditions()
      .always('opted_out')
      .equal({ provider, account, msisdn })
      .where('address = ANY (?)', address && writtenForms(address));
    const { where, orderBy, limit, values } = keyset(page, {
      ...{ column: 'at', type: 'timestamptz', id: 'id', descending: true, after: wanted.count },
    });
    const text = `
      SELECT ${columns} FROM opt_outs
      WHERE ${wanted.text} AND ${where} ORDER BY ${orderBy} LIMIT ${String(limit)}`;
    const rows = await this.database.query<OptOutColumns>({ text }, [...wanted.values, ...values]);
    return pageOf(rows, page, ({ at, id }) => ({ value: at.toISOString(), id }), optOutOf);
  }

  async add(entry: OptOut, audit: AuditDraft): Promise<OptOut & { readonly id: string }> {
    const { provider, account, msisdn, address = '', reason, at } = entry;
    const values = [provider, account, msisdn, address, reason, at, ...auditValues(uuid(), audit)];
    const [row] = await this.database.query<OptOutColumns>(add, values);
    if (row === undefined) throw new Error('an opt-out was written and not returned');
    return optOutOf(row);
  }

  async remove(id: string, audit: AuditDraft): Promise<'removed' | 'unknown'> {
    const rows = await this.database.query(remove, [id, audit.at, ...auditValues(uuid(), audit)]);
    return rows.length > 0 ? 'removed' : 'unknown';
  }
}

function optOutOf({ address, ...row }: OptOutColumns): OptOut & { readonly id: string } {
  const { id, provider, account, msisdn, reason, at } = row;
  return { id, provider, account, msisdn, reason, at, ...(address === '' ? {} : { address }) };
}
