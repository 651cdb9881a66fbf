import type { PhraseName } from '../definition/phrases.js';
import { matchLanguage } from '../engine/texts.js';
import { StoreUnavailable, type TurnTrace } from '../ports.js';
import type { Turn, TurnReply } from '../turn.js';
import type { Channel } from '../values.js';
import { EffectDriver, TurnExpired, TurnTime } from './effect-driver.js';
import { closingReply, ownWords, wishedLanguage } from './own-words.js';
import { LostRace } from './session-claim.js';
import { TurnHandler, type Met, type TurnPorts } from './turn-handler.js';
import { markBroken } from './connection-broke.js';
import { SessionBusy } from './session-finder.js';
import { closeSession, endSession, type MaskedReport, type SessionEnd } from './session-end.js';
import { sessionKey, type SessionAddress } from './session-key.js';
import type { DialogServicePorts } from './service-ports.js';
import type { Session } from './session.js';
import { UnsentMessages } from './unsent.js';

/** A turn that loses its race against another one starts over this often. */
const maxAttempts = 3;

/**
 * Answers turns: finds the session, walks the dialog, runs what it asks for once, saves, and gives the same reply to the
 * same turn. Holds nothing between turns, so that any number of processes can serve the same sessions.
 */
export class DialogService {
  private readonly inWork = new Map<string, Promise<TurnReply>>();
  private readonly handler: TurnHandler;
  private readonly unsent: UnsentMessages;
  private readonly now: () => number;

  constructor(private readonly ports: DialogServicePorts) {
    const now = (): number => ports.clock.now();
    this.now = now;
    const driver = new EffectDriver(ports.effects, ports.ledger, ports.vault, now);
    this.unsent = new UnsentMessages({ ...ports, now });
    this.handler = new TurnHandler({ ...ports, driver, unsent: this.unsent, now } satisfies TurnPorts);
  }

  /** Answers one turn before its deadline. Never rejects: a fault of ours becomes a polite end. */
  handle(turn: Turn): Promise<TurnReply> {
    const key = sessionKey(turn);
    const flight = `${key}\n${turn.caller.id}\n${identityOf(turn)}`;
    const sameTurn = this.inWork.get(flight);
    if (sameTurn !== undefined) return this.again(turn, sameTurn);
    const work = this.answerInTime(turn, key, () => this.inWork.delete(flight));
    this.inWork.set(flight, work);
    return work;
  }

  /** Closes a session that its provider says is over, and masks what the provider tells of its input. */
  ended(end: SessionEnd): Promise<MaskedReport> {
    return endSession(this.ports, end);
  }

  /**
   * Closes a session by its address, for a person who wants to hear no more or for whoever is responsible; what is left
   * answers repeats alone. Does nothing where there is none.
   *
   * @throws StoreUnavailable
   */
  close(address: SessionAddress): Promise<void> {
    return this.closeByKey(sessionKey(address));
  }

  /**
   * The same by the key of the session's store, as a {@link TurnTrace} names it.
   *
   * @throws StoreUnavailable
   */
  closeByKey(key: string): Promise<void> {
    return closeSession(this.ports.sessions, key);
  }

  /**
   * Brings to the outbox what turns decided to send whose process was cut off before it could; to be called every few
   * seconds. Returns how many messages, of at most `limit` sessions.
   *
   * @throws AggregateError, once all were tried, when some could not be put; StoreUnavailable
   */
  sweepUnsent(limit: number): Promise<number> {
    return this.unsent.sweep(limit);
  }

  /** The reply did not reach the provider: the same input is a repeat for longer than usual. */
  connectionBroke(turn: Turn): Promise<void> {
    return markBroken(this.ports, turn);
  }

  /** Whether a dialog of this id can be started. */
  knows(dialog: string): boolean {
    return this.ports.dialogs.current(dialog) !== undefined;
  }

  /** A phrase as a dialog says it; the built-in English one where there is no such dialog. */
  phrase(dialog: string | undefined, name: PhraseName, language?: string, channel: Channel = 'ussd'): string {
    const root = dialog === undefined ? undefined : this.ports.dialogs.current(dialog)?.root;
    return ownWords(root, name, channel, root && matchLanguage(language, root.languages));
  }

  private async again(turn: Turn, sameTurn: Promise<TurnReply>): Promise<TurnReply> {
    const reply: TurnReply = { ...(await sameTurn), outcome: 'repeat' };
    this.observe(turn, reply, undefined);
    return reply;
  }

  /** Calls `done` before it resolves; whichever comes first counts, the answer or the deadline. */
  private answerInTime(turn: Turn, key: string, done: () => void): Promise<TurnReply> {
    const time = new TurnTime(turn.receivedAt + turn.deadlineMs, this.now);
    const met: Met = {};
    return new Promise((resolve, reject) => {
      let settled = false;
      const settle = (reply: TurnReply, error?: unknown): void => {
        if (settled) return;
        settled = true;
        clearTimeout(timer);
        done();
        this.observe(turn, reply, error, met.trace);
        resolve(reply);
      };
      const outOfTime = (): void => {
        time.expire();
        settle(this.closing(turn, 'busy', met));
      };
      const timer = setTimeout(outOfTime, shared(time.leftMs));
      const failed = (cause: unknown): void => {
        if (cause instanceof SessionBusy) this.meet(met, cause.session);
        const busy = cause instanceof SessionBusy || cause instanceof TurnExpired;
        settle(this.closing(turn, busy ? 'busy' : 'unavailable', met), cause);
      };
      this.answer(turn, key, time, met).then(settle, failed).catch(reject);
    });
  }

  private observe(turn: Turn, { outcome }: TurnReply, error: unknown, trace?: TurnTrace): void {
    const { channel, provider, account, dialog } = turn;
    const durationMs = this.now() - turn.receivedAt;
    // One literal: an object put together from others takes far longer, and there is one for every turn.
    const record =
      trace === undefined
        ? { channel, provider, account, dialog, outcome, durationMs }
        : { channel, provider, account, dialog, outcome, durationMs, trace };
    this.ports.observer.turn(error === undefined ? record : { ...record, error });
  }

  private async answer(turn: Turn, key: string, time: TurnTime, met: Met): Promise<TurnReply> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.handler.answer(turn, key, time, met);
      } catch (error) {
        if (error instanceof StoreUnavailable) return this.handler.answerWithoutStore(turn, key, time, met);
        if (!(error instanceof LostRace)) throw error;
        if (attempt === maxAttempts) return this.closing(turn, 'busy', met);
      }
    }
  }

  /** Closes in the words and the language of the conversation, as far as that is known. */
  private closing(turn: Turn, outcome: 'busy' | 'unavailable', { dialog, language }: Met): TurnReply {
    const id = turn.dialog ?? turn.defaultDialog;
    const root = dialog ?? (id === undefined ? undefined : this.ports.dialogs.current(id)?.root);
    return closingReply(outcome, root, turn, language?.() ?? wishedLanguage(turn, root), this.now());
  }

  private meet(met: Met, session: Session | undefined): void {
    const dialog = session && this.ports.dialogs.current(session.dialog)?.root;
    if (dialog === undefined) return;
    met.dialog = dialog;
    met.language = () => session?.state?.language;
  }
}

/** Timers of one length share a list, which is made and removed otherwise with every turn. */
function shared(leftMs: number): number {
  return Math.max(0, leftMs - (leftMs % 16));
}

function identityOf({ input }: Turn): string {
  return input.kind === 'history' ? input.text : `${input.dialled ? 'dial' : 'input'} ${input.fingerprint}`;
}
