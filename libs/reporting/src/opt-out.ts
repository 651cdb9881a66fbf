/** A person's word not to be written to or called by an address of ours. */
export interface OptOut {
  readonly provider: string;
  readonly account: string;
  /** Absent: every address of the account. */
  readonly address?: string;
  /** E.164. */
  readonly msisdn: string;
  /** `stop-word`, `provider-notice`, `admin`, or an operator's own words. */
  readonly reason: string;
  readonly at: Date;
}

/** Who wants to hear nothing; every change is audited in the transaction that makes it. */
export interface OptOutStore {
  /** Resolves once durable (committed, or fsynced to the spool); a second opt-out changes nothing. */
  optOut(entry: OptOut): Promise<void>;
  /** Lifts those for this address and those for every address. */
  optIn(entry: OptOut): Promise<void>;
  /** Which of the numbers an address may not reach; without an address, whoever opted out of any. */
  optedOut(
    account: { readonly provider: string; readonly account: string },
    address: string | undefined,
    msisdns: readonly string[],
  ): Promise<ReadonlySet<string>>;
}
