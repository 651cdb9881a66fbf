import type { Account, AccountOption, Provider } from '@app/provider-kit';

/** What the configuration must know of a provider. */
interface KnownProvider {
  readonly accountOptions: Readonly<Record<string, AccountOption>>;
  /** Channels whose routes the provider takes. */
  readonly channels: ReadonlySet<'ussd' | 'bot'>;
  signs(account: Account): boolean;
}

/** Providers that may be configured although the channels that they serve are not there yet, and whether their `secrets` sign. */
const toCome: Readonly<Record<string, { readonly secretsSign: boolean }>> = {
  mobtexting: { secretsSign: true },
  generic: { secretsSign: false },
};

/** The providers that an account may name. */
export class ProviderList {
  private readonly byId: ReadonlyMap<string, KnownProvider>;

  constructor(providers: readonly Provider[]) {
    this.byId = new Map([
      ...Object.entries(toCome).map(([id, { secretsSign }]) => [id, notServedYet(secretsSign)] as const),
      ...providers.map((provider) => [provider.id, served(provider)] as const),
    ]);
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
  const channels = (['ussd', 'bot'] as const).filter((channel) => provider[channel] !== undefined);
  return {
    accountOptions: provider.accountOptions,
    channels: new Set(channels),
    signs: (account) => provider.signature?.signs(account) ?? false,
  };
}

function notServedYet(secretsSign: boolean): KnownProvider {
  return { accountOptions: {}, channels: new Set(), signs: (account) => secretsSign && account.secrets.length > 0 };
}
