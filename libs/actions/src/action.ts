import type { CallerOfAction, Value } from '@app/dialog';
import type { GuardedFetch } from '@app/outbound';

/** Where an action may write to; what it writes is its own responsibility as to personal data. */
export interface ActionLog {
  info(message: string, fields?: object): void;
  warn(message: string, fields?: object): void;
  error(message: string, fields?: object): void;
}

/** What one run of an action is given. */
export interface ActionContext {
  /** What the step's `with` came to; the action's own copy. */
  readonly input: { readonly [name: string]: Value };
  readonly caller: CallerOfAction;
  /** The same for every repeat of this run, different for any other. */
  readonly idempotencyKey: string;
  /** Aborts when nobody waits for the result any more. */
  readonly signal: AbortSignal;
  readonly log: ActionLog;
  /** Follows no redirect, reaches no private network, ends with `signal`. */
  readonly fetch: GuardedFetch;
}

/** What an action says of itself. */
export interface ActionDefinition {
  /** What `run` may come to; `error` and `timeout` are always possible and need not be named. */
  readonly outcomes: readonly string[];
  /** JSON Schema (draft 7) for `input`; `pattern` works in linear time (re2). Without it any input is taken. */
  readonly input?: object;
}

/**
 * What `run` returns: `{ outcome, value? }` and nothing else in it; or, from anything that has no `outcome`, the value
 * itself with the outcome `ok`, where `undefined` is no value. Values are plain JSON: finite numbers, no dates, no
 * instances of classes; members that are `undefined` are left out.
 */
export type ActionResult = unknown;

/** The default export of a module in the folder of actions, or one entry of the list that it exports. */
export interface Action extends ActionDefinition {
  readonly name: string;
  run(context: ActionContext): ActionResult;
}
