import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ActionFaults } from './action-faults.js';
import type { ActionFault } from './action-faults.js';
import { readAction } from './registered-action.js';
import type { RegisteredAction } from './registered-action.js';

/**
 * Loads every `*.js` and `*.mjs` of a folder (not of folders within it) as ES modules whose default export is an action or
 * a list of them. Each call imports the files anew; what they import in turn stays as it was first loaded.
 * @throws ActionFaults with everything that is wrong in any file.
 */
export async function loadActionFolder(folder: string): Promise<readonly RegisteredAction[]> {
  const loaded = await Promise.all((await modulesIn(folder)).map((file) => loadModule(file)));
  const faults = loaded.flatMap((module) => module.faults);
  if (faults.length > 0) throw new ActionFaults(faults);
  return loaded.flatMap((module) => module.actions);
}

interface LoadedModule {
  readonly actions: readonly RegisteredAction[];
  readonly faults: readonly ActionFault[];
}

async function modulesIn(folder: string): Promise<readonly string[]> {
  try {
    const names = await readdir(folder);
    return names
      .filter((name) => /\.m?js$/.test(name))
      .sort()
      .map((name) => join(folder, name));
  } catch (error) {
    throw new ActionFaults([{ origin: folder, message: `the folder cannot be read: ${textOf(error)}` }]);
  }
}

async function loadModule(file: string): Promise<LoadedModule> {
  let module: { readonly default?: unknown };
  try {
    module = (await import(`${pathToFileURL(file).href}?load=${randomUUID()}`)) as { readonly default?: unknown };
  } catch (error) {
    return { actions: [], faults: [{ origin: file, message: `the module cannot be loaded: ${textOf(error)}` }] };
  }
  if (module.default === undefined) {
    return { actions: [], faults: [{ origin: file, message: 'there is no default export' }] };
  }
  const candidates: readonly unknown[] = Array.isArray(module.default) ? module.default : [module.default];
  const actions: RegisteredAction[] = [];
  const faults: ActionFault[] = [];
  for (const candidate of candidates) {
    const read = readAction(candidate, file);
    if ('run' in read) actions.push(read);
    else faults.push(...read.map((message) => ({ origin: file, message })));
  }
  return { actions, faults };
}

function textOf(error: unknown): string {
  return String(error).split('\n')[0] ?? '';
}
