import type { Dialog, Step, StepName } from '../definition/model.js';
import { typedWithKeys } from '../steps/answer-types.js';

/** A way from one step to the next. */
export interface Edge {
  readonly to: StepName;
  /** The step has saved what it saves when this way is taken. */
  readonly saves: boolean;
  /** The way may be taken without the caller having answered. */
  readonly silent: boolean;
}

/** Every way out of a step. */
export function edgesOf(step: Step): readonly Edge[] {
  switch (step.kind) {
    case 'menu': {
      const targets = step.options ? step.options.map((option) => option.go ?? step.go) : [step.go];
      return [...answered(...targets), ...otherwise(step.otherwise, false)];
    }
    case 'ask':
      return [...answered(step.go), ...otherwise(step.otherwise, false)];
    case 'record':
      return [...answered(step.go), ...otherwise(step.otherwise, true)];
    case 'transfer':
      return otherwise(step.otherwise, true);
    case 'choose':
      return step.cases.map(({ go }) => ({ to: go, saves: false, silent: true }));
    case 'call':
    case 'http':
    case 'run':
      return [...step.go].map(([outcome, to]) => ({
        to,
        saves: !['error', 'timeout'].includes(outcome),
        silent: true,
      }));
    case 'end':
      return [];
    default:
      return [{ to: step.go, saves: true, silent: true }];
  }
}

function answered(...targets: (StepName | undefined)[]): Edge[] {
  return targets.flatMap((to) => (to === undefined ? [] : [{ to, saves: true, silent: false }]));
}

function otherwise(to: StepName | undefined, silent: boolean): Edge[] {
  return to === undefined ? [] : [{ to, saves: false, silent }];
}

/** The ways out of a step that a call may take without the caller having answered. */
export function silentOnVoice(step: Step): readonly Edge[] {
  // A call asks what no screen can, and leaves out what keys cannot answer where there is another way.
  if (step.kind === 'record' || step.kind === 'transfer') return [];
  if (step.kind === 'ask') return typedWithKeys.has(step.type) ? [] : otherwise(step.otherwise, true);
  return silentOnScreens(step);
}

/** The ways out of a step that may be taken, on channels that are read, without the caller having answered. */
export function silentOnScreens(step: Step): readonly Edge[] {
  return edgesOf(step).filter((edge) => edge.silent);
}

/** The steps that some path from the start reaches. */
export function reachable(dialog: Dialog): ReadonlySet<StepName> {
  const reached = new Set<StepName>();
  const waiting = [dialog.start];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const step = dialog.steps.get(name);
    if (!step || reached.has(name)) continue;
    reached.add(name);
    waiting.push(...edgesOf(step).map((edge) => edge.to));
  }
  return reached;
}

/** Repeats a pass over all dialogs until it changes nothing more. */
export function untilStable(pass: () => boolean): void {
  while (pass());
}
