import type { Value } from '../values.js';

/** A sensitive value: readable only with the vault, never in a text. */
export class Sealed {
  constructor(readonly box: string) {}
}

/** What a variable of a session holds. */
export type Held = Value | Sealed;

export type HeldVariables = Record<string, Held>;

/** One dialog on the stack: the outermost first, each later one `run` by the one before. */
export interface Frame {
  dialog: string;
  /** The step that waits: a question in the last frame, a `run` in the others. */
  step: string;
  vars: HeldVariables;
}

/** Options as they were shown: index in the definition (or in the list) and label, in order of their numbers. */
export type ShownOption = readonly [index: number, label: string];

/** What changed since a question was asked, backwards: enough to go back to it. */
export type UndoEntry =
  | {
      readonly kind: 'step';
      readonly step: string;
      /** Values to put back. */
      readonly restore: HeldVariables;
      /** Variables that were not there. */
      readonly unset: readonly string[];
      readonly language?: string | undefined;
      readonly shown?: readonly ShownOption[] | undefined;
    }
  | {
      readonly kind: 'stack';
      readonly frames: readonly Frame[];
      readonly language?: string | undefined;
      readonly shown?: readonly ShownOption[] | undefined;
    };

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
  /** Questions that were answered, the latest last. */
  undo: UndoEntry[];
  /** The question on the screen is whether to resume, not the step's own. */
  offeringResume: boolean;
}

export function freshState(dialog: string, start: string, language: string | undefined): WalkState {
  return {
    frames: [{ dialog, step: start, vars: {} }],
    language,
    attempts: 0,
    shown: undefined,
    pages: undefined,
    page: 0,
    undo: [],
    offeringResume: false,
  };
}
