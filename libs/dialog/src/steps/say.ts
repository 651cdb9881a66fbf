import type { SayStep } from '../definition/model.js';
import { go } from '../engine/next.js';
import type { StepBehaviour } from './kind.js';

/** Text that needs no answer stands above the next screen. */
export const say: StepBehaviour<SayStep> = {
  enter(walk, step) {
    walk.putAbove(walk.text(step.text));
    return go(step.go);
  },
};
