import { randomUUID } from 'node:crypto';
import { type MessageComposer, providerClient, Sender, SenderLoop, type GuardedHttpClient } from '@app/outbound';
import type { Outbox } from '@app/reporting';
import { SmsTurns, type SmsReplies } from '@app/sms';
import { forwardingOf, forwardTargets } from './forwards.js';
import { ObservedSends } from './send-observer.js';
import type { Parts } from './parts.js';

/** Jobs in work at once; most of the time of a job is a provider's. */
const concurrency = 48;

const sweepUnsentMs = 10_000;
const sweepUnsentSessions = 200;

const reconcileMs = 3_600_000;
/** A start is busy enough. */
const firstReconcileMs = 60_000;

/** What a process does that works off the queue: answers messages, and sends. */
export class Worker {
  private readonly client: GuardedHttpClient = providerClient();
  private readonly loop: SenderLoop;
  private readonly sender: Sender;
  private readonly turns: SmsTurns;
  private sweeping: NodeJS.Timeout | undefined;
  private reconciling: NodeJS.Timeout | undefined;
  private stopped = false;
  private readonly name: string;

  constructor(private readonly parts: Parts) {
    const { providers, accounts, postgres, dialogs, clock, log, metrics } = parts;
    const observer = new ObservedSends(metrics, log);
    const { outboxWork: work, optOuts, messages } = postgres;
    const worker = `${postgres.node} ${randomUUID()}`;
    this.name = worker;
    const { client } = this;
    const forwards = forwardTargets(parts);
    this.sender = new Sender({ work, optOuts, accounts, providers, client, observer, worker, forwards });
    this.loop = new SenderLoop(this.sender, observer);
    const replies = composedReplies(postgres.outbox, parts.composer);
    this.turns = new SmsTurns({ providers, accounts, messages, optOuts, dialogs, replies, clock, log });
  }

  start(): void {
    const { postgres, log } = this.parts;
    const forwarding = forwardingOf(this.parts);
    postgres.queue.start({
      tasks: {
        send: async ({ id }) => {
          await this.sender.work(id);
        },
        'sms-turn': ({ id }) => this.turns.answer(id),
        ...(forwarding === undefined ? {} : { forward: (job) => forwarding.forward(job) }),
      },
      concurrency,
      log: (message) => log.warn({ queue: message }, 'a job went wrong'),
    });
    // Before the migrations there is no outbox to sweep.
    void postgres
      .whenUp()
      .then(() => postgres.freeOrdersOfDead(this.name))
      .catch((error: unknown) => log.warn({ err: error }, 'orders of a process before this one wait for their lease'))
      .then(() => {
        if (!this.stopped) this.loop.start();
      });
    this.sweeping = setInterval(() => void this.sweepUnsent(), sweepUnsentMs).unref();
    this.reconcileIn(firstReconcileMs);
  }

  /** Takes no more jobs, and waits a little for those in work. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.sweeping);
    clearTimeout(this.reconciling);
    await Promise.allSettled([this.loop.stop(), this.parts.postgres.queue.stop(3_000)]);
    await this.client.close();
  }

  private reconcileIn(ms: number): void {
    this.reconciling = setTimeout(() => void this.reconcile(), ms).unref();
  }

  private async reconcile(): Promise<void> {
    const { workspace, postgres, clock, log } = this.parts;
    try {
      const { closeAfter } = workspace.configuration.reconcile;
      const calls = await postgres.reconcileCalls(closeAfter, new Date(clock.now()));
      if (calls > 0) log.info({ calls }, 'calls were closed that nobody told the end of');
    } catch (error) {
      log.warn({ err: error }, 'calls that nobody told the end of could not be closed; it is tried again');
    }
    if (!this.stopped) this.reconcileIn(reconcileMs);
  }

  private async sweepUnsent(): Promise<void> {
    try {
      await this.parts.dialogs.sweepUnsent(sweepUnsentSessions);
    } catch (error) {
      this.parts.log.warn({ err: error }, 'messages that turns decided on could not be brought to the outbox yet');
    }
  }
}

/** @param outbox takes the replies, composed for their account. */
function composedReplies(outbox: Outbox, composer: MessageComposer): SmsReplies {
  return {
    async send({ account: { provider, account }, from, to, text, onceKey, at, ...onDemand }) {
      const message = { provider, account, from, to: [to], text, lane: 'reply', onceKey, ...onDemand } as const;
      await outbox.put(composer.compose({ ...message, createdAt: new Date(at) }));
    },
  };
}
