/** Address (service code, short code, number, node) → dialog id; the key `default` takes every other address. */
export type Routes = ReadonlyMap<string, string>;

/** One registration with a provider, as `ongea.yaml` describes it, defaults filled in. */
export interface Account {
  readonly provider: string;
  readonly account: string;
  /** IANA name: for the provider's times that carry no zone, and for `now` in dialogs. */
  readonly timezone: string;
  /** ISO 3166 alpha-2: for numbers written without a country code. */
  readonly country?: string;
  readonly language?: string;
  readonly credentials: Readonly<Record<string, string>>;
  /** Any of them is accepted. Empty: no key is asked for. */
  readonly webhookKeys: readonly string[];
  /** CIDR ranges. Empty: any address. */
  readonly allowFrom: readonly string[];
  /** Unsigned on purpose. */
  readonly open: boolean;
  /** Secrets of signatures or bearer tokens. Empty: no signature is asked for. */
  readonly secrets: readonly string[];
  readonly ussd?: Routes;
  readonly bot?: Routes;
  /** Keyword → dialog, by address. */
  readonly sms?: ReadonlyMap<string, string | Routes>;
  readonly voice?: Routes;
  readonly maxSeptets?: number;
  /** By then our answer to a turn has left; absent: the provider's own limit less 2 s. */
  readonly deadlineMs?: number;
  readonly repeatWindowMs: number;
  /** The address that our own messages go out from. */
  readonly replyFrom?: string;
  /** Outbound. */
  readonly rate?: { readonly perSecond: number };
  /** Whether a send whose fate is not known is sent again. */
  readonly resendUncertain: boolean;
  /** Beginnings of the transaction ids that airtime validation confirms. */
  readonly airtimeAllow: readonly string[];
  /** Replaces the provider's hosts: `api`, `content`, `voice`. */
  readonly endpoints: Readonly<Record<string, string>>;
  readonly callReports?: CallReportSettings;
  /** Keys that only one provider knows (`continueMessageType`, `richChoices`), checked by that provider. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** How an account's composed call reports are read. */
export interface CallReportSettings {
  /** Our field → their key. */
  readonly fields: Readonly<Record<string, string>>;
  /** Our field → what it always is. */
  readonly constants: Readonly<Record<string, string>>;
  /** Their status → ours. */
  readonly statuses: Readonly<Record<string, string>>;
  /** Their keys that make a report the same report. */
  readonly identity: readonly string[];
  readonly reply?: { readonly status: number; readonly body: string; readonly contentType: string };
}

/** Names an account where two providers may have the same account name. */
export type AccountRef = Pick<Account, 'provider' | 'account'>;
