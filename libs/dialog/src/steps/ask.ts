import type { AskStep } from '../definition/model.js';
import { go } from '../engine/next.js';
import { Sealed } from '../engine/state.js';
import type { Walk } from '../engine/walk.js';
import type { VoicePrompt } from '../turn.js';
import { readAnswer, typedWithKeys } from './answer-types.js';
import type { QuestionBehaviour } from './kind.js';
import { isRecording } from './record.js';

/** One answer, checked: typed, or, in a call, given with the keys where they can give it, else spoken. */
export const ask: QuestionBehaviour<AskStep> = {
  enter(walk, step) {
    return isSpoken(walk, step) && step.otherwise !== undefined ? go(step.otherwise) : { kind: 'wait' };
  },

  show: (walk, step) => ({
    head: walk.text(step.text),
    options: [],
    ...(walk.context.channel === 'voice' && { prompt: promptFor(step) }),
  }),

  read(walk, step, answer) {
    const value = valueOf(walk, step, answer);
    if (value === undefined) return { kind: 'refused' };
    return {
      kind: 'fits',
      apply() {
        if (step.save !== undefined) {
          walk.setVariable(step.save, step.sensitive ? new Sealed(walk.context.seal.seal(value)) : value);
        }
        return go(step.go);
      },
    };
  },

  // What the question itself accepts is an answer, also if it looks like a navigation key.
  claims: (walk, step, answer) => valueOf(walk, step, answer) !== undefined,
};

/** Whether the answer is a recording: a call has no other way to take in a text. */
function isSpoken(walk: Walk, { type }: AskStep): boolean {
  return walk.context.channel === 'voice' && !typedWithKeys.has(type);
}

function promptFor({ type, minLength, maxLength }: AskStep): VoicePrompt {
  if (!typedWithKeys.has(type)) return { kind: 'recording' };
  // Where every answer is of one length, nobody needs to press a key to say that it is whole.
  const fixed = type === 'pin' && minLength !== undefined && minLength === maxLength;
  return fixed ? { kind: 'digits', digits: minLength } : { kind: 'digits' };
}

function valueOf(walk: Walk, step: AskStep, answer: string): string | number | undefined {
  const { channel, country } = walk.context;
  if (isSpoken(walk, step)) return isRecording(answer) ? answer : undefined;
  // The keys of a telephone have no decimal point.
  const pointed = channel === 'voice' && (step.type === 'decimal' || step.type === 'amount');
  return readAnswer(pointed ? answer.replaceAll('*', '.') : answer, step, country);
}
