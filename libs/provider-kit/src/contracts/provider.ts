import type { Account } from './account.js';
import type { BotContract } from './bot.js';
import type { CallReportContract } from './call-report.js';
import type { WebhookReply, WebhookRequest } from './http.js';
import type { NoticesContract } from './notices.js';
import type { SendContract } from './send.js';
import type { SmsContract } from './sms.js';
import type { UssdContract } from './ussd.js';
import type { VoiceContract } from './voice.js';

/** How a provider signs what it sends. */
export interface SignatureContract {
  /** Whether this account's requests are signed at all. */
  signs(account: Account): boolean;
  /** Compares in constant time, over the raw bytes; any of the account's secrets will do. */
  verify(request: Pick<WebhookRequest, 'headers' | 'rawBody'>, account: Account): boolean;
}

/** A company whose gateway calls us: bytes into our types, our types into bytes. No I/O. */
export interface Provider {
  /** As in URLs and in `ongea.yaml`. */
  readonly id: string;
  readonly name: string;
  readonly signature?: SignatureContract;
  /**
   * Answers the provider's question whether an address is ours, asked of any webhook behind its guard; undefined: it is
   * something else. Nothing is kept of it.
   */
  challenge?(request: WebhookRequest): WebhookReply | undefined;
  readonly ussd?: UssdContract;
  readonly bot?: BotContract;
  readonly sms?: SmsContract;
  readonly voice?: VoiceContract;
  readonly callReports?: CallReportContract;
  readonly notices?: NoticesContract;
  readonly send?: SendContract;
  /** Keys of an account that only this provider knows, with what each may hold. Others are faults. */
  readonly accountOptions: Readonly<Record<string, AccountOption>>;
}

export interface AccountOption {
  readonly type: 'string' | 'number' | 'boolean' | 'object';
  readonly description: string;
}
