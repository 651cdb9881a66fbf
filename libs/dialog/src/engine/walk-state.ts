import type { Frame, ShownOption } from './state.js';
import { UndoLog } from './undo-log.js';

/** Where a conversation stands: all that the engine knows between two turns. The engine changes it in place. */
export interface WalkState {
  frames: Frame[];
  language: string | undefined;
  /** Answers to the present question that did not fit. */
  attempts: number;
  /** Kept only where it cannot be derived again from the definition and the variables. */
  shown: readonly ShownOption[] | undefined;
  /** All pages of the present screen, kept only when there are several. */
  pages: readonly string[] | undefined;
  page: number;
  /** Questions that were answered. */
  undo: UndoLog;
  /** The question on the screen is whether to resume, not the step's own. */
  offeringResume: boolean;
}

/** A copy of where a conversation stands, for a walk whose outcome is not to change it; it cannot go back. */
export function copyWithoutUndo(state: WalkState): WalkState {
  const frames = state.frames.map(({ dialog, step, vars }) => ({ dialog, step, vars: { ...vars } }));
  return { ...state, frames, undo: new UndoLog(state.frames[0]?.dialog ?? '') };
}

export function freshState(dialog: string, start: string, language: string | undefined): WalkState {
  return {
    frames: [{ dialog, step: start, vars: {} }],
    language,
    attempts: 0,
    shown: undefined,
    pages: undefined,
    page: 0,
    undo: new UndoLog(dialog),
    offeringResume: false,
  };
}
