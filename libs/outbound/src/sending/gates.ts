import type { Account } from '@app/provider-kit';
import type { OutboxWork } from '@app/reporting';
import { AccountGate, type GateLimits } from './account-gate.js';
import type { Plan } from './retry-plan.js';
import type { SendClock } from './send-clock.js';

/** How busy an account is in this process. */
export interface GateState {
  readonly provider: string;
  readonly account: string;
  readonly waiting: number;
  readonly inFlight: number;
}

/** The gates of all accounts: what slows one does not slow another. */
export class Gates {
  readonly #byAccount = new Map<string, Map<string, AccountGate>>();

  constructor(
    private readonly work: Pick<OutboxWork, 'takeToken'>,
    private readonly clock: SendClock,
    private readonly plan: Plan,
    private readonly limits?: GateLimits,
  ) {}

  of({ provider, account }: Pick<Account, 'provider' | 'account'>): AccountGate {
    const gates = this.#byAccount.get(provider) ?? new Map<string, AccountGate>();
    this.#byAccount.set(provider, gates);
    const gate = gates.get(account) ?? this.#make(provider, account);
    gates.set(account, gate);
    return gate;
  }

  states(): readonly GateState[] {
    return [...this.#byAccount].flatMap(([provider, gates]) =>
      [...gates].map(([account, { waiting, inFlight }]) => ({ provider, account, waiting, inFlight })),
    );
  }

  #make(provider: string, account: string): AccountGate {
    return new AccountGate({
      clock: this.clock,
      jitterMs: (most) => this.plan.jitterMs(most),
      takeToken: (perSecond) => this.work.takeToken(provider, account, perSecond),
      ...(this.limits === undefined ? {} : { limits: this.limits }),
    });
  }
}
