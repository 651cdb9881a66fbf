import {
  AddressRanges,
  isAcceptedToken,
  type Account,
  type AccountBook,
  type Provider,
  type ProviderRegistry,
  type WebhookRequest,
} from '@app/provider-kit';
import type { Peers } from './peers.js';

/** Whose webhook a request is for. */
export interface Addressee {
  readonly provider: Provider;
  readonly account: Account;
}

/** What is known of a request before its body is read. */
export interface Knock {
  readonly remoteAddress: string | undefined;
  readonly forwardedFor: string | undefined;
  /** From the query or the header. */
  readonly webhookKey: string | undefined;
}

/** Lets those into an account's webhooks who may come in. */
export class Gate {
  private readonly ranges: ReadonlyMap<Account, AddressRanges>;

  constructor(
    private readonly providers: ProviderRegistry,
    private readonly accounts: AccountBook,
    private readonly peers: Peers,
  ) {
    const ranged = accounts.accounts.filter((account) => account.allowFrom.length > 0);
    this.ranges = new Map(ranged.map((account) => [account, new AddressRanges(account.allowFrom)]));
  }

  /** Undefined where there is no such provider or no such account of it. */
  find(provider: string, account: string): Addressee | undefined {
    const found = this.providers.find(provider);
    const owner = this.accounts.find(provider, account);
    return found === undefined || owner === undefined ? undefined : { provider: found, account: owner };
  }

  /** What an account asks of the caller: an address within its ranges and one of its keys, as far as it names any. */
  admits(account: Account, knock: Knock): 'yes' | 'wrong-address' | 'wrong-key' {
    const ranges = this.ranges.get(account);
    if (ranges !== undefined) {
      const peer = this.peers.peerOf(knock.remoteAddress, knock.forwardedFor);
      if (peer === undefined || !ranges.contain(peer)) return 'wrong-address';
    }
    if (account.webhookKeys.length === 0) return 'yes';
    return isAcceptedToken(knock.webhookKey, account.webhookKeys) ? 'yes' : 'wrong-key';
  }

  /** Whether the body is signed as the account wants it; true where it wants no signature. */
  isSigned({ provider, account }: Addressee, request: Pick<WebhookRequest, 'headers' | 'rawBody'>): boolean {
    const { signature } = provider;
    return signature === undefined || !signature.signs(account) || signature.verify(request, account);
  }
}
