import { createHash } from 'node:crypto';
import type { Turn } from '../turn.js';

/** What makes a session's name: see "Identity" in `docs/turns.md`. */
export type SessionAddress = Pick<Turn, 'channel' | 'provider' | 'account' | 'sessionId'>;

/** Longer names are told apart by their digest, in UTF-16 units. */
const longestName = 200;

/** What would end a hash tag, part a key, or has no UTF-8; `#` begins a digest. */
const oddName = /^#|[{}~:\p{Cc}\p{Cs}]/u;

/** A provider's name for something as a part of a key: as it is, or its digest where it could be taken for more than a name. */
function safeName(name: string): string {
  if (name.length <= longestName && !oddName.test(name)) return name;
  return `#${createHash('sha256').update(Buffer.from(name, 'utf16le')).digest('base64url')}`;
}

/** The key of a session; its braces keep everything of one session in one slot of a cluster. */
export function sessionKey({ channel, provider, account, sessionId }: SessionAddress): string {
  return `ongea:{${channel}:${provider}:${account}:${safeName(sessionId)}}`;
}

/** Where a second caller goes who comes under a session id that belongs to someone else. */
export function keyOfOtherCaller(key: string, caller: string): string {
  return `${key}~${safeName(caller)}`;
}

/** Where the sensitive parts of a session's history are noted, for reports that come after its end. */
export function maskNote(key: string): string {
  return `${key}:mask`;
}

/** Where the language is noted that a caller chose last. */
export function languageNote({
  provider,
  account,
  caller,
}: Pick<Turn, 'provider' | 'account'> & { readonly caller: Pick<Turn['caller'], 'id'> }): string {
  return `ongea:{language:${provider}:${account}:${safeName(caller.id)}}`;
}

/** Where it is noted what a caller may go on with. */
export function resumeNote({
  provider,
  account,
  to,
  caller,
}: Pick<Turn, 'provider' | 'account' | 'to'> & { readonly caller: Pick<Turn['caller'], 'id'> }): string {
  return `ongea:{resume:${provider}:${account}:${safeName(to)}:${safeName(caller.id)}}`;
}
