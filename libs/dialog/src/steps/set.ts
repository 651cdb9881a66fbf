import type { SetStep } from '../definition/model.js';
import { go } from '../engine/next.js';
import type { StepBehaviour } from './kind.js';

/** Sets variables one after the other: a later one sees an earlier one. */
export const set: StepBehaviour<SetStep> = {
  enter(walk, step) {
    for (const [name, template] of step.values) walk.setVariable(name, walk.evaluate(template));
    return go(step.go);
  },
};
