import type { Fields } from './fields.js';
import type { Position, StepName } from './model.js';

/** What every step has. */
export interface StepHead {
  readonly name: StepName;
  readonly at: Position;
  readonly places: ReadonlyMap<string, Position>;
}

/** How often an answer may be wrong: 3 unless the step says otherwise. */
export function attemptsOf(fields: Fields): number {
  return fields.integer('attempts', 1, 100) ?? 3;
}

/** How long a `call` or `http` may take: 3 s unless the step says otherwise. */
export function timeoutOf(fields: Fields): number {
  return fields.duration('timeout') ?? 3000;
}
