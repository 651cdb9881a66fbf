/** Blanks and line breaks, which disappear at a cut. */
export function isBlank(codeUnit: number): boolean {
  return codeUnit === 0x20 || (codeUnit >= 0x09 && codeUnit <= 0x0d);
}

/** The first place from `index` on that is not blank. */
export function skipBlanks(text: string, index: number): number {
  let place = index;
  while (place < text.length && isBlank(text.charCodeAt(place))) place += 1;
  return place;
}

/** The end of the last character before `index` that is not blank, not before `start`. */
export function trimBlanks(text: string, start: number, index: number): number {
  let place = index;
  while (place > start && isBlank(text.charCodeAt(place - 1))) place -= 1;
  return place;
}

/** What is left to be cut. */
export interface Uncut {
  readonly text: string;
  /** Where the next piece begins, with a visible character. */
  readonly start: number;
  readonly optionStarts: readonly number[];
  /** Not before this place, unless nothing else is left; at least `start`. */
  readonly earliest: number;
}

/**
 * Where to cut a piece that may reach to `end`: before the last option, else the last line, else the last word that
 * fits, else between two characters as a reader sees them, else at `end`.
 */
export function cutPlace({ text, start, optionStarts, earliest }: Uncut, end: number): number {
  // Blanks at the cut are dropped, so the next option, line or word may begin beyond the end.
  const reach = skipBlanks(text, end);
  const option = optionStarts.findLast((place) => place <= reach);
  if (option !== undefined && option > earliest) return option;
  const line = text.lastIndexOf('\n', reach - 1);
  if (line > earliest) return line;
  for (let place = reach - 1; place > start; place -= 1) {
    if (isBlank(text.charCodeAt(place))) return place;
  }
  return clusterEnd(text, start, end);
}

let segmenter: Intl.Segmenter | undefined;

function clusterEnd(text: string, start: number, end: number): number {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  // Two units more are enough to see whether the character at the end belongs to what stands before it.
  const cluster = segmenter.segment(text.slice(start, end + 2)).containing(end - start);
  return cluster === undefined || cluster.index === 0 ? end : start + cluster.index;
}
