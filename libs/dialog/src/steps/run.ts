import type { RunStep } from '../definition/model.js';
import { giveUp, go, goBy, type Next } from '../engine/next.js';
import { Sealed, type HeldVariables } from '../engine/state.js';
import type { Walk } from '../engine/walk.js';
import type { Value } from '../values.js';
import type { StepBehaviour } from './kind.js';

/** Dialogs that run each other deeper than this give up. */
const maxDepth = 12;

/** Runs another dialog with variables of its own. */
export const run: StepBehaviour<RunStep> = {
  enter(walk, step) {
    if (walk.state.frames.length >= maxDepth) return giveUp('unavailable');
    const target = walk.dialogNamed(step.dialog);
    const vars: HeldVariables = {};
    for (const [name, template] of step.with) vars[name] = walk.evaluate(template);
    walk.frame.step = step.name;
    walk.state.frames.push({ dialog: target.id, step: target.start, vars });
    walk.variablesChanged();
    return go(target.start);
  },
};

/** Comes back from a dialog that was run: saves its variables, but for the sensitive ones, and goes on by how it ended. */
export function comeBack(walk: Walk, as: string): Next {
  const finished = walk.state.frames.pop();
  walk.variablesChanged();
  const step = walk.stepNamed(walk.frame.step);
  if (step.kind !== 'run' || finished === undefined) return giveUp('unavailable');
  if (step.save !== undefined) {
    walk.setVariable(step.save, withoutSealed(finished.vars));
  }
  return goBy(step.go, as);
}

function withoutSealed(vars: HeldVariables): Record<string, Value> {
  const plain: Record<string, Value> = {};
  for (const [name, value] of Object.entries(vars)) if (!(value instanceof Sealed)) plain[name] = value;
  return plain;
}
