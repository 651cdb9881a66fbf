import type { AskStep } from '../definition/model.js';
import { go } from '../engine/next.js';
import { Sealed } from '../engine/state.js';
import { readAnswer } from './answer-types.js';
import type { QuestionBehaviour } from './kind.js';

/** One typed answer, checked. */
export const ask: QuestionBehaviour<AskStep> = {
  enter: () => ({ kind: 'wait' }),

  show: (walk, step) => ({ head: walk.text(step.text), options: [] }),

  read(walk, step, answer) {
    const value = readAnswer(answer, step, walk.context.country);
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
  claims: (walk, step, answer) => readAnswer(answer, step, walk.context.country) !== undefined,
};
