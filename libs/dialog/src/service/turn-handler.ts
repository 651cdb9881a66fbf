import { randomUUID } from 'node:crypto';
import type { DialogVersion } from '../definition/model.js';
import type { PhraseName } from '../definition/phrases.js';
import { freshState, type WalkState } from '../engine/state.js';
import { matchLanguage, phraseOf } from '../engine/texts.js';
import { StoreUnavailable, type TurnOutcome } from '../ports.js';
import type { Turn, TurnReply } from '../turn.js';
import type { DialogServicePorts } from './dialog-service.js';
import { TurnExpired, type EffectDriver, type EffectRules, type TurnTime } from './effect-driver.js';
import { extended, type Digest } from './history.js';
import { planOf, type Hop, type Plan } from './plan.js';
import { rememberTurn } from './remember.js';
import { resumable } from './resume.js';
import { packSession, unpackSession } from './session-codec.js';
import { findSession, type Found } from './session-finder.js';
import { languageNote } from './session-key.js';
import { newSession, type LastReply, type Session } from './session.js';
import { contextOf, hopMarkOf, work, type Worked, type WorkStep } from './turn-work.js';

export interface TurnPorts extends DialogServicePorts {
  readonly driver: EffectDriver;
  readonly now: () => number;
}

/** Another turn of the session was saved first. */
export class LostRace extends Error {
  override readonly name = 'LostRace';
}

/** How much of a version's hash a session keeps: enough to tell the versions of one dialog apart. */
const keptVersionLength = 16;

/** What a plan leads to: the session to work on and the inputs to take it through. */
interface Start {
  readonly session: Session;
  readonly state: WalkState;
  readonly version: DialogVersion;
  readonly steps: readonly WorkStep[];
  readonly mode: EffectRules['mode'];
  readonly outcome: TurnOutcome;
  /** Stands above the first screen. */
  readonly apology?: PhraseName;
}

/** Answers one turn from its session, once through: a lost race is the caller's to repeat. */
export class TurnHandler {
  constructor(private readonly ports: TurnPorts) {}

