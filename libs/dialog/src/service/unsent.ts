import type { SessionStore, TurnMessage, TurnOutbox } from '../ports.js';
import type { TurnTime } from './effect-driver.js';
import { unpackSession } from './session-codec.js';
import type { Session } from './session.js';

/** A turn that has not brought its messages to the outbox by then never will. */
const sweptAfterMs = 30_000;

/**
 * The outbox knows a message again for 12 hours. One that is older has long been put by the sweeper; putting it again
 * could send it twice.
 */
const putAgainMs = 11 * 3_600_000;

/** What of a turn's time is kept for its reply while the outbox hangs. */
const reserveMs = 300;

interface Ports {
  readonly sessions: SessionStore;
  readonly outbox: TurnOutbox;
  readonly now: () => number;
}

/**
 * Brings the messages of turns to the outbox. They are saved with the session and marked before that, so that whatever
 * is cut off between the save and the outbox is found again.
 */
export class UnsentMessages {
  constructor(private readonly ports: Ports) {}

  /** Puts again what the session still holds; resolves to what could not be put. */
  async putAgain(session: Session | undefined): Promise<readonly TurnMessage[]> {
    const since = this.ports.now() - putAgainMs;
    const held = session?.unsent.filter(({ at }) => at >= since) ?? [];
    return held.length === 0 || (await this.put(held)) ? [] : held;
  }

  /**
   * To be called before a save that holds messages; the mark is that save's own, so that no other turn takes it away.
   * @throws StoreUnavailable
   */
  async mark(key: string, expected: number): Promise<string> {
    const mark = `${key}\n${expected}`;
    await this.ports.sessions.markUnsent(mark, this.ports.now());
    return mark;
  }

  /** Puts messages for as long as the turn has time; what could not be put stays in the session. Never rejects. */
  async send(messages: readonly TurnMessage[], mark: string | undefined, time: TurnTime): Promise<void> {
    const sent = this.put(messages).then(async (put) => {
      // A mark that stays is taken away by the sweeper.
      if (put && mark !== undefined) await this.ports.sessions.unmarkUnsent(mark).catch(() => undefined);
    });
    let timer: NodeJS.Timeout | undefined;
    const outOfTime = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, Math.max(0, time.leftMs - reserveMs));
    });
    await Promise.race([sent, outOfTime]);
    clearTimeout(timer);
  }

  /**
   * Puts what turns left behind that were cut off; returns how many messages.
   * @throws AggregateError, once all were tried, when some could not be put; StoreUnavailable
   */
  async sweep(limit: number): Promise<number> {
    const { sessions, now } = this.ports;
    const failures: unknown[] = [];
    let count = 0;
    for (const mark of await sessions.unsentBefore(now() - sweptAfterMs, limit)) {
      try {
        count += await this.sweepOne(mark);
      } catch (error) {
        failures.push(error);
        // Behind the others, so that one that can never be put does not keep them waiting.
        await sessions.markUnsent(mark, now());
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, `${failures.length} sessions hold messages unsent`);
    return count;
  }

  private async sweepOne(mark: string): Promise<number> {
    const { sessions, outbox } = this.ports;
    const stored = await sessions.load(mark.slice(0, mark.lastIndexOf('\n')));
    const unsent = (stored && unpackSession(stored.payload)?.unsent) ?? [];
    if (unsent.length > 0) await outbox.put(unsent);
    await sessions.unmarkUnsent(mark);
    return unsent.length;
  }

  /** Whether they are in the outbox now. */
  private put(messages: readonly TurnMessage[]): Promise<boolean> {
    return this.ports.outbox.put(messages).then(
      () => true,
      () => false,
    );
  }
}
