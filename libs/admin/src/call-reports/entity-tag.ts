/** The entity tag of a revision. */
export function entityTag(revision: string): string {
  return `"${revision}"`;
}

/**
 * The revisions that an `If-Match` names; undefined where any will do. Weak tags name none: they do not tell whether
 * every byte is the same.
 */
export function revisionsIn(ifMatch: string | undefined): readonly string[] | undefined {
  if (ifMatch === undefined || ifMatch.trim() === '*') return undefined;
  return Array.from(ifMatch.matchAll(/(?<=^|,)\s*"([^"]*)"\s*(?=,|$)/g), ([, revision = '']) => revision);
}

/** Whether an `If-None-Match` names this revision; here a weak tag will do. */
export function isKnown(revision: string, ifNoneMatch: string | undefined): boolean {
  if (ifNoneMatch === undefined) return false;
  const tags = ifNoneMatch.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes('*') || tags.includes(entityTag(revision));
}
