import type { ActionContext, ActionResult } from './action.js';
import { compileInputSchema } from './input-schema.js';

/** An action that was checked and can be run. */
export interface RegisteredAction {
  readonly name: string;
  readonly outcomes: readonly string[];
  /** File, or class of the provider. */
  readonly origin: string;
  /** What is wrong with an input, without any of its values; undefined: nothing. */
  inputFault(input: unknown): string | undefined;
  run(context: ActionContext): ActionResult;
}

const namePattern = /^[A-Za-z0-9][\w.-]*$/;
const outcomePattern = /^[A-Za-z0-9][\w-]*$/;
const knownKeys = new Set(['name', 'outcomes', 'input', 'run']);

/** Reads what a module or a provider offers as an action: the action, or all that is wrong with it. */
export function readAction(candidate: unknown, origin: string): RegisteredAction | readonly string[] {
  if (typeof candidate !== 'object' || candidate === null || Array.isArray(candidate)) {
    return ['an action is an object { name, outcomes, input?, run }'];
  }
  const { name, outcomes, input, run } = candidate as Readonly<Record<string, unknown>>;
  const faults = Object.keys(candidate)
    .filter((key) => !knownKeys.has(key))
    .map((key) => `the key "${key}" is not known; an action has name, outcomes, input and run`);
  if (!isName(name)) faults.push('name must be a text of letters, digits, ".", "-" and "_"');
  if (!areOutcomes(outcomes)) {
    faults.push('outcomes must be a list of different names (letters, digits, "-", "_"), at least one');
  }
  if (typeof run !== 'function') faults.push('run must be a function');
  const inputFault = compileInputSchema(input);
  if (typeof inputFault === 'string') faults.push(inputFault);
  if (faults.length > 0 || !isName(name) || !areOutcomes(outcomes) || typeof inputFault === 'string') return faults;
  return {
    name,
    outcomes: [...outcomes],
    origin,
    inputFault,
    run: (context) => (candidate as { run(context: ActionContext): ActionResult }).run(context),
  };
}

function isName(name: unknown): name is string {
  return typeof name === 'string' && namePattern.test(name);
}

function areOutcomes(outcomes: unknown): outcomes is readonly string[] {
  return (
    Array.isArray(outcomes) &&
    outcomes.length > 0 &&
    outcomes.every((outcome) => typeof outcome === 'string' && outcomePattern.test(outcome)) &&
    new Set(outcomes).size === outcomes.length
  );
}
