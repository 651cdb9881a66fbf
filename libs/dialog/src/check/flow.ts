import type { Dialog, Step, StepName } from '../definition/model.js';
import type { ValueTemplate, VariablePath } from '../values.js';
import { edgesOf, untilStable, type Edge } from './edges.js';

/** What can be known of the variables when a step begins, over all paths that lead to it. */
export interface VariableState {
  /** Names that some path has set. */
  readonly set: Set<string>;
  /** Dotted paths that hold a sensitive answer on some path. */
  readonly sensitive: Set<string>;
}

/** By dialog id, then step; steps that no path reaches are not there. */
export type VariableFlow = ReadonlyMap<string, ReadonlyMap<StepName, VariableState>>;

/** Follows the variables through all dialogs and the runs between them. */
export function followVariables(dialogs: ReadonlyMap<string, Dialog>): VariableFlow {
  const flow = new Map<string, Map<StepName, VariableState>>();
  /** Sensitive variables at the ends of each dialog. */
  const exits = new Map<string, Set<string>>();
  for (const dialog of dialogs.values()) {
    flow.set(dialog.id, new Map([[dialog.start, emptyState()]]));
    exits.set(dialog.id, new Set());
  }
  untilStable(() => {
    let changed = false;
    for (const dialog of dialogs.values()) {
      const states = flow.get(dialog.id) ?? new Map<StepName, VariableState>();
      for (const [name, state] of [...states]) {
        const step = dialog.steps.get(name);
        if (!step) continue;
        for (const edge of edgesOf(step)) {
          changed = enter(states, edge.to, afterStep(step, state, edge, exits)) || changed;
        }
        if (step.kind === 'end') changed = addAll(exits.get(dialog.id), state.sensitive) || changed;
        const other = step.kind === 'run' ? dialogs.get(step.dialog) : undefined;
        if (step.kind === 'run' && other) {
          const called = assigned(step.with, emptyState(), state);
          changed = enter(flow.get(other.id) ?? new Map<StepName, VariableState>(), other.start, called) || changed;
        }
      }
    }
    return changed;
  });
  return flow;
}

/** Whether reading a path can give a sensitive answer, or a part or the whole of what holds one. */
export function readsSensitive(path: VariablePath, sensitive: ReadonlySet<string>): boolean {
  const dotted = path.join('.');
  for (const held of sensitive) {
    if (held === dotted || held.startsWith(`${dotted}.`) || dotted.startsWith(`${held}.`)) return true;
  }
  return false;
}

function afterStep(step: Step, before: VariableState, edge: Edge, exits: ReadonlyMap<string, ReadonlySet<string>>) {
  if (!edge.saves) return before;
  if (step.kind === 'set') return assigned(step.values, copyOf(before));
  if (!('save' in step)) return before;
  const after = copyOf(before);
  forget(after, step.save);
  after.set.add(step.save);
  if (step.kind === 'ask' && step.sensitive) after.sensitive.add(step.save);
  if (step.kind === 'menu' && step.optionsFrom && readsSensitive(step.optionsFrom, before.sensitive)) {
    after.sensitive.add(step.save);
  }
  if (step.kind === 'run')
    for (const held of exits.get(step.dialog) ?? []) after.sensitive.add(within(step.save, held));
  return after;
}

/** `into` with the values assigned one after the other, each seeing `from`. */
function assigned(values: ReadonlyMap<string, ValueTemplate>, into: VariableState, from = into): VariableState {
  for (const [name, value] of values) {
    const sensitive = value.reads.some((path) => readsSensitive(path, from.sensitive));
    forget(into, name);
    into.set.add(name);
    if (sensitive) into.sensitive.add(name);
  }
  return into;
}

/** A dialog that runs itself would name ever longer paths; from eight members on the beginning stands for the whole. */
function within(save: string, held: string): string {
  return [save, ...held.split('.')].slice(0, 8).join('.');
}

function forget(state: VariableState, name: string): void {
  for (const held of state.sensitive) if (held === name || held.startsWith(`${name}.`)) state.sensitive.delete(held);
}

function enter(states: Map<StepName, VariableState>, to: StepName, state: VariableState): boolean {
  const there = states.get(to);
  if (!there) {
    states.set(to, copyOf(state));
    return true;
  }
  const more = addAll(there.set, state.set);
  return addAll(there.sensitive, state.sensitive) || more;
}

function addAll(into: Set<string> | undefined, names: ReadonlySet<string>): boolean {
  const before = into?.size ?? 0;
  for (const name of names) into?.add(name);
  return (into?.size ?? 0) > before;
}

function emptyState(): VariableState {
  return { set: new Set(), sensitive: new Set() };
}

function copyOf(state: VariableState): VariableState {
  return { set: new Set(state.set), sensitive: new Set(state.sensitive) };
}
