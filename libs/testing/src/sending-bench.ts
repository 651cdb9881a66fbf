import { v7 as uuid } from 'uuid';
import { GuardedHttpClient, Sender } from '@app/outbound';
import type { GuardedHttpOptions, SendAttempt, SendPutBack } from '@app/outbound';
import { AccountBook, ProviderRegistry } from '@app/provider-kit';
import type { Account, Provider, SendContract } from '@app/provider-kit';
import type { CallOrder, MessageOrder, OutboxOrder, Settlement } from '@app/reporting';
import { ManualClock } from './manual-clock.js';
import { MemoryOptOuts, MemoryOutbox } from './memory-outbox.js';
import { RudeServer, answer } from './rude-server.js';

/** What is special about one sender of a test. */
export interface SenderCircumstances {
  readonly account?: Partial<Account>;
  readonly accounts?: readonly Account[];
  readonly send?: Partial<SendContract>;
  readonly client?: GuardedHttpOptions;
  readonly work?: Partial<MemoryOutbox>;
}

/** A sender with all around it: a provider's server, an outbox in memory and a clock that stands still. */
export class SendingBench {
  readonly clock = new ManualClock();
  readonly outbox = new MemoryOutbox(this.clock.now);
  readonly optOuts = new MemoryOptOuts();
  readonly attempts: SendAttempt[] = [];
  readonly putBacks: SendPutBack[] = [];
  readonly faults: unknown[] = [];
  readonly #clients: GuardedHttpClient[] = [];

  private constructor(
    readonly server: RudeServer,
    private readonly provider: Provider,
    private readonly account: Account,
  ) {}

  static async start(provider: Provider, account: Account): Promise<SendingBench> {
    return new SendingBench(await RudeServer.start(answer(200, {})), provider, account);
  }

  /** `random` is one half: a wait is the middle of its plan. */
  sender({ account, accounts, send, client, work }: SenderCircumstances = {}): Sender {
    const provider =
      send === undefined ? this.provider : { ...this.provider, send: { ...this.provider.send!, ...send } };
    const http = new GuardedHttpClient({ allowPrivate: ['0.0.0.0/0'], timeoutMs: 15_000, ...client });
    this.#clients.push(http);
    const outbox: MemoryOutbox = Object.assign(Object.create(this.outbox), work);
    return new Sender({
      ...{ work: outbox, optOuts: this.optOuts, client: http, clock: this.clock, worker: 'spec' },
      accounts: new AccountBook(accounts ?? [{ ...this.reachable, ...account }]),
      providers: new ProviderRegistry([provider]),
      observer: {
        attempt: (record) => this.attempts.push(record),
        putBack: (record) => this.putBacks.push(record),
        fault: (error) => this.faults.push(error),
      },
      random: () => 0.5,
    });
  }

  /** The account, with the server as its provider. */
  get reachable(): Account {
    const { url } = this.server;
    return { ...this.account, endpoints: { api: url, content: url, voice: url } };
  }

  async put<T extends OutboxOrder>(order: T): Promise<T> {
    await this.outbox.put([order]);
    return order;
  }

  async putMessage(...numbers: readonly string[]): Promise<MessageOrder> {
    return this.put(this.messageTo(...numbers));
  }

  async putCall(to: string): Promise<CallOrder> {
    return this.put({ ...this.orderBase(), kind: 'call', from: '+254711082000', to });
  }

  messageTo(...numbers: readonly string[]): MessageOrder {
    const recipients = numbers.map((to) => ({ messageId: uuid(), to }));
    const text = { text: 'Maize is at 42.50', segments: 1, encoding: 'gsm7' } as const;
    return { ...this.orderBase(), kind: 'message', lane: 'reply', ...text, recipients };
  }

  /** Has an attempt made, and returns what was settled. */
  async attempt(order: OutboxOrder, sender = this.sender()): Promise<Settlement> {
    await sender.work(order.id);
    return this.outbox.rows.get(order.id)!.attemptLog.at(-1)!;
  }

  /** From now to the next attempt. */
  waitOf({ nextAt }: Pick<Settlement, 'nextAt'>): number | undefined {
    return nextAt === undefined ? undefined : nextAt.getTime() - this.clock.now();
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) await client.close();
    await this.server.stop();
  }

  private orderBase() {
    const { provider, account } = this.account;
    return { id: uuid(), createdAt: new Date(this.clock.now()), provider, account, from: '44170' };
  }
}
