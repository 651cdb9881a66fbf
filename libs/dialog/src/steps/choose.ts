import type { ChooseStep } from '../definition/model.js';
import { giveUp, go } from '../engine/next.js';
import type { StepBehaviour } from './kind.js';

/** Takes the first case that is true. */
export const choose: StepBehaviour<ChooseStep> = {
  enter(walk, step) {
    for (const { when, go: target } of step.cases) {
      if (when === undefined || when.test(walk.openScopeFor(when.reads))) return go(target);
    }
    return giveUp('unavailable');
  },
};
