import type { DialogVersion } from '../definition/model.js';
import type { WalkInput } from '../engine/advance.js';
import { freshState, type WalkState } from '../engine/walk-state.js';
import { matchLanguage } from '../engine/texts.js';
import type { SessionStore, TurnOutcome } from '../ports.js';
import type { Turn } from '../turn.js';
import type { DialogVersions } from './service-ports.js';
import type { EffectRules } from './effect-driver.js';
import { extended, type Digest } from './history.js';
import type { Hop, Plan } from './plan.js';
import { wishedLanguage } from './own-words.js';
import { resumable } from './resume.js';
import { packSession, unpackSession } from './session-codec.js';
import { languageNote } from './session-key.js';
import { newSession, type Session } from './session.js';
import type { WorkOrder, WorkStep } from './turn-work.js';

/** How much of a version's hash a session keeps: enough to tell the versions of one dialog apart. */
const keptVersionLength = 12;

/** What a plan leads to. */
export interface Start extends WorkOrder {
  readonly mode: EffectRules['mode'];
  readonly outcome: TurnOutcome;
}

/** A session stays on its version, and that is nowhere to be had. */
export class VersionGone extends Error {
  override readonly name = 'VersionGone';
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
      case 'silence':
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
    const version = this.currentVersion(plan.dialog);
    if (version === undefined) return undefined;
    // A first turn that was cut off after its claim is the same turn when it comes again.
    const cutOff = before !== undefined && before.state === undefined && !before.ended ? before : undefined;
    const epoch = cutOff?.epoch ?? (before === undefined ? 0 : before.epoch + 1);
    const startedAt = cutOff?.startedAt;
    const mode = cutOff === undefined ? 'run' : 'strict';
    if (plan.shortcut.length === 0 && !plan.lost && version.root.resume !== 'restart' && turn.sessionIsProviders) {
      const resumed = await resumable(this.ports, turn);
      if (resumed !== undefined) {
        const session = this.openSession(turn, resumed.version, { epoch, startedAt });
        session.base = resumed.state;
        const input = { kind: resumed.version.root.resume === 'ask' ? 'offer-resume' : 'show' } as const;
        const state = structuredCopy(session.base, resumed.version.id);
        const steps = [{ input, upTo: upToDial(turn) }];
        return { session, state, version: resumed.version, steps, mode, outcome: 'reply' };
      }
    }
    const language = await this.firstLanguage(turn, version);
    const session = this.openSession(turn, version, { epoch, startedAt, language });
    const state = freshState(version.id, version.root.start, language);
    const answers = plan.shortcut.map((text): WorkStep => ({ input: { kind: 'answer', text }, upTo: undefined }));
    const steps: WorkStep[] = [{ input: { kind: 'start' }, upTo: upToDial(turn) }, ...answers];
    const apology = plan.lost ? 'restarted' : undefined;
    return { session, state, version, steps, mode, outcome: 'reply', apology };
  }

  private async goOn(
    turn: Turn,
    plan: Extract<Plan, { kind: 'answer' | 'silence' | 'show' }>,
    session: Session | undefined,
  ): Promise<Start | undefined> {
    if (session?.state === undefined) return undefined;
    const version = await this.ownVersion(session);
    const upTo = turn.input.kind === 'history' ? turn.input.text : undefined;
    const input: WalkInput = plan.kind === 'answer' ? { kind: 'answer', text: plan.input } : { kind: plan.kind };
    // Where a claim was left, the turn may have been here before.
    const mode = session.claim === undefined ? 'run' : 'strict';
    return { session, state: session.state, version, steps: [{ input, upTo }], mode, outcome: 'reply' };
  }

  /**
   * The version that a session began with.
   * @throws VersionGone
   */
  async ownVersion({ dialog, version }: Session): Promise<DialogVersion> {
    const gone = `version ${version} of dialog "${dialog}" cannot be had`;
    const found = await this.ports.dialogs.find(dialog, version).catch((cause: unknown) => {
      // Told apart from an outage of the sessions, after which the history would be walked on another version.
      throw new VersionGone(gone, { cause });
    });
    if (found === undefined) throw new VersionGone(gone);
    return found;
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
    const language = before === undefined ? await this.firstLanguage(turn, version) : before.language;
    const session = this.openSession(turn, version, { epoch: before?.epoch ?? 0, language });
    session.turns = Math.max(before?.turns ?? 0, hops.length);
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

  private openSession(
    turn: Turn,
    version: DialogVersion,
    { epoch, startedAt, language }: { epoch: number; startedAt?: number | undefined; language?: string | undefined },
  ): Session {
    const kept = version.version.slice(0, keptVersionLength);
    return newSession({
      dialog: version.id,
      version: kept,
      caller: turn.caller.id,
      startedAt: startedAt ?? this.ports.now(),
      to: turn.input.kind === 'latest' && turn.sessionIsProviders && turn.to !== '' ? turn.to : undefined,
      epoch,
      language,
    });
  }

  private currentVersion(dialog: string | undefined): DialogVersion | undefined {
    return dialog === undefined ? undefined : this.ports.dialogs.current(dialog);
  }

  /** What the provider sent, else the account's, else what the caller last chose; undefined: the dialog's first. */
  private async firstLanguage(turn: Turn, { root }: DialogVersion): Promise<string | undefined> {
    const { languages } = root;
    const given = wishedLanguage(turn, root);
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
