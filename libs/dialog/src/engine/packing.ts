import { Sealed, type Frame, type HeldVariables, type ShownOption, type UndoEntry } from './state.js';
import type { Value } from '../values.js';

/** Something as a JSON list without names, with 0 for what is not there. */
export type Packed = unknown[];

/** A frame that is the only one stands without a list around it. */
export function packFrames([first, ...others]: readonly Frame[], root: string): Packed {
  if (first === undefined) return [];
  const frame = packFrame(first, root);
  return others.length === 0 ? frame : [frame, ...others.map((other) => packFrame(other, root))];
}

export function unpackFrames(list: Packed, root: string): Frame[] {
  if (typeof list[0] === 'string') return [unpackFrame(list, root)];
  return (list as Packed[]).map((frame) => unpackFrame(frame, root));
}

function packFrame({ dialog, step, vars }: Frame, root: string): Packed {
  return trimmed([step, ...packVars(vars), dialog === root ? 0 : dialog]);
}

function unpackFrame(list: Packed, root: string): Frame {
  const [step, plain, sealed, dialog] = list as [
    string,
    Record<string, Value> | 0,
    Record<string, string> | 0,
    string | 0,
  ];
  return { dialog: dialog || root, step, vars: unpackVars(plain, sealed) };
}

/** `[name, values]` of plain variables, and sealed ones apart. */
function packVars(vars: HeldVariables): [plain: Record<string, Value> | 0, sealed: Record<string, string> | 0] {
  let sealed: Record<string, string> | 0 = 0;
  let plain = vars as Record<string, Value>;
  for (const name of Object.keys(vars)) {
    const value = vars[name];
    if (!(value instanceof Sealed)) continue;
    if (sealed === 0) {
      sealed = {};
      plain = { ...plain };
    }
    sealed[name] = value.box;
    Reflect.deleteProperty(plain, name);
  }
  return [plain, sealed];
}

function unpackVars(
  plain: Record<string, Value> | 0 | undefined,
  sealed: Record<string, string> | 0 | undefined,
): HeldVariables {
  const vars: HeldVariables = plain || {};
  if (sealed) for (const name of Object.keys(sealed)) vars[name] = new Sealed(sealed[name] ?? '');
  return vars;
}

/** What a caller can go back to; `root` is the outermost dialog, which is not named. */
export function packUndo(entry: UndoEntry, root: string): Packed {
  const common = [entry.language ?? 0, entry.shown ?? 0];
  if (entry.kind === 'stack') return [entry.frames.map((frame) => packFrame(frame, root)), ...trimmed(common)];
  const [plain, sealed] = packVars(entry.restore);
  return trimmed([entry.step, entry.unset, isEmpty(plain) ? 0 : plain, sealed, ...common]);
}

export function unpackUndo(list: Packed, root: string): UndoEntry {
  if (typeof list[0] !== 'string') {
    const [frames, language, shown] = list as [Packed[], (string | 0)?, (ShownOption[] | 0)?];
    return {
      kind: 'stack',
      frames: frames.map((frame) => unpackFrame(frame, root)),
      language: language || undefined,
      shown: shown || undefined,
    };
  }
  const [step, unset, plain, sealed, language, shown] = list as [
    string,
    (string[] | 0)?,
    (Record<string, Value> | 0)?,
    (Record<string, string> | 0)?,
    (string | 0)?,
    (ShownOption[] | 0)?,
  ];
  return {
    kind: 'step',
    step,
    unset: unset || [],
    restore: unpackVars(plain, sealed),
    language: language || undefined,
    shown: shown || undefined,
  };
}

/** Without the zeros, empty lists and empty maps at the end. */
export function trimmed(list: Packed): Packed {
  let length = list.length;
  while (length > 0 && isEmpty(list[length - 1])) length--;
  return length === list.length ? list : list.slice(0, length);
}

function isEmpty(value: unknown): boolean {
  if (value === 0) return true;
  if (typeof value !== 'object' || value === null) return false;
  return Array.isArray(value) ? value.length === 0 : Object.keys(value).length === 0;
}
