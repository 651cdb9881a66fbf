import type { Account } from './account.js';
import type { BotContract } from './bot.js';
import type { WebhookRequest } from './http.js';
import type { UssdContract } from './ussd.js';

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
  readonly ussd?: UssdContract;
  readonly bot?: BotContract;
  /** Keys of an account that only this provider knows, with what each may hold. Others are faults. */
  readonly accountOptions: Readonly<Record<string, AccountOption>>;
}

export interface AccountOption {
  readonly type: 'string' | 'number' | 'boolean' | 'object';
  readonly description: string;
}
