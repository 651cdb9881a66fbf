import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dialogFileEnding } from '@app/dialog';
import { shownPath } from './shown-path.js';

/** Reads every dialog file of a folder: path as shown to people → text. @throws when the folder cannot be read. */
export async function readDialogFolder(folder: string): Promise<ReadonlyMap<string, string>> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(dialogFileEnding)).sort();
  const files = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      return [shownPath(path), await readFile(path, 'utf8')] as const;
    }),
  );
  return new Map(files);
}
