import { ActionFaults, ActionRegistry, loadActionFolder, type RegisteredAction } from '@app/actions';
import type { Problem } from './problem.js';
import { shownPath } from './shown-path.js';

/** The actions that dialogs can call, or what is wrong with them. */
export interface ReadActions {
  /** Absent where any is at fault. */
  readonly actions: readonly RegisteredAction[] | undefined;
  readonly problems: readonly Problem[];
}

/** Reads the actions of a folder, where there is one, beside those that are built in; two of one name are a fault. */
export async function readActions(
  folder: string | undefined,
  builtIn: readonly RegisteredAction[],
): Promise<ReadActions> {
  try {
    const actions = [...builtIn, ...(folder === undefined ? [] : await loadActionFolder(folder))];
    // Refuses two of the same name.
    new ActionRegistry(actions);
    return { actions, problems: [] };
  } catch (error) {
    if (!(error instanceof ActionFaults)) throw error;
    const problems = error.faults.map(({ origin, message }): Problem => ({
      severity: 'fault',
      file: shownPath(origin),
      message,
    }));
    return { actions: undefined, problems };
  }
}
