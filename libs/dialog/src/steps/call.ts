import type { CallStep } from '../definition/model.js';
import { giveUp, goBy } from '../engine/next.js';
import { copyWithoutUndo } from '../engine/walk-state.js';
import type { Value } from '../values.js';
import type { StepBehaviour } from './kind.js';

/** Runs an action and goes on by its outcome. */
export const call: StepBehaviour<CallStep> = {
  enter(walk, step) {
    // Without a prototype: an input may have any name.
    const input = Object.create(null) as Record<string, Value>;
    for (const [name, template] of step.with) input[name] = walk.input(template);
    const name = `${walk.frame.dialog}/${step.name}`;
    return {
      kind: 'effect',
      effect: {
        kind: 'call',
        step: name,
        visit: walk.visit(name),
        timeoutMs: step.timeoutMs,
        action: step.action,
        input,
        ...(step.late && { late: copyWithoutUndo(walk.state) }),
      },
      then(answer) {
        if (step.save !== undefined && answer.value !== undefined) walk.setVariable(step.save, answer.value);
        if (answer.late === true && !step.go.has('timeout') && !step.go.has('*')) return giveUp('busy');
        return goBy(step.go, answer.outcome);
      },
    };
  },
};
