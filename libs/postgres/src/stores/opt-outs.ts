import { v7 as uuid } from 'uuid';
import type { OptOut, OptOutStore } from '@app/reporting';
import { maskMsisdn, writtenForms } from '@app/telephony';
import type { Database } from '../database.js';
import type { RowWriter } from '../row-writer.js';
import { makeRow, nameColumn, type RowKind } from '../row.js';

/** Opt-outs and opt-ins as rows of one kind, so that a spool keeps their order. */
export const optOutRows: RowKind = {
  name: 'opt-out',
  insert: `
    WITH incoming AS MATERIALIZED (
      SELECT * FROM jsonb_to_recordset($1::jsonb) AS r(
        id uuid, provider text, account text, msisdn text, address text, opted_out boolean, reason text,
        at timestamptz, masked text, erased_as text[])
      ORDER BY at, id
    ), lifted AS (
      -- What they said before they were erased.
      DELETE FROM opt_outs o USING incoming i
      WHERE NOT i.opted_out AND (o.provider, o.account) = (i.provider, i.account) AND o.msisdn = ANY (i.erased_as)
        AND (i.address = '' OR bare_address(o.address) IN (bare_address(i.address), '')) AND o.heard_at < i.at
    )
    SELECT hear_opt_out(id, provider, account, msisdn, address, opted_out, reason, at, masked) FROM incoming`,
};

const findOptedOut = {
  name: 'find-opted-out',
  text: `
    SELECT DISTINCT msisdn FROM opt_outs
    WHERE provider = $1 AND account = $2 AND msisdn = ANY ($4) AND opted_out
      AND ($3::text[] IS NULL OR bare_address(address) = '' OR bare_address(address) IN (
        SELECT bare_address(form) FROM unnest($3::text[]) AS form))`,
};

/** Opt-outs in Postgres, by way of the spool while that is away; the audit entry is made together with the change. */
export class PostgresOptOuts implements OptOutStore {
  constructor(
    private readonly writer: RowWriter,
    private readonly database: Database,
    /** Names that an opt-out may be kept under whose number was erased. */
    private readonly namesOfErased: (msisdn: string) => readonly string[] = () => [],
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
    const numberOf = new Map(
      msisdns.flatMap((msisdn) => [msisdn, ...this.namesOfErased(msisdn)].map((name) => [name, msisdn] as const)),
    );
    const own = nameColumn(address);
    const values = [provider, account, own === undefined ? null : writtenForms(own), [...numberOf.keys()]];
    const found = await this.database.query<{ msisdn: string }>(findOptedOut, values);
    return new Set(found.flatMap(({ msisdn }) => numberOf.get(msisdn) ?? []));
  }

  async #hear(entry: OptOut, optedOut: boolean): Promise<void> {
    const { provider, account, msisdn, reason } = entry;
    const id = uuid({ msecs: entry.at.getTime() });
    const row = {
      ...{ id, provider, account, msisdn, reason, opted_out: optedOut },
      address: nameColumn(entry.address) ?? '',
      at: entry.at.toISOString(),
      masked: maskMsisdn(msisdn),
      ...(optedOut ? {} : { erased_as: this.namesOfErased(msisdn) }),
    };
    await this.writer.write(makeRow(optOutRows, id, row));
  }
}
