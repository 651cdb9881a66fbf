import type { ActionContext, ActionDefinition, ActionResult } from './action.js';
import { ActionFaults } from './action-faults.js';
import type { ActionFault } from './action-faults.js';
import { readAction } from './registered-action.js';
import type { RegisteredAction } from './registered-action.js';

/** A class that is an action. */
export interface RunsAction {
  run(context: ActionContext): ActionResult;
}

type ClassOf<T> = abstract new (...args: never[]) => T;

const definitions = new WeakMap<object, ActionDefinition & { readonly name: string }>();

/** Makes a Nest provider an action: `@Injectable() @DialogAction('prices.lookup', { outcomes: ['ok', 'notFound'] })`. */
export function DialogAction(name: string, definition: ActionDefinition): (target: ClassOf<RunsAction>) => void {
  return (target) => {
    definitions.set(target, { ...definition, name });
  };
}

/**
 * The actions among these objects, for instance all instances of Nest's DiscoveryService; others are passed over.
 * @throws ActionFaults with everything that is wrong with any of them.
 */
export function actionsOf(instances: Iterable<unknown>): readonly RegisteredAction[] {
  const actions: RegisteredAction[] = [];
  const faults: ActionFault[] = [];
  // A provider known under two tokens is still one action.
  for (const instance of new Set(instances)) {
    if (typeof instance !== 'object' || instance === null) continue;
    const definition = definitions.get(instance.constructor);
    if (definition === undefined) continue;
    const origin = instance.constructor.name;
    const run = (context: ActionContext) => (instance as RunsAction).run(context);
    const read = readAction({ ...definition, run }, origin);
    if ('run' in read) actions.push(read);
    else faults.push(...read.map((message) => ({ origin, message })));
  }
  if (faults.length > 0) throw new ActionFaults(faults);
  return actions;
}
