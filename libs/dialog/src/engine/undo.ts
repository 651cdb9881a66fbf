import type { Frame, Held, HeldVariables, UndoEntry } from './state.js';
import type { WalkState } from './walk-state.js';

/** A question as it stood before its answer was read: a shallow copy, since values themselves are never changed. */
export interface Mark {
  readonly frames: readonly Frame[];
  readonly language: string | undefined;
  readonly shown: WalkState['shown'];
}

export function markOf(state: WalkState): Mark {
  return { frames: state.frames.map(copyFrame), language: state.language, shown: state.shown };
}

/** Remembers the question at `mark` now that another one has been reached. */
export function pushUndo(state: WalkState, mark: Mark): void {
  state.undo.push(difference(mark, state));
}

/** Goes back to the question before; false on the first screen. */
export function popUndo(state: WalkState): boolean {
  const entry = state.undo.pop();
  if (entry === undefined) return false;
  if (entry.kind === 'stack') {
    state.frames = entry.frames.map(copyFrame);
  } else {
    const top = state.frames.at(-1);
    if (top === undefined) return false;
    top.step = entry.step;
    for (const name of entry.unset) Reflect.deleteProperty(top.vars, name);
    Object.assign(top.vars, entry.restore);
  }
  state.language = entry.language;
  state.shown = entry.shown;
  return true;
}

/** Forgets the present question: gives the one before it, which what comes next is to go back to. */
export function takeMarkBefore(state: WalkState): Mark | undefined {
  const present = markOf(state);
  const found = popUndo(state);
  const before = markOf(state);
  Object.assign(state, present);
  return found ? before : undefined;
}

function difference(before: Mark, after: WalkState): UndoEntry {
  const { language, shown } = before;
  const from = before.frames.at(-1);
  const to = after.frames.at(-1);
  if (from === undefined || to === undefined || !sameStack(before.frames, after.frames)) {
    return { kind: 'stack', frames: before.frames, language, shown };
  }
  const restore: HeldVariables = {};
  const unset: string[] = [];
  for (const name of Object.keys(from.vars)) {
    const value = from.vars[name] as Held;
    if (!Object.hasOwn(to.vars, name) || to.vars[name] !== value) restore[name] = value;
  }
  for (const name of Object.keys(to.vars)) {
    if (!Object.hasOwn(from.vars, name)) unset.push(name);
  }
  return { kind: 'step', step: from.step, restore, unset, language, shown };
}

/** Frames below the last one cannot change while a later one runs, unless the stack was taken down and built again. */
function sameStack(a: readonly Frame[], b: readonly Frame[]): boolean {
  if (a.length !== b.length) return false;
  return a.every((frame, i) => {
    const other = b[i];
    if (other === undefined || frame.dialog !== other.dialog) return false;
    return i === a.length - 1 || (frame.step === other.step && sameVars(frame.vars, other.vars));
  });
}

function sameVars(a: HeldVariables, b: HeldVariables): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && a[name] === b[name]);
}

function copyFrame(frame: Frame): Frame {
  return { dialog: frame.dialog, step: frame.step, vars: { ...frame.vars } };
}