  /** @throws LostRace, SessionBusy, StoreUnavailable, LedgerNeeded, TurnExpired, ActionMissing, WalkFault */
  async answer(turn: Turn, key: string, time: TurnTime): Promise<TurnReply> {
    const found = await findSession(this.ports.sessions, key, turn.caller.id, time, this.ports.now);
    const digest = this.digestFor(found.key);
    const plan = planOf(turn, found.session, digest, this.ports.now());
    const ready = this.readyReply(turn, plan, found.session);
    if (ready !== undefined) return ready;

    const start = await this.startOf(turn, plan, found.session);
    if (start === undefined) return this.closing(turn, 'notServed', undefined);
    const claimed = plan.kind === 'old-hop' ? undefined : this.claimer(turn, found, start, digest, time);
    const worked = await this.workOn(turn, found.key, start, time, digest, claimed?.claim ?? nothingToClaim);
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
    const start = await this.startOf(turn, planOf(turn, undefined, digest, this.ports.now()), undefined);
    if (start === undefined) return this.closing(turn, 'notServed', undefined);
    const strict: Start = { ...start, mode: 'strict' };
    const worked = await this.workOn(turn, key, strict, time, digest, nothingToClaim);
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

  private async startOf(turn: Turn, plan: Plan, session: Session | undefined): Promise<Start | undefined> {
    switch (plan.kind) {
      case 'begin':
        return this.begin(turn, plan, session);
      case 'answer':
      case 'show':
        return this.goOn(turn, plan, session);
      case 'rebuild':
        return this.rebuild(turn, plan.hops, session);
      case 'old-hop':
        return this.rebuild(turn, plan.hops, session, 'old-hop');
      default:
        return undefined;
    }
  }

  private async begin(
    turn: Turn,
    plan: Extract<Plan, { kind: 'begin' }>,
    before: Session | undefined,
  ): Promise<Start | undefined> {
    const version = this.currentVersion(plan.lost ? turn.defaultDialog : turn.dialog);
    if (version === undefined) return undefined;
    const epoch = before === undefined ? 0 : before.epoch + 1;
    const common = { mode: 'run', outcome: 'reply' } as const;
    if (plan.shortcut.length === 0 && !plan.lost && version.root.resume !== 'restart' && turn.sessionIsProviders) {
      const resumed = await resumable(this.ports, turn);
      if (resumed !== undefined) {
        const session = this.openSession(turn, resumed.version, epoch);
        session.base = resumed.state;
        const input = { kind: version.root.resume === 'ask' ? 'offer-resume' : 'show' } as const;
        const state = structuredCopy(session.base, resumed.version.id);
        return { ...common, session, state, version: resumed.version, steps: [{ input, upTo: upToDial(turn) }] };
      }
    }
    const session = this.openSession(turn, version, epoch);
    const state = freshState(version.id, version.root.start, await this.firstLanguage(turn, version));
    const answers = plan.shortcut.map((text): WorkStep => ({ input: { kind: 'answer', text }, upTo: undefined }));
    const steps: WorkStep[] = [{ input: { kind: 'start' }, upTo: upToDial(turn) }, ...answers];
    return { ...common, session, state, version, steps, ...(plan.lost && { apology: 'restarted' }) };
  }

  private async goOn(
    turn: Turn,
    plan: Extract<Plan, { kind: 'answer' | 'show' }>,
    session: Session | undefined,
  ): Promise<Start | undefined> {
    if (session?.state === undefined) return undefined;
    const version = await this.ports.dialogs.find(session.dialog, session.version);
    if (version === undefined) throw new Error(`version ${session.version} of dialog "${session.dialog}" is gone`);
    const upTo = turn.input.kind === 'history' ? turn.input.text : undefined;
    const input = plan.kind === 'show' ? ({ kind: 'show' } as const) : ({ kind: 'answer', text: plan.input } as const);
    return { session, state: session.state, version, steps: [{ input, upTo }], mode: 'run', outcome: 'reply' };
  }

  /** Walks a history from its start; an old hop on the session's own version, all others on the one the provider names. */
  private async rebuild(
    turn: Turn,
    hops: readonly Hop[],
    before: Session | undefined,
    outcome: 'rebuilt' | 'old-hop' = 'rebuilt',
  ): Promise<Start | undefined> {
    const mark = turn.input.kind === 'history' ? turn.input.hop : undefined;
    const resumed = await this.resumedFrom(turn, before, mark?.resumed === true);
    const dialog = outcome === 'old-hop' || resumed !== undefined ? (before ?? resumed)?.dialog : turn.dialog;
    const named = outcome === 'old-hop' ? before?.version : (resumed?.version ?? mark?.version);
    const version =
      (dialog !== undefined && named !== undefined && (await this.ports.dialogs.find(dialog, named))) ||
      this.currentVersion(dialog);
    if (version === undefined) return undefined;
    const session = this.openSession(turn, version, before?.epoch ?? 0);
    const mode = outcome === 'old-hop' ? 'never' : 'strict';
    const answers = hops.map(({ input, upTo }): WorkStep => ({ input: { kind: 'answer', text: input }, upTo }));
    if (resumed?.base !== undefined) {
      session.base = resumed.base;
      const first = { kind: version.root.resume === 'ask' ? 'offer-resume' : 'show' } as const;
      const steps = [{ input: first, upTo: '' }, ...answers];
      return { session, state: structuredCopy(resumed.base, version.id), version, steps, mode, outcome };
    }
    const state = freshState(version.id, version.root.start, await this.firstLanguage(turn, version));
    if (mark?.resumed === true) return this.startOver(turn, session, state, version);
    return { session, state, version, steps: [{ input: { kind: 'start' }, upTo: '' }, ...answers], mode, outcome };
  }

  /** The session that holds the state from which a resumed one began. */
  private async resumedFrom(turn: Turn, before: Session | undefined, marked: boolean): Promise<Session | undefined> {
    if (before?.base !== undefined) return before;
    return marked ? (await resumable(this.ports, turn))?.session : undefined;
  }

  /** The session was a resumed one, and what it was resumed from is gone: all that is left is to begin again. */
  private startOver(turn: Turn, session: Session, state: WalkState, version: DialogVersion): Start {
    const text = turn.input.kind === 'history' ? turn.input.text : '';
    session.history = extended(session.history, text, true, this.digestFor(session.caller));
    return {
      session,
      state,
      version,
      steps: [{ input: { kind: 'start' }, upTo: text }],
      mode: 'run',
      outcome: 'rebuilt',
      apology: 'restarted',
    };
  }

  private openSession(turn: Turn, version: DialogVersion, epoch: number): Session {
    const kept = version.version.slice(0, keptVersionLength);
    return newSession({
      dialog: version.id,
      version: kept,
      caller: turn.caller.id,
      startedAt: this.ports.now(),
      epoch,
    });
  }

  private currentVersion(dialog: string | undefined): DialogVersion | undefined {
    return dialog === undefined ? undefined : this.ports.dialogs.current(dialog);
  }

  /** What the provider sent, else the account's, else what the caller last chose; undefined: the dialog's first. */
  private async firstLanguage(turn: Turn, { root: { languages } }: DialogVersion): Promise<string | undefined> {
    const given = matchLanguage(turn.language, languages) ?? matchLanguage(turn.accountLanguage, languages);
    if (given !== undefined || languages.length === 1) return given;
    const chosen = await this.ports.sessions.readNote(languageNote(turn)).catch(() => undefined);
    return matchLanguage(chosen, languages);
  }

  private async workOn(
    turn: Turn,
    key: string,
    start: Start,
    time: TurnTime,
    digest: Digest,
    claim: () => Promise<void>,
  ): Promise<Worked> {
    const { driver, vault, observer, now } = this.ports;
    const context = contextOf(turn, {
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
      digest,
      now,
    });
  }

  /** Marks the session as in work before the first effect runs, leaving everything else in it as it was found. */
  private claimer(
    turn: Turn,
    found: Found,
    start: Start,
    digest: Digest,
    time: TurnTime,
  ): { claim: () => Promise<void>; expected: () => number } {
    let expected = found.version;
    let claimed = false;
    const claim = async (): Promise<void> => {
      if (claimed) return;
      const { dialog, version, caller, startedAt, epoch } = start.session;
      const same =
        found.payload === undefined || start.session !== found.session ? undefined : unpackSession(found.payload);
      const session = same ?? newSession({ dialog, version, caller, startedAt, epoch });
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
    const outcome: TurnOutcome = failed
      ? (gaveUp as 'unavailable' | 'busy')
      : start.outcome === 'reply' && presented.end
        ? 'end'
        : start.outcome;
    return {
      texts,
      end: presented.end,
      failed,
      at,
      outcome,
      ...(last.choices && { choices: last.choices }),
      ...hopMarkOf(session, turn),
    };
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
    const root = this.currentVersion(id)?.root;
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

/** The history after a fresh dial is empty; other providers have none. */
function upToDial(turn: Turn): string | undefined {
  return turn.input.kind === 'history' ? '' : undefined;
}

/** A copy that can be changed, made the way a store would make it. */
function structuredCopy(state: WalkState, dialog: string): WalkState {
  const carrier = newSession({ dialog, version: '', caller: '', startedAt: 0, epoch: 0 });
  carrier.state = state;
  return unpackSession(packSession(carrier))?.state ?? state;
}
