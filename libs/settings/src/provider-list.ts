import type { Account, AccountOption, Provider } from '@app/provider-kit';

/** The keys with which an account opens its channels. */
export const channelKeys = ['ussd', 'sms', 'voice', 'bot', 'callReports'] as const;

type ChannelKey = (typeof channelKeys)[number];

/** What the configuration must know of a provider. */
interface KnownProvider {
  readonly accountOptions: Readonly<Record<string, AccountOption>>;
  /** Those that the provider has. */
  readonly channels: ReadonlySet<ChannelKey>;
  signs(account: Account): boolean;
}

/** The providers that an account may name. */
export class ProviderList {
  private readonly byId: ReadonlyMap<string, KnownProvider>;

  constructor(providers: readonly Provider[]) {
    this.byId = new Map(providers.map((provider) => [provider.id, served(provider)]));
  }

  get ids(): readonly string[] {
    return [...this.byId.keys()];
  }

  /** Whether anything keeps strangers out of the account's webhooks, or it is open on purpose. */
  guards(account: Account): boolean {
    if (account.open || account.webhookKeys.length > 0 || account.allowFrom.length > 0) return true;
    return this.find(account.provider)?.signs(account) ?? false;
  }

  find(id: string): KnownProvider | undefined {
    return this.byId.get(id);
  }
}

function served(provider: Provider): KnownProvider {
  const channels = channelKeys.filter((channel) => provider[channel] !== undefined);
  return {
    accountOptions: provider.accountOptions,
    channels: new Set(channels),
    signs: (account) => provider.signature?.signs(account) ?? false,
  };
}
