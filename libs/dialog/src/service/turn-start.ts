import type { DialogVersion } from '../definition/model.js';
import type { PhraseName } from '../definition/phrases.js';
import { freshState, type WalkState } from '../engine/state.js';
import { matchLanguage } from '../engine/texts.js';
import type { SessionStore, TurnOutcome } from '../ports.js';
import type { Turn } from '../turn.js';
import type { DialogVersions } from './service-ports.js';
import type { EffectRules } from './effect-driver.js';
import { extended, type Digest } from './history.js';
import type { Hop, Plan } from './plan.js';
import { resumable } from './resume.js';
import { packSession, unpackSession } from './session-codec.js';
import { languageNote } from './session-key.js';
import { newSession, type Session } from './session.js';
import type { WorkStep } from './turn-work.js';

/** How much of a version's hash a session keeps: enough to tell the versions of one dialog apart. */
const keptVersionLength = 16;

/** What a plan leads to: the session to work on and the inputs to take it through. */
export interface Start {
  readonly session: Session;
  readonly state: WalkState;
  readonly version: DialogVersion;
  readonly steps: readonly WorkStep[];
  readonly mode: EffectRules['mode'];
  readonly outcome: TurnOutcome;
  /** Stands above the first screen. */
  readonly apology?: PhraseName;
}

interface StartPorts {
  readonly sessions: SessionStore;
  readonly dialogs: DialogVersions;
  readonly now: () => number;
}

/** Finds where a turn starts from: a fresh dialog, the session as it stands, or a history from its beginning. */
export class TurnStarts {
  constructor(private readonly ports: StartPorts) {}

  /** Undefined: no dialog is there to start. */
  of(turn: Turn, plan: Plan, session: Session | undefined, digest: Digest): Promise<Start | undefined> {
    switch (plan.kind) {
      case 'begin':
        return this.begin(turn, plan, session);
      case 'answer':
      case 'show':
        return this.goOn(turn, plan, session);
      case 'rebuild':
        return this.rebuild(turn, plan.hops, session, digest, 'rebuilt');
      case 'old-hop':
        return this.rebuild(turn, plan.hops, session, digest, 'old-hop');
      default:
        return Promise.resolve(undefined);
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
        const input = { kind: resumed.version.root.resume === 'ask' ? 'offer-resume' : 'show' } as const;
        const state = structuredCopy(session.base, resumed.version.id);
        return { ...common, session, state, version: resumed.version, steps: [{ input, upTo: upToDial(turn) }] };
      }
    }
    const language = await this.firstLanguage(turn, version);
    const session = this.openSession(turn, version, epoch, language);
    const state = freshState(version.id, version.root.start, language);
    const answers = plan.shortcut.map((text): WorkStep => ({ input: { kind: 'answer', text }, upTo: undefined }));
    const steps: WorkStep[] = [{ input: { kind: 'start' }, upTo: upToDial(turn) }, ...answers];
    const start: Start = { ...common, session, state, version, steps };
    return plan.lost ? { ...start, apology: 'restarted' } : start;
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
    digest: Digest,
    outcome: 'rebuilt' | 'old-hop',
  ): Promise<Start | undefined> {
    const mark = turn.input.kind === 'history' ? turn.input.hop : undefined;
    const resumed = await this.resumedFrom(turn, before, mark?.resumed === true);
    const dialog = outcome === 'old-hop' || resumed !== undefined ? (before ?? resumed)?.dialog : turn.dialog;
    const named = outcome === 'old-hop' ? before?.version : (resumed?.version ?? mark?.version);
    const version =
      (dialog !== undefined && named !== undefined && (await this.ports.dialogs.find(dialog, named))) ||
      this.currentVersion(dialog);
    if (version === undefined) return undefined;
    // What the caller prefers may have changed since the session began.
    const language = before === undefined ? await this.firstLanguage(turn, version) : before.begunIn;
    const session = this.openSession(turn, version, before?.epoch ?? 0, language);
    const mode = outcome === 'old-hop' ? 'never' : 'strict';
    const answers = hops.map(({ input, upTo }): WorkStep => ({ input: { kind: 'answer', text: input }, upTo }));
    if (resumed?.base !== undefined) {
      session.base = resumed.base;
      const first = { kind: version.root.resume === 'ask' ? 'offer-resume' : 'show' } as const;
      const steps = [{ input: first, upTo: '' }, ...answers];
      return { session, state: structuredCopy(resumed.base, version.id), version, steps, mode, outcome };
    }
    const state = freshState(version.id, version.root.start, language);
    if (mark?.resumed === true) return startOver(turn, session, state, version, digest);
    return { session, state, version, steps: [{ input: { kind: 'start' }, upTo: '' }, ...answers], mode, outcome };
  }

  /** The session that holds the state from which a resumed one began. */
  private async resumedFrom(turn: Turn, before: Session | undefined, marked: boolean): Promise<Session | undefined> {
    if (before?.base !== undefined) return before;
    return marked ? (await resumable(this.ports, turn))?.session : undefined;
  }

  private openSession(turn: Turn, version: DialogVersion, epoch: number, begunIn?: string): Session {
    const kept = version.version.slice(0, keptVersionLength);
    return newSession({
      dialog: version.id,
      version: kept,
      caller: turn.caller.id,
      startedAt: this.ports.now(),
      to: turn.input.kind === 'latest' && turn.sessionIsProviders && turn.to !== '' ? turn.to : undefined,
      epoch,
      begunIn,
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
}

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

/** The session was a resumed one, and what it was resumed from is gone: all that is left is to begin again. */
function startOver(turn: Turn, session: Session, state: WalkState, version: DialogVersion, digest: Digest): Start {
  const text = turn.input.kind === 'history' ? turn.input.text : '';
  session.history = extended(session.history, text, true, digest);
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
