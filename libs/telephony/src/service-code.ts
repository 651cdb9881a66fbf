/** Whether a text is a USSD code as dialled, such as `*384*4417#`. */
export function isDialledCode(text: string): boolean {
  return /^[*#]{1,3}\d[\d*#]*$/.test(text) && text.endsWith('#');
}

/** Which known code was dialled, and what was typed along with it. */
export interface DialledCode {
  /** As it stands among the known codes. */
  readonly code: string;
  /** `['21', '2']` for `*887*21*2#` where `*887#` is known. */
  readonly shortcut: readonly string[];
}

/**
 * Finds a dialled code among the known ones: the same code, else the longest one that the dialled code continues with a
 * star. The closing `#` may be missing on either side.
 */
export function matchServiceCode(dialled: string, known: Iterable<string>): DialledCode | undefined {
  const open = withoutHash(dialled);
  let best: string | undefined;
  let bestLength = 0;
  for (const code of known) {
    if (code === dialled) return { code, shortcut: [] };
    const stem = withoutHash(code);
    if (stem.length > bestLength && (open === stem || open.startsWith(`${stem}*`))) {
      best = code;
      bestLength = stem.length;
    }
  }
  if (best === undefined) return undefined;
  return { code: best, shortcut: open.length === bestLength ? [] : open.slice(bestLength + 1).split('*') };
}

function withoutHash(code: string): string {
  return code.endsWith('#') ? code.slice(0, -1) : code;
}
