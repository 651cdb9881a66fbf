import type { Caller } from '../turn.js';
import type { Channel, Value } from '../values.js';

/** Opens and closes sensitive values. */
export interface Seal {
  seal(value: Value): string;
  /** Undefined when no known secret opens it. */
  open(box: string): Value | undefined;
}

/** What a walk knows of the turn that it serves. */
export interface WalkContext {
  readonly channel: Channel;
  readonly provider: string;
  readonly account: string;
  readonly to: string;
  readonly caller: Caller;
  readonly entities?: Readonly<Record<string, string>> | undefined;
  readonly allEntities?: Readonly<Record<string, readonly string[]>> | undefined;
  /** ISO 3166 alpha-2. */
  readonly country?: string | undefined;
  readonly timezone: string;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly seal: Seal;
  /** Told of every variable that was read and is not there. */
  missing(dialog: string, variable: string): void;
}
