import type { Account } from './contracts/account.js';
import type { Provider } from './contracts/provider.js';

/** The providers that this installation knows, by id. */
export class ProviderRegistry {
  private readonly byId = new Map<string, Provider>();

  /** @throws Error when two providers have the same id. */
  constructor(readonly providers: readonly Provider[]) {
    for (const provider of providers) {
      if (this.byId.has(provider.id)) throw new Error(`two providers are named "${provider.id}"`);
      this.byId.set(provider.id, provider);
    }
  }

  find(id: string): Provider | undefined {
    return this.byId.get(id);
  }
}

/** The accounts of the configuration, found without a search. */
export class AccountBook {
  private readonly byProvider = new Map<string, Map<string, Account>>();

  /** @throws Error when a provider has two accounts of the same name. */
  constructor(readonly accounts: readonly Account[]) {
    for (const account of accounts) {
      const names = this.byProvider.get(account.provider) ?? new Map<string, Account>();
      if (names.has(account.account))
        throw new Error(`two accounts of ${account.provider} are named "${account.account}"`);
      this.byProvider.set(account.provider, names.set(account.account, account));
    }
  }

  find(provider: string, account: string): Account | undefined {
    return this.byProvider.get(provider)?.get(account);
  }
}
