import type { Dialog } from '../definition/model.js';
import { StoreUnavailable, type TurnOutcome } from '../ports.js';
import type { Turn, TurnReply } from '../turn.js';
import type { DialogServicePorts } from './service-ports.js';
import { TurnExpired, type EffectDriver, type EffectRules, type TurnTime } from './effect-driver.js';
import { digestOf, type Digest } from './history.js';
import { closingReply, ownWords, wishedLanguage } from './own-words.js';
import { planOf, type Plan } from './plan.js';
import { rememberTurn } from './remember.js';
import { TurnStarts, type Start } from './turn-start.js';
import { LostRace, SessionClaim } from './session-claim.js';
import { findSession } from './session-finder.js';
import type { LastReply, Session } from './session.js';
import { contextOf, hopMarkOf, work, type Worked } from './turn-work.js';

export interface TurnPorts extends DialogServicePorts {
  readonly driver: EffectDriver;
  readonly now: () => number;
}

/** What is known of a turn so far, for the words to close with where it fails. */
export interface Met {
  dialog?: Dialog;
  language?: () => string | undefined;
}

/** Answers one turn from its session, once through: a lost race is the caller's to repeat. */
export class TurnHandler {
  private readonly starts: TurnStarts;
  /** Sessions from before may lack hops that were answered without the store. */
  private storeFailedAt = -Infinity;

  constructor(private readonly ports: TurnPorts) {
    this.starts = new TurnStarts(ports);
  }

  /**
   * @throws LostRace, SessionBusy, StoreUnavailable, LedgerNeeded, TurnExpired, ActionMissing, SessionTooLarge,
   * VersionGone, WalkFault
   */
  async answer(turn: Turn, key: string, time: TurnTime, met: Met): Promise<TurnReply> {
    const { sessions, now } = this.ports;
    const found = await findSession(sessions, key, turn.caller.id, time, now);
    const digest = digestOf(this.ports.vault, found.key);
    const plan = planOf(turn, found.session, digest, now(), this.storeFailedAt);
    const ready = this.readyReply(turn, plan, found.session);
    if (ready !== undefined) return ready;

    const start = await this.starts.of(turn, plan, found.session, digest);
    if (start === undefined) return this.closing(turn, 'notServed', undefined);
    meet(met, start);
    if (plan.kind === 'old-hop') {
      return this.replyOf(turn, start, await this.workOn(turn, found.key, start, time, nothingToClaim), digest);
    }
    const claim = new SessionClaim(sessions, turn, found, start, time);
    try {
      const worked = await this.workOn(turn, found.key, start, time, () => claim.take());
      const reply = this.replyOf(turn, start, worked, digest);
      if (time.expired) throw new TurnExpired('the turn ran out of time');
      return await this.save(turn, found.key, start, reply, claim.expected);
    } catch (error) {
      if (!(error instanceof LostRace)) await claim.release(now());
      throw error;
    }
  }

  /**
   * Answers while the session store is away: a turn with a whole history is walked from its start, effects taken from
   * the ledger; for all others there is nothing to go on from.
   */
  async answerWithoutStore(turn: Turn, key: string, time: TurnTime, met: Met): Promise<TurnReply> {
    this.storeFailedAt = this.ports.now();
    if (turn.input.kind !== 'history') throw new StoreUnavailable('the session is out of reach');
    const digest = digestOf(this.ports.vault, key);
    const plan = planOf(turn, undefined, digest, this.ports.now());
    const start = await this.starts.of(turn, plan, undefined, digest);
    if (start === undefined) return this.closing(turn, 'notServed', undefined);
    const strict: Start = { ...start, mode: 'strict' };
    meet(met, start);
    const worked = await this.workOn(turn, key, strict, time, nothingToClaim);
    return this.replyOf(turn, strict, worked, digest);
  }

  private readyReply(turn: Turn, plan: Plan, session: Session | undefined): TurnReply | undefined {
    if (plan.kind === 'goodbye') return this.closing(turn, 'goodbye', session);
    if (plan.kind !== 'repeat' || session?.last === undefined) return undefined;
    const { texts, failed, at, choices } = session.last;
    const again = { texts, failed, at, end: session.ended, outcome: 'repeat' as const };
    return { ...again, ...(choices && { choices }), ...hopMarkOf(session, turn) };
  }

  private workOn(turn: Turn, key: string, start: Start, time: TurnTime, claim: () => Promise<void>): Promise<Worked> {
    const { driver, vault, observer, now } = this.ports;
    const context = contextOf(turn, start.session.to ?? turn.to, {
      seal: vault,
      now: now(),
      missing: (dialog, name) => observer.missingVariable(dialog, name),
    });
    const rules: EffectRules = { mode: start.mode, claim };
    return work(start, turn, key, {
      driver,
      context,
      rules,
      time,
      digest: digestOf(this.ports.vault, key),
      now,
    });
  }

  private replyOf(turn: Turn, start: Start, worked: Worked, digest: Digest): TurnReply {
    const { session } = start;
    if (worked.beyondEnd) return this.closing(turn, 'goodbye', session);
    const { presented, gaveUp } = worked;
    const { texts } = presented;
    const failed = gaveUp === 'unavailable' || gaveUp === 'busy';
    const at = this.ports.now();
    const last: LastReply = {
      texts,
      failed,
      choices: turn.channel === 'bot' ? presented.choices : undefined,
      at,
      // Only the repeat window asks for it.
      tookMs: turn.input.kind === 'latest' ? Math.max(0, at - turn.receivedAt) : 0,
      fingerprint: turn.input.kind === 'latest' ? digest(turn.input.fingerprint) : undefined,
      broken: false,
    };
    session.last = last;
    session.turns += 1;
    session.claim = undefined;
    const ordinary: TurnOutcome = start.outcome === 'reply' && presented.end ? 'end' : start.outcome;
    const outcome = failed ? gaveUp : ordinary;
    const reply = { texts, end: presented.end, failed, at, outcome, ...hopMarkOf(session, turn) };
    return last.choices === undefined ? reply : { ...reply, choices: last.choices };
  }

  private async save(turn: Turn, key: string, start: Start, reply: TurnReply, expected: number): Promise<TurnReply> {
    try {
      const saved = await rememberTurn(this.ports, turn, key, start.session, start.version, expected);
      if (saved === 'conflict') throw new LostRace('another turn was saved first');
    } catch (error) {
      // What a provider sends whole can be walked again; what it does not would be answered from an old state.
      if (!(error instanceof StoreUnavailable) || turn.input.kind !== 'history') throw error;
      this.storeFailedAt = this.ports.now();
    }
    return reply;
  }

  /** A closing phrase; a tombstone still tells whose language to speak. */
  private closing(turn: Turn, outcome: 'goodbye' | 'notServed', session: Session | undefined): TurnReply {
    const id = session?.dialog ?? turn.dialog ?? turn.defaultDialog;
    const root = (id === undefined ? undefined : this.ports.dialogs.current(id))?.root;
    const language = session?.state?.language ?? session?.language ?? wishedLanguage(turn, root);
    return closingReply(outcome, ownWords(root, outcome, turn.channel, language), this.ports.now());
  }
}

function meet(met: Met, { version, state }: Start): void {
  met.dialog = version.root;
  met.language = () => state.language;
}

const nothingToClaim = (): Promise<void> => Promise.resolve();
