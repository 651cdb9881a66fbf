import type { SessionStore } from '../ports.js';
import { StoreUnavailable } from '../ports.js';
import type { Turn } from '../turn.js';
import { packSession, unpackSession } from './session-codec.js';
import { sessionKey } from './session-key.js';
import { tombstoneMs } from './remember.js';

/**
 * Notes that the reply to a turn did not reach its provider. Only turns without an identity of their own need it: the
 * others are known again at any time.
 */
export async function markBroken({ sessions }: { readonly sessions: SessionStore }, turn: Turn): Promise<void> {
  if (turn.input.kind !== 'latest') return;
  try {
    const key = sessionKey(turn);
    const stored = await sessions.load(key);
    const session = stored && unpackSession(stored.payload);
    if (stored === undefined || session?.last === undefined || session.caller !== turn.caller.id) return;
    session.last = { ...session.last, broken: true };
    // Whoever saves first has a newer reply; then there is nothing to note.
    await sessions.save(key, packSession(session), stored.version, tombstoneMs);
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
  }
}
