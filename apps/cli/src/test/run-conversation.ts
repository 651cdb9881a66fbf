import type { DialogVersions, EffectRunner, TurnRecord, TurnReply } from '@app/dialog';
import { DialogService, Vault } from '@app/dialog';
import { MemorySessionStore } from '@app/sessions';
import { messageOf } from '../failures.js';
import { describeMeasure, measure } from '../measure.js';
import { MemoryLedger } from '../memory-ledger.js';
import { lineDiff } from './line-diff.js';
import { StubbedEffects } from './stubbed-effects.js';
import { StoppedClock, TestedPhone } from './tested-phone.js';
import type { Conversation, Expectation, Place, Step, TestChannel } from './test-file.js';

/** What a conversation is run with. */
export interface TestBed {
  readonly dialogs: DialogVersions;
  /** Runs the actions that are not stubbed. */
  readonly effects: EffectRunner;
  readonly dialog: string;
}

/** Why a conversation failed. */
export interface Failure {
  readonly at: Place;
  readonly message: string;
  /** What came. */
  readonly screen: string;
  /** From what was expected to what came, where a text was expected. */
  readonly diff: readonly string[];
  /** What else went wrong on the way. */
  readonly notes: readonly string[];
}

/** Holds one conversation over one channel, up to its first failure; undefined: all was as expected. */
export async function runConversation(
  bed: TestBed,
  { settings, steps }: Conversation,
  channel: TestChannel,
): Promise<Failure | undefined> {
  const clock = new StoppedClock(settings.now);
  const effects = new StubbedEffects(settings.stubs, bed.effects);
  const service = new DialogService({
    dialogs: bed.dialogs,
    sessions: new MemorySessionStore(clock),
    ledger: new MemoryLedger(),
    effects,
    // Nothing is sent in a test.
    outbox: { put: () => Promise.resolve() },
    vault: new Vault(['test']),
    clock,
    observer: { turn: (record) => effects.notes.push(...noteOf(record)), missingVariable: () => undefined },
  });
  const phone = new TestedPhone(service, clock, bed.dialog, channel, settings);
  let reply: TurnReply | undefined;
  for (const step of steps) {
    if (step.kind === 'wait') clock.advance(step.ms);
    else if (step.kind === 'dial') reply = await phone.dial(step.shortcut);
    else if (step.kind === 'answer') reply = await phone.answer(step.text);
    else if (step.kind === 'silence') reply = await phone.silence();
    const fault = reply === undefined ? undefined : judge(step, reply, channel, phone);
    if (fault !== undefined) {
      return { at: step.at, screen: screenOf(reply), diff: [], notes: effects.notes, ...fault };
    }
  }
  return undefined;
}

function noteOf({ error }: TurnRecord): readonly string[] {
  return error === undefined ? [] : [`The turn failed: ${messageOf(error)}`];
}

type Judgement = Pick<Failure, 'message'> & Partial<Pick<Failure, 'diff'>>;

function judge(step: Step, reply: TurnReply, channel: TestChannel, phone: TestedPhone): Judgement | undefined {
  if (step.kind !== 'expect') return tooLong(reply, phone);
  const expected = step.screens[channel] ?? step.screens.default;
  const differs = expected === undefined ? undefined : difference(expected, screenOf(reply));
  if (differs !== undefined) return differs;
  if (step.end === reply.end) return undefined;
  return { message: step.end ? 'The session is still open.' : 'The session has ended.' };
}

function tooLong({ texts }: TurnReply, phone: TestedPhone): Judgement | undefined {
  for (const text of texts) {
    const length = measure(text, phone.limit);
    if (length.max !== undefined && length.used > length.max) {
      return { message: `This screen is too long: ${describeMeasure(length)}.` };
    }
  }
  return undefined;
}

function difference(expected: Expectation, screen: string): Judgement | undefined {
  if (expected.kind === 'pattern') {
    return expected.pattern.test(screen)
      ? undefined
      : { message: `${String(expected.pattern)} is not in this screen.` };
  }
  if (expected.text === screen) return undefined;
  return { message: 'Another screen was expected.', diff: lineDiff(expected.text, screen) };
}

/** One screen, whatever the number of messages. */
function screenOf(reply: TurnReply | undefined): string {
  return reply?.texts.join('\n') ?? '';
}
