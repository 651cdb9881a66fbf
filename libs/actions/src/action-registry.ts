import { ActionFaults } from './action-faults.js';
import type { ActionFault } from './action-faults.js';
import type { RegisteredAction } from './registered-action.js';

/** The actions that dialogs can call, by name. */
export class ActionRegistry {
  #actions: ReadonlyMap<string, RegisteredAction> = new Map();

  /** @throws ActionFaults when two actions have one name. */
  constructor(actions: readonly RegisteredAction[] = []) {
    this.replace(actions);
  }

  /**
   * Puts these actions in the place of all that were there; runs under way finish on the old ones.
   * @throws ActionFaults when two of them have one name; the old ones then stay.
   */
  replace(actions: readonly RegisteredAction[]): void {
    const byName = new Map<string, RegisteredAction>();
    const faults: ActionFault[] = [];
    for (const action of actions) {
      const first = byName.get(action.name);
      if (first === undefined) byName.set(action.name, action);
      else faults.push({ origin: action.origin, message: `"${action.name}" is already defined by ${first.origin}` });
    }
    if (faults.length > 0) throw new ActionFaults(faults);
    this.#actions = byName;
  }

  find(name: string): RegisteredAction | undefined {
    return this.#actions.get(name);
  }

  /** Names in alphabetical order, with the outcomes that each declares. */
  describe(): readonly { readonly name: string; readonly outcomes: readonly string[] }[] {
    return [...this.#actions.values()]
      .map(({ name, outcomes }) => ({ name, outcomes }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}
