import type { Dialog } from '../definition/model.js';
import type { WalkContext } from '../engine/context.js';
import { lateMessages } from '../engine/late-text.js';
import { Walk } from '../engine/walk.js';
import { StoreUnavailable, type TurnOutcome, type TurnTrace } from '../ports.js';
import type { Turn, TurnReply } from '../turn.js';
import type { DialogServicePorts } from './service-ports.js';
import { TurnExpired, type EffectDriver, type EffectRules, type TurnTime } from './effect-driver.js';
import { digestOf, type Digest } from './history.js';
import { interruptible } from './keyword.js';
import { closingReply, wishedLanguage } from './own-words.js';
import { planOf, type Plan } from './plan.js';
import { rememberTurn } from './remember.js';
import { TurnStarts, type Start } from './turn-start.js';
import { LostRace, SessionClaim } from './session-claim.js';
import { findSession } from './session-finder.js';
import type { LastReply, Session } from './session.js';
import { traceOf } from './trace.js';
import { contextOf, hopMarkOf, messagesOf, work, type MessageKey, type Worked } from './turn-work.js';
import type { UnsentMessages } from './unsent.js';

export interface TurnPorts extends DialogServicePorts {
  readonly driver: EffectDriver;
  readonly unsent: UnsentMessages;
  readonly now: () => number;
}

/** What is known of a turn so far: for the words to close with where it fails, and for whoever observes it. */
export interface Met {
  dialog?: Dialog;
  language?: () => string | undefined;
  /** Once it has changed its session. */
  trace?: TurnTrace;
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
    const { sessions, unsent, now } = this.ports;
    const found = await findSession(sessions, key, turn.caller.id, time, now);
    const digest = digestOf(this.ports.vault, found.key);
    const interrupts = turn.keyword !== undefined && (await this.interrupts(turn, found.session));
    const plan = planOf(turn, found.session, digest, { now: now(), storeFailedAt: this.storeFailedAt, interrupts });
    const ready = this.readyReply(turn, plan, found.session);
    if (ready !== undefined) return ready;

    const start = await this.starts.of(turn, plan, found.session, digest);
    if (start === undefined) return this.closing(turn, 'notServed', undefined);
    meet(met, start);
    if (plan.kind === 'old-hop') {
      return this.replyOf(turn, start, await this.workOn(turn, found.key, start, time, nothingToClaim), digest);
    }
    const putAgain = unsent.putAgain(found.session);
    const claim = new SessionClaim(sessions, turn, found, start, time);
    try {
      const worked = await this.workOn(turn, found.key, start, time, () => claim.take());
      const reply = this.replyOf(turn, start, worked, digest);
      if (time.expired) throw new TurnExpired('the turn ran out of time');
      start.session.unsent = [...(await putAgain), ...worked.messages];
      await this.save(turn, found.key, start, claim.expected, time);
      met.trace = traceOf(turn, found.key, start, worked, reply);
      return reply;
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
    const around = { now: this.ports.now(), storeFailedAt: -Infinity, interrupts: false };
    const plan = planOf(turn, undefined, digest, around);
    const start = await this.starts.of(turn, plan, undefined, digest);
    if (start === undefined) return this.closing(turn, 'notServed', undefined);
    const strict: Start = { ...start, mode: 'strict' };
    meet(met, start);
    const worked = await this.workOn(turn, key, strict, time, nothingToClaim);
    const reply = this.replyOf(turn, strict, worked, digest);
    if (time.expired) throw new TurnExpired('the turn ran out of time');
    if (worked.messages.length > 0) await this.ports.unsent.send(worked.messages, undefined, time);
    return reply;
  }

  /** Whether the keyword that the turn came with may take the place of the open session. */
  private async interrupts(turn: Turn, session: Session | undefined): Promise<boolean> {
    const { input } = turn;
    if (session?.state === undefined || input.kind !== 'latest' || input.text === undefined) return false;
    const version = await this.starts.ownVersion(session);
    return interruptible(new Walk(version, session.state, this.contextOf(turn, session)), input.text);
  }

