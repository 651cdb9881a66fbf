import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The version of this installation, from the nearest package.json above the code. */
export function ownVersion(from: string = import.meta.dirname): string {
  const file = join(from, 'package.json');
  if (!existsSync(file)) {
    const above = dirname(from);
    if (above === from) throw new Error('there is no package.json above the code');
    return ownVersion(above);
  }
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string };
  return version;
}
