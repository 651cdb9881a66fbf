import type { PhraseName } from '../definition/phrases.js';
import type { EffectResult } from '../ports.js';
import type { Value, Variables } from '../values.js';
import type { WalkState } from './walk-state.js';

/** Something that the walk wants done before it goes on. */
export type EffectCall = {
  /** `dialog/step`. */
  readonly step: string;
  /** How often this turn has come by the step, from 1. */
  readonly visit: number;
  readonly timeoutMs: number;
} & (
  | {
      readonly kind: 'call';
      readonly action: string;
      readonly input: Variables;
      /** The state at the call, there where a late result goes out as a message: see `lateMessages`. */
      readonly late?: WalkState;
    }
  | {
      readonly kind: 'http';
      readonly method: string;
      readonly url: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly body?: Value;
    }
);

/** The answer to an effect. `late`: it timed out because the whole turn ran out of time, not the step alone. */
export interface EffectAnswer extends EffectResult {
  readonly late?: boolean;
}

/** What a step wants next. */
export type Next =
  | { readonly kind: 'go'; readonly step: string }
  /** Wait here for an answer to the screen of the present step. */
  | { readonly kind: 'wait' }
  | { readonly kind: 'effect'; readonly effect: EffectCall; readonly then: (answer: EffectAnswer) => Next }
  /** The dialog that runs is over; `as` tells the one that ran it how. */
  | { readonly kind: 'finish'; readonly text: string; readonly as: string }
  /** The whole conversation is over with a phrase. */
  | { readonly kind: 'give-up'; readonly phrase: PhraseName };

export const go = (step: string): Next => ({ kind: 'go', step });

export const giveUp = (phrase: PhraseName): Next => ({ kind: 'give-up', phrase });

/** Reads an outcome map; an outcome that it does not name gives up with `unavailable`. */
export function goBy(outcomes: ReadonlyMap<string, string>, ...names: readonly string[]): Next {
  for (const name of names) {
    const step = outcomes.get(name);
    if (step !== undefined) return go(step);
  }
  const rest = outcomes.get('*');
  return rest === undefined ? giveUp('unavailable') : go(rest);
}
