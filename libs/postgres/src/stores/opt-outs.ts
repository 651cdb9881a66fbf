import { v7 as uuid } from 'uuid';
import type { OptOut, OptOutStore } from '@app/reporting';
import { maskMsisdn } from '@app/telephony';
import type { Database } from '../database.js';
import type { RowWriter } from '../row-writer.js';
import { makeRow, type RowKind } from '../row.js';

/** Opt-outs and opt-ins as rows of one kind, so that a spool keeps their order. */
export const optOutRows: RowKind = {
  name: 'opt-out',
  insert: `
    SELECT hear_opt_out(id, provider, account, msisdn, address, opted_out, reason, at, masked)
    FROM (
      SELECT * FROM jsonb_to_recordset($1::jsonb) AS r(
        id uuid, provider text, account text, msisdn text, address text, opted_out boolean, reason text,
        at timestamptz, masked text)
      ORDER BY at, id
    ) AS incoming`,
};

const findOptedOut = {
  name: 'find-opted-out',
  text: `
    SELECT DISTINCT msisdn FROM opt_outs
    WHERE provider = $1 AND account = $2 AND msisdn = ANY ($4) AND opted_out
      AND ($3::text IS NULL OR address IN ($3, ''))`,
};

/** Opt-outs in Postgres, by way of the spool while that is away; the audit entry is made together with the change. */
export class PostgresOptOuts implements OptOutStore {
  constructor(
    private readonly writer: RowWriter,
    private readonly database: Database,
  ) {}

  async optOut(entry: OptOut): Promise<void> {
    await this.#hear(entry, true);
  }

  async optIn(entry: OptOut): Promise<void> {
    await this.#hear(entry, false);
  }

  /** Rejects with the database's error. */
  async optedOut(
    { provider, account }: { readonly provider: string; readonly account: string },
    address: string | undefined,
    msisdns: readonly string[],
  ): Promise<ReadonlySet<string>> {
    if (msisdns.length === 0) return new Set();
    const values = [provider, account, address ?? null, msisdns];
    const found = await this.database.query<{ msisdn: string }>(findOptedOut, values);
    return new Set(found.map(({ msisdn }) => msisdn));
  }

  async #hear(entry: OptOut, optedOut: boolean): Promise<void> {
    const { provider, account, msisdn, reason } = entry;
    const id = uuid({ msecs: entry.at.getTime() });
    const row = {
      ...{ id, provider, account, msisdn, reason, opted_out: optedOut },
      address: entry.address ?? '',
      at: entry.at.toISOString(),
      masked: maskMsisdn(msisdn),
    };
    await this.writer.write(makeRow(optOutRows, id, row));
  }
}
