const firstNode = /^rediss?:\/\/(?:[^@\s/]*@)?[^@\s/:]+(?::\d{1,5})?(?:\/\d*)?$/;
const furtherNode = /^(?:rediss?:\/\/(?:[^@\s/]*@)?)?[^@\s/:]+(?::\d{1,5})?\/?$/;

/** True where `REDIS_URL` can be used: a Redis URL, then further nodes with or without a scheme. */
export function areRedisNodes(entries: readonly string[]): boolean {
  return entries.every((entry, index) => (index === 0 ? firstNode : furtherNode).test(entry));
}

/** Gives every node the scheme and the credentials of the first where it has none of its own. */
export function redisUrlsOf(entries: readonly string[]): readonly string[] {
  const lead = /^rediss?:\/\/(?:[^@]*@)?/.exec(entries[0] ?? '')?.[0] ?? '';
  return entries.map((entry) => (entry.includes('://') ? entry : `${lead}${entry}`));
}
