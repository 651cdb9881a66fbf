import { randomUUID } from 'node:crypto';
import type { PhraseName } from '../definition/phrases.js';
import { matchLanguage, phraseOf } from '../engine/texts.js';
import { StoreUnavailable, type TurnOutcome } from '../ports.js';
import type { Turn, TurnReply } from '../turn.js';
import type { DialogServicePorts } from './service-ports.js';
import { TurnExpired, type EffectDriver, type EffectRules, type TurnTime } from './effect-driver.js';
import type { Digest } from './history.js';
import { planOf, type Plan } from './plan.js';
import { rememberTurn } from './remember.js';
import { TurnStarts, type Start } from './turn-start.js';
import { packSession, unpackSession } from './session-codec.js';
import { findSession, type Found } from './session-finder.js';
import { newSession, type LastReply, type Session } from './session.js';
import { contextOf, hopMarkOf, work, type Worked } from './turn-work.js';

export interface TurnPorts extends DialogServicePorts {
  readonly driver: EffectDriver;
  readonly now: () => number;
}

/** Another turn of the session was saved first. */
export class LostRace extends Error {
  override readonly name = 'LostRace';
}

/** Answers one turn from its session, once through: a lost race is the caller's to repeat. */
export class TurnHandler {
  private readonly starts: TurnStarts;

  constructor(private readonly ports: TurnPorts) {
    this.starts = new TurnStarts(ports);
  }

  /** @throws LostRace, SessionBusy, StoreUnavailable, LedgerNeeded, TurnExpired, ActionMissing, WalkFault */
  async answer(turn: Turn, key: string, time: TurnTime): Promise<TurnReply> {
    const found = await findSession(this.ports.sessions, key, turn.caller.id, time, this.ports.now);
    const digest = this.digestFor(found.key);
    const plan = planOf(turn, found.session, digest, this.ports.now());
    const ready = this.readyReply(turn, plan, found.session);
    if (ready !== undefined) return ready;

    const start = await this.starts.of(turn, plan, found.session, digest);
    if (start === undefined) return this.closing(turn, 'notServed', undefined);
    const claimed = plan.kind === 'old-hop' ? undefined : this.claimer(turn, found, start, time);
    const worked = await this.workOn(turn, found.key, start, time, claimed?.claim ?? nothingToClaim);
    const reply = this.replyOf(turn, start, worked, digest);
    if (time.expired) throw new TurnExpired('the turn ran out of time');
    if (claimed === undefined) return reply;
    return this.save(turn, found.key, start, reply, claimed.expected());
  }

  /**
   * Answers while the session store is away: a turn with a whole history is walked from its start, effects taken from
   * the ledger; for all others there is nothing to go on from.
   */
  async answerWithoutStore(turn: Turn, key: string, time: TurnTime): Promise<TurnReply> {
    if (turn.input.kind !== 'history') throw new StoreUnavailable('the session is out of reach');
    const digest = this.digestFor(key);
    const plan = planOf(turn, undefined, digest, this.ports.now());
    const start = await this.starts.of(turn, plan, undefined, digest);
    if (start === undefined) return this.closing(turn, 'notServed', undefined);
    const strict: Start = { ...start, mode: 'strict' };
    const worked = await this.workOn(turn, key, strict, time, nothingToClaim);
    return this.replyOf(turn, strict, worked, digest);
  }

  private digestFor(key: string): Digest {
    return (text) => this.ports.vault.name('turn', key, text).slice(0, 10);
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
    return work(start.session, start.state, start.version, start.steps, turn, key, {
      driver,
      context,
      rules,
      time,
      digest: this.digestFor(key),
      now,
    });
  }

  /** Marks the session as in work before the first effect runs, leaving everything else in it as it was found. */
  private claimer(
    turn: Turn,
    found: Found,
    start: Start,
    time: TurnTime,
  ): { claim: () => Promise<void>; expected: () => number } {
    let expected = found.version;
    let claimed = false;
    const claim = async (): Promise<void> => {
      if (claimed) return;
      const { dialog, version, caller, startedAt, epoch, to, begunIn } = start.session;
      const same =
        found.payload === undefined || start.session !== found.session ? undefined : unpackSession(found.payload);
      const session = same ?? newSession({ dialog, version, caller, startedAt, epoch, to, begunIn });
      // Unlike any other claim, since a store takes the same text written twice for one write.
      session.claim = { by: randomUUID(), until: time.deadline };
      const ttlMs = Math.max(start.version.root.idleMs[turn.channel], turn.deadlineMs);
      if ((await this.ports.sessions.save(found.key, packSession(session), expected, ttlMs)) === 'conflict') {
        throw new LostRace('another turn claimed the session first');
      }
      claimed = true;
      expected += 1;
    };
    return { claim, expected: () => expected };
  }

  private replyOf(turn: Turn, start: Start, worked: Worked, digest: Digest): TurnReply {
    const { session, apology } = start;
    if (worked.beyondEnd) return this.closing(turn, 'goodbye', session);
    const { presented, gaveUp } = worked;
    const [first, ...rest] = presented.texts;
    const texts =
      apology === undefined ? presented.texts : [`${this.phrase(turn, apology, session)}\n${first ?? ''}`, ...rest];
    const failed = gaveUp === 'unavailable' || gaveUp === 'busy';
    const at = this.ports.now();
    const last: LastReply = {
      texts,
      failed,
      choices: turn.channel === 'bot' ? presented.choices : undefined,
      at,
      tookMs: Math.max(0, at - turn.receivedAt),
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
    }
    return reply;
  }

  private phrase(turn: Turn, name: PhraseName, session: Session | undefined): string {
    const id = session?.dialog ?? turn.dialog ?? turn.defaultDialog;
    const root = (id === undefined ? undefined : this.ports.dialogs.current(id))?.root;
    const language =
      session?.state?.language ?? matchLanguage(turn.language ?? turn.accountLanguage, root?.languages ?? []);
    const phrase = phraseOf(root, name, turn.channel, language);
    return typeof phrase === 'string' ? phrase : phrase.render({ values: {}, missing: () => undefined });
  }

  private closing(turn: Turn, outcome: 'goodbye' | 'notServed', session: Session | undefined): TurnReply {
    return { texts: [this.phrase(turn, outcome, session)], end: true, failed: false, at: this.ports.now(), outcome };
  }
}

const nothingToClaim = (): Promise<void> => Promise.resolve();
