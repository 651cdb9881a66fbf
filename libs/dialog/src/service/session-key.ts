import type { Turn } from '../turn.js';

/** What makes a session's name: see "Identity" in `docs/turns.md`. */
export type SessionAddress = Pick<Turn, 'channel' | 'provider' | 'account' | 'sessionId'>;

/** The key of a session; its braces keep everything of one session in one slot of a cluster. */
export function sessionKey({ channel, provider, account, sessionId }: SessionAddress): string {
  return `ongea:{${channel}:${provider}:${account}:${sessionId}}`;
}

/** Where a second caller goes who comes under a session id that belongs to someone else. */
export function keyOfOtherCaller(key: string, caller: string): string {
  return `${key}~${caller}`;
}

/** Where the sensitive parts of a session's history are noted, for reports that come after its end. */
export function maskNote(key: string): string {
  return `${key}:mask`;
}

export function languageNote({ provider, account, caller }: Pick<Turn, 'provider' | 'account' | 'caller'>): string {
  return `ongea:{language:${provider}:${account}:${caller.id}}`;
}

export function resumeNote({
  provider,
  account,
  to,
  caller,
}: Pick<Turn, 'provider' | 'account' | 'to' | 'caller'>): string {
  return `ongea:{resume:${provider}:${account}:${to}:${caller.id}}`;
}
