import type { Screen } from '../paging/cut-pages.js';
import type { VoicePrompt } from '../turn.js';
import type { Step } from '../definition/model.js';
import { giveUp, go, type Next } from '../engine/next.js';
import type { Walk } from '../engine/walk.js';

/** What a step kind does when the walk arrives at it. */
export interface StepBehaviour<S extends Step> {
  enter(walk: Walk, step: S): Next;
}

/** How an answer to a question was read. */
export type Reading =
  /** It fits: `apply` saves it and says where to go. */
  { readonly kind: 'fits'; apply(): Next } | { readonly kind: 'refused' };

/** A screen and, where there is a choice, what to send back for each of it. On voice, options are sentences. */
export interface Question extends Screen {
  /** On voice: what the call waits for. */
  readonly prompt?: VoicePrompt;
  readonly choices?: readonly { readonly label: string; readonly value: string }[];
}

/** What a step kind does that waits for an answer. */
export interface QuestionBehaviour<S extends Step> extends StepBehaviour<S> {
  /** `again`: the same visit; what was shown stays as it was. */
  show(walk: Walk, step: S, again: boolean): Question;
  read(walk: Walk, step: S, answer: string): Reading;
  /** Whether the question takes this answer for itself, so that it does not navigate. */
  claims(walk: Walk, step: S, answer: string): boolean;
}

/** Where a step leads that this channel cannot do. */
export function elsewhere(otherwise: string | undefined): Next {
  return otherwise === undefined ? giveUp('unavailable') : go(otherwise);
}
