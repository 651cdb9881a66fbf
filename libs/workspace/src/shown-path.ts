import { relative } from 'node:path';

/** A path as people are shown it: relative where it is below the working folder. */
export function shownPath(path: string): string {
  const short = relative(process.cwd(), path);
  return short === '' || short.startsWith('..') ? path : short;
}
