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
