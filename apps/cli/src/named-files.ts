import { readdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { WrongUse } from './failures.js';

/** The files that a command was given, by the absolute path of the folder that they are in. */
export type NamedFiles = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * Files as they are named, and of each folder those with the ending.
 * @throws WrongUse for what is not there, for a file of another kind, and for a folder without any.
 */
export async function namedFiles(paths: readonly string[], ending: string): Promise<NamedFiles> {
  const found = new Map<string, Set<string>>();
  for (const path of paths) {
    for (const file of await filesAt(path, ending)) {
      const folder = dirname(file);
      found.set(folder, (found.get(folder) ?? new Set()).add(file));
    }
  }
  return found;
}

async function filesAt(path: string, ending: string): Promise<readonly string[]> {
  const place = resolve(path);
  const found = await stat(place).catch(() => undefined);
  if (found === undefined) throw new WrongUse(`${path} is not there.`);
  if (!found.isDirectory()) {
    if (!path.endsWith(ending)) throw new WrongUse(`${path} is not a file that ends with ${ending}.`);
    return [place];
  }
  const names = (await readdir(place)).filter((name) => name.endsWith(ending)).sort();
  if (names.length === 0) throw new WrongUse(`There is no file that ends with ${ending} in ${path}.`);
  return names.map((name) => join(place, name));
}
