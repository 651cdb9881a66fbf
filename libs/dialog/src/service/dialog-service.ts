import type { PhraseName } from '../definition/phrases.js';
import { matchLanguage } from '../engine/texts.js';
import { StoreUnavailable } from '../ports.js';
import type { Turn, TurnReply } from '../turn.js';
import type { Channel } from '../values.js';
import { EffectDriver, TurnExpired, TurnTime } from './effect-driver.js';
import { closingReply, ownWords, wishedLanguage } from './own-words.js';
import { LostRace } from './session-claim.js';
import { TurnHandler, type Met, type TurnPorts } from './turn-handler.js';
import { markBroken } from './connection-broke.js';
import { SessionBusy } from './session-finder.js';
import { endSession, type MaskedReport, type SessionEnd } from './session-end.js';
import { sessionKey } from './session-key.js';
import type { DialogServicePorts } from './service-ports.js';
import type { Session } from './session.js';

/** A turn that loses its race against another one starts over this often. */
const maxAttempts = 3;

/**
 * Answers turns: finds the session, walks the dialog, runs what it asks for once, saves, and gives the same reply to the
 * same turn. Holds nothing between turns, so that any number of processes can serve the same sessions.
 */
export class DialogService {
  private readonly inWork = new Map<string, Promise<TurnReply>>();
  private readonly handler: TurnHandler;
  private readonly now: () => number;

  constructor(private readonly ports: DialogServicePorts) {
    const now = (): number => ports.clock.now();
    this.now = now;
    const driver = new EffectDriver(ports.effects, ports.ledger, ports.vault, now);
    this.handler = new TurnHandler({ ...ports, driver, now } satisfies TurnPorts);
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

  /** The reply did not reach the provider: the same input is a repeat for longer than usual. */
  connectionBroke(turn: Turn): Promise<void> {
    return markBroken(this.ports, turn);
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
        this.observe(turn, reply, error);
        resolve(reply);
      };
      const outOfTime = (): void => {
        time.expire();
        settle(this.closing(turn, 'busy', met));
      };
      const timer = setTimeout(outOfTime, Math.max(0, time.leftMs));
      const failed = (cause: unknown): void => {
        if (cause instanceof SessionBusy) this.meet(met, cause.session);
        const busy = cause instanceof SessionBusy || cause instanceof TurnExpired;
        settle(this.closing(turn, busy ? 'busy' : 'unavailable', met), cause);
      };
      this.answer(turn, key, time, met).then(settle, failed).catch(reject);
    });
  }

  private observe(turn: Turn, { outcome }: TurnReply, error: unknown): void {
    const { channel, provider, account, dialog } = turn;
    const durationMs = this.now() - turn.receivedAt;
    const record = { channel, provider, account, dialog, outcome, durationMs };
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
    const text = ownWords(root, outcome, turn.channel, language?.() ?? wishedLanguage(turn, root));
    return closingReply(outcome, text, this.now());
  }

  private meet(met: Met, session: Session | undefined): void {
    const dialog = session && this.ports.dialogs.current(session.dialog)?.root;
    if (dialog === undefined) return;
    met.dialog = dialog;
    met.language = () => session?.state?.language;
  }
}

function identityOf({ input }: Turn): string {
  return input.kind === 'history' ? input.text : `${input.dialled ? 'dial' : 'input'} ${input.fingerprint}`;
}
