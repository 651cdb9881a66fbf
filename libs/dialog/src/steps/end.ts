import type { EndStep } from '../definition/model.js';
import type { StepBehaviour } from './kind.js';

/** The last text; in a dialog that was run, the way back. */
export const end: StepBehaviour<EndStep> = {
  enter: (walk, step) => ({ kind: 'finish', text: walk.text(step.text), as: step.as }),
};
