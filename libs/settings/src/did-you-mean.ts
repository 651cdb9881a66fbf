import { nearest } from '@app/dialog';

/** A hint that names the known word nearest to a misspelt one, else all known words. */
export function didYouMean(word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  if (near !== undefined) return `did you mean "${near}"?`;
  return known.length === 0 ? 'none is known here' : `known: ${[...known].sort().join(', ')}`;
}
