import type { AuditDraft } from '@app/reporting';
import type { Msisdn } from '@app/telephony';

/** A text that an operator wants sent. */
export interface WantedMessage {
  readonly provider: string;
  readonly account: string;
  readonly to: readonly Msisdn[];
  readonly text: string;
  /** Absent: the account's own address. */
  readonly from?: string;
  readonly batchId: string;
  readonly at: Date;
}

/** A call that an operator wants placed. */
export interface WantedCall {
  readonly provider: string;
  readonly account: string;
  readonly from: string;
  readonly to: Msisdn;
  /** Absent: what the address has. */
  readonly dialog?: string;
  readonly at: Date;
}

/** Takes what operators want sent; each resolves once it is durable, and nothing is sent that is not in the audit log. */
export interface Sending {
  /** One message for each number, in their order; a number that stands there twice gets the text once. */
  message(wanted: WantedMessage, audit: AuditDraft): Promise<readonly { readonly id: string; readonly to: string }[]>;
  /** The id of the order. */
  call(wanted: WantedCall, audit: AuditDraft): Promise<string>;
}
