/** What a dialog's variable can hold: plain JSON. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [name: string]: Value };

/** The variables of one dialog, by name. Made without a prototype: names come from files and payloads. */
export type Variables = Record<string, Value>;

export type Channel = 'ussd' | 'sms' | 'voice' | 'bot';

export const channels: readonly Channel[] = ['ussd', 'sms', 'voice', 'bot'];

/** A variable and the members read from it: `price.amount` is `['price', 'amount']`. */
export type VariablePath = readonly string[];

/**
 * What templates and conditions see: the variables of the running dialog plus the built-in ones
 * (`caller`, `channel`, `provider`, `account`, `to`, `language`, `entities`, `allEntities`, `now`).
 */
export interface Scope {
  readonly values: Readonly<Record<string, unknown>>;
  /** Told of every variable that was read and is not there, and of every condition that could not be evaluated. */
  missing(name: string): void;
}

/** A Liquid template, parsed once when the dialog is loaded. */
export interface Template {
  readonly source: string;
  /** The variables that the template reads, found statically. */
  readonly reads: readonly VariablePath[];
  /** @throws TemplateLimit when the render or memory limit is passed. */
  render(scope: Scope): string;
}

/** A CEL expression, compiled and type-checked once when the dialog is loaded. */
export interface Condition {
  readonly source: string;
  readonly reads: readonly VariablePath[];
  /** False, and counted as missing, where it cannot be evaluated. */
  test(scope: Scope): boolean;
}

/** A value of `set`, `with` or `body`: templates inside any JSON shape; canonical numbers and booleans keep their type. */
export interface ValueTemplate {
  readonly reads: readonly VariablePath[];
  evaluate(scope: Scope): Value;
}
