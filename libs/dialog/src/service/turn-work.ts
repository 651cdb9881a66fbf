import type { DialogVersion } from '../definition/model.js';
import type { PhraseName } from '../definition/phrases.js';
import { advance, type WalkInput, type WalkResult } from '../engine/advance.js';
import type { WalkContext } from '../engine/context.js';
import { present, type Presented } from '../engine/present.js';
import type { WalkState } from '../engine/walk-state.js';
import { Walk } from '../engine/walk.js';
import type { DecidedMessage } from '../engine/decided.js';
import type { TurnMessage } from '../ports.js';
import type { Turn, TurnReply } from '../turn.js';
import type { EffectDriver, EffectRules, TurnTime } from './effect-driver.js';
import { extended, inputLengths, type Digest } from './history.js';
import type { Session } from './session.js';

/** One input of a turn, and the history after it where the provider sends histories. */
export interface WorkStep {
  readonly input: WalkInput;
  readonly upTo: string | undefined;
}

/** What a turn is to do: the session to work on, and the inputs to take it through. */
export interface WorkOrder {
  readonly session: Session;
  readonly state: WalkState;
  readonly version: DialogVersion;
  readonly steps: readonly WorkStep[];
  /** Stands above the first screen. */
  readonly apology?: PhraseName | undefined;
}

/** What a turn works with. */
export interface WorkTools {
  readonly driver: EffectDriver;
  readonly context: WalkContext;
  readonly rules: EffectRules;
  readonly time: TurnTime;
  readonly digest: Digest;
  /** Names a message that was decided: the same for the same decision. */
  readonly messageKey: MessageKey;
  readonly now: () => number;
}

export type MessageKey = (identity: readonly (string | number)[], message: DecidedMessage) => string;

/** The last thing that a turn took in, with nothing sensitive in it. */
export interface Heard {
  /** The question that it answered, `dialog/step`. */
  readonly asked: string | undefined;
  readonly input: string | undefined;
  /** It did not fit. */
  readonly refused: boolean;
}

/** What came of a turn: the session was changed to match, and is not saved yet. */
export interface Worked {
  readonly presented: Presented;
  readonly gaveUp: string | undefined;
  /** Inputs were left over when the dialog was at its end. */
  readonly beyondEnd: boolean;
  readonly messages: readonly TurnMessage[];
  readonly heard: Heard;
}

/** Takes a session through the inputs of one turn. */
export async function work(
  { session, state, version, steps, apology }: WorkOrder,
  turn: Turn,
  key: string,
  tools: WorkTools,
): Promise<Worked> {
  let presented: Presented = { texts: [''], end: false };
  let gaveUp: string | undefined;
  let heard: Heard = { asked: undefined, input: undefined, refused: false };
  const messages: TurnMessage[] = [];
  for (const [i, { input, upTo }] of steps.entries()) {
    const walk = new Walk(version, state, tools.context);
    if (i === 0 && apology !== undefined) walk.putAbove(walk.phrase(apology));
    const sensitive = input.kind === 'answer' && awaitsSensitive(version, state);
    const asked = isAnswer(input) ? positionOf(state) : undefined;
    const identity = [key, session.caller, session.epoch, ...identityOf(session, turn, upTo, i)];
    const driven = tools.driver.drive(advance(walk, input), turn, identity, tools.rules, tools.time);
    const result: WalkResult = driven instanceof Promise ? await driven : driven;
    presented = present(walk, result, turn.screen);
    if (walk.languageChosen && state.language !== undefined) session.chosenLanguage = state.language;
    gaveUp = result.kind === 'screen' ? result.gaveUp : undefined;
    heard = { asked, input: inputOf(input, sensitive), refused: walk.refused };
    if (walk.decided.length > 0) messages.push(...messagesOf(walk.decided, turn, identity, tools));
    if (upTo !== undefined && input.kind === 'answer')
      session.history = extended(session.history, upTo, sensitive, tools.digest);
    if (presented.end) {
      endedIn(session, state);
      return { presented, gaveUp, beyondEnd: i < steps.length - 1, messages, heard };
    }
  }
  session.state = state;
  return { presented, gaveUp, beyondEnd: false, messages, heard };
}

function isAnswer({ kind }: WalkInput): boolean {
  return kind === 'answer' || kind === 'silence';
}

function inputOf(input: WalkInput, sensitive: boolean): string | undefined {
  if (input.kind !== 'answer') return undefined;
  return sensitive ? '•••' : input.text;
}

/** What was decided, as the outbox takes it. */
export function messagesOf(
  decided: readonly DecidedMessage[],
  { provider, account }: Turn,
  identity: readonly (string | number)[],
  { messageKey, now }: Pick<WorkTools, 'messageKey' | 'now'>,
): TurnMessage[] {
  const at = now();
  return decided.map((message) => {
    const { to, text } = message;
    return { key: messageKey(identity, message), provider, account, to, text, at };
  });
}

/** Closes a session; what is left of it still speaks the language that it ended in. */
export function endedIn(session: Session, state: WalkState | undefined): void {
  session.language = state?.language ?? session.language;
  session.ended = true;
  session.state = undefined;
}

/** Names a turn within its session: the history up to it, or when the session began, the turn's number and its input. */
function identityOf(session: Session, { input }: Turn, upTo: string | undefined, index: number): (string | number)[] {
  if (upTo !== undefined) return [upTo];
  // A turn that came to nothing has not raised the number: another input under it is another turn.
  const fingerprint = input.kind === 'latest' ? input.fingerprint : '';
  return [session.startedAt, session.turns + 1, fingerprint, index];
}

/** Whether the question on the screen asks for something sensitive. */
export function awaitsSensitive(version: DialogVersion, state: WalkState | undefined): boolean {
  const frame = state?.frames.at(-1);
  if (frame === undefined || state?.offeringResume === true) return false;
  const step = version.dialogs.get(frame.dialog)?.steps.get(frame.step);
  return step?.kind === 'ask' && step.sensitive;
}

/** The question that waits, `dialog/step`. */
export function positionOf(state: WalkState | undefined): string | undefined {
  const frame = state?.frames.at(-1);
  return frame && `${frame.dialog}/${frame.step}`;
}

/** What a provider is to give back with the next hop; nothing once the session is over. */
export function hopMarkOf(session: Session, turn: Turn): TurnReply['hop'] {
  if (turn.input.kind !== 'history' || session.ended) return undefined;
  const resumed = session.base !== undefined;
  return { version: session.version.slice(0, 8), inputs: inputLengths(session.history), resumed };
}

/** @param to the address that the session was begun on. */
export function contextOf(
  turn: Turn,
  to: string,
  { seal, missing, now }: Pick<WalkContext, 'seal' | 'missing' | 'now'>,
): WalkContext {
  return {
    channel: turn.channel,
    provider: turn.provider,
    account: turn.account,
    to,
    caller: turn.caller,
    entities: turn.entities,
    allEntities: turn.allEntities,
    country: turn.country,
    timezone: turn.timezone,
    seal,
    missing,
    now,
  };
}