  private readyReply(turn: Turn, plan: Plan, session: Session | undefined): TurnReply | undefined {
    if (plan.kind === 'goodbye') return this.closing(turn, 'goodbye', session);
    if (plan.kind !== 'repeat' || session?.last === undefined) return undefined;
    const { texts, failed, at, choices, voice } = session.last;
    const again = { texts, failed, at, end: session.ended, outcome: 'repeat' as const, turn: session.turns };
    const hop = hopMarkOf(session, turn);
    return { ...again, ...(choices && { choices }), ...(voice && { voice }), ...(hop && { hop }) };
  }

  private workOn(turn: Turn, key: string, start: Start, time: TurnTime, claim: () => Promise<void>): Promise<Worked> {
    const { driver, vault, outbox, now } = this.ports;
    const context = this.contextOf(turn, start.session);
    const messageKey: MessageKey = (identity, { step, visit }) => vault.name('message', ...identity, step, visit);
    const late: EffectRules['late'] = (effect, result, identity) => {
      const decided = lateMessages(start.version, effect, context, result);
      const messages = messagesOf(decided, turn, identity, { messageKey, now });
      // Nobody waits any more who could be told that it failed.
      if (messages.length > 0) outbox.put(messages).catch(() => undefined);
    };
    const rules: EffectRules = { mode: start.mode, claim, late };
    return work(start, turn, key, { driver, context, rules, time, digest: digestOf(vault, key), messageKey, now });
  }

  private contextOf(turn: Turn, session: Session): WalkContext {
    const { vault, observer, now } = this.ports;
    return contextOf(turn, session.to ?? turn.to, {
      seal: vault,
      now: now(),
      missing: (dialog, name) => observer.missingVariable(dialog, name),
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
      voice: presented.voice,
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
    // Put together by hand: spreading takes far longer, and there is one for every turn.
    const reply: Changing<TurnReply> = { texts, end: presented.end, failed, at, outcome };
    const hop = hopMarkOf(session, turn);
    if (hop !== undefined) reply.hop = hop;
    if (start.outcome !== 'old-hop') reply.turn = session.turns;
    if (last.choices !== undefined) reply.choices = last.choices;
    if (last.voice !== undefined) reply.voice = last.voice;
    return reply;
  }

  /** Saves a session, and brings to the outbox what it holds for it. */
  private async save(turn: Turn, key: string, start: Start, expected: number, time: TurnTime): Promise<void> {
    const { session, version } = start;
    const { unsent } = session;
    let mark: string | undefined;
    try {
      if (unsent.length > 0) mark = await this.ports.unsent.mark(key, expected);
      const saved = await rememberTurn(this.ports, turn, key, session, version, expected);
      if (saved === 'conflict') throw new LostRace('another turn was saved first');
    } catch (error) {
      // What a provider sends whole can be walked again; what it does not would be answered from an old state.
      if (!(error instanceof StoreUnavailable) || turn.input.kind !== 'history') throw error;
      this.storeFailedAt = this.ports.now();
    }
    if (unsent.length > 0) await this.ports.unsent.send(unsent, mark, time);
  }

  /** A closing phrase; a tombstone still tells whose language to speak. */
  private closing(turn: Turn, outcome: 'goodbye' | 'notServed', session: Session | undefined): TurnReply {
    const id = session?.dialog ?? turn.dialog ?? turn.defaultDialog;
    const root = (id === undefined ? undefined : this.ports.dialogs.current(id))?.root;
    const language = session?.state?.language ?? session?.language ?? wishedLanguage(turn, root);
    return closingReply(outcome, root, turn, language, this.ports.now());
  }
}

type Changing<T> = { -readonly [Name in keyof T]: T[Name] };

function meet(met: Met, { version, state }: Start): void {
  met.dialog = version.root;
  met.language = () => state.language;
}

const nothingToClaim = (): Promise<void> => Promise.resolve();
