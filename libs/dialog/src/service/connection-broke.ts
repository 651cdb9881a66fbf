import type { SessionStore } from '../ports.js';
import { StoreUnavailable } from '../ports.js';
import type { Turn } from '../turn.js';
import { tombstoneMs } from './remember.js';
import type { DialogVersions } from './service-ports.js';
import { packSession } from './session-codec.js';
import { loadSession } from './session-finder.js';
import { sessionKey } from './session-key.js';

interface Ports {
  readonly sessions: SessionStore;
  readonly dialogs: DialogVersions;
}

/**
 * Notes that the reply to a turn did not reach its provider. Only turns without an identity of their own need it: the
 * others are known again at any time.
 */
export async function markBroken({ sessions, dialogs }: Ports, turn: Turn): Promise<void> {
  if (turn.input.kind !== 'latest' || turn.input.numbered !== undefined) return;
  try {
    const { key, session, version } = await loadSession(sessions, sessionKey(turn), turn.caller.id);
    // A turn that is in work will have a newer reply; saving would only make it lose its race.
    if (session?.last === undefined || session.claim !== undefined) return;
    session.last = { ...session.last, broken: true };
    const idleMs = (await dialogs.find(session.dialog, session.version))?.root.idleMs[turn.channel];
    // Whoever saves first has a newer reply; then there is nothing to note.
    await sessions.save(key, packSession(session), version, session.ended ? tombstoneMs : (idleMs ?? tombstoneMs));
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
  }
}
