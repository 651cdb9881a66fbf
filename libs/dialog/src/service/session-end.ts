import type { DialogVersion } from '../definition/model.js';
import type { SessionStore } from '../ports.js';
import { StoreUnavailable } from '../ports.js';
import type { Channel } from '../values.js';
import type { DialogVersions } from './service-ports.js';
import { digestOf, maskedHistory } from './history.js';
import { masksIn, wholeMask, type Masks } from './masks.js';
import { tombstoneMs } from './remember.js';
import { packSession, unpackSession } from './session-codec.js';
import { LostRace } from './session-claim.js';
import { maskNote, resumeNote, sessionKey } from './session-key.js';
import type { Session } from './session.js';
import { endedIn } from './turn-work.js';
import type { Vault } from './vault.js';

/** A provider's word that a session is over. */
export interface SessionEnd {
  readonly channel: Channel;
  readonly provider: string;
  readonly account: string;
  readonly sessionId: string;
  readonly serviceCode?: string;
  readonly status: 'completed' | 'incomplete' | 'failed' | 'unknown';
  /** The whole input as the provider tells it. */
  readonly input?: string;
}

export interface MaskedReport {
  /** Sensitive answers masked; all of it where the session is not known. */
  readonly input?: string;
  readonly known: boolean;
}

interface Ports {
  readonly sessions: SessionStore;
  readonly dialogs: DialogVersions;
  readonly vault: Vault;
}

/** Leaves a tombstone for a session that is still open, and keeps what its caller may resume. */
export async function endSession(ports: Ports, end: SessionEnd): Promise<MaskedReport> {
  try {
    const masks = await closeAndMask(ports, end, sessionKey(end));
    return { known: masks !== undefined, ...masked(end.input, masks ?? wholeMask) };
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    return { known: false, ...masked(end.input, wholeMask) };
  }
}

/**
 * Leaves a tombstone for a session that is still open.
 * @throws LostRace when turns of it were saved meanwhile, again and again; StoreUnavailable
 */
export async function closeSession(sessions: SessionStore, key: string): Promise<void> {
  for (let attempt = 0; attempt < 3; attempt++) {
    const stored = await sessions.load(key);
    const session = stored && unpackSession(stored.payload);
    if (stored === undefined || session === undefined || session.ended) return;
    if ((await entomb(sessions, key, session, stored.version)) === 'saved') return;
  }
  throw new LostRace('the session was saved while it was to be closed');
}

function entomb(
  sessions: SessionStore,
  key: string,
  session: Session,
  version: number,
): ReturnType<SessionStore['save']> {
  endedIn(session, session.state);
  session.claim = undefined;
  return sessions.save(key, packSession(session), version, tombstoneMs);
}

function masked(input: string | undefined, masks: Masks): { input?: string } {
  return input === undefined ? {} : { input: maskedHistory(input, masks) };
}

/** What to mask in the input; undefined: the session is not known. */
async function closeAndMask(ports: Ports, end: SessionEnd, key: string): Promise<Masks | undefined> {
  for (let attempt = 0; attempt < 3; attempt++) {
    const stored = await ports.sessions.load(key);
    const session = stored && unpackSession(stored.payload);
    if (stored === undefined || session === undefined) {
      const note = await ports.sessions.readNote(maskNote(key));
      return note === undefined ? undefined : (JSON.parse(note) as Masks);
    }
    const version = await ports.dialogs.find(session.dialog, session.version);
    const masks = masksIn(end.input ?? '', session, version, digestOf(ports.vault, key));
    if (session.ended) return masks;
    await keepForResume(ports.sessions, end, session, version);
    if ((await entomb(ports.sessions, key, session, stored.version)) === 'saved') return masks;
  }
  return undefined;
}

async function keepForResume(
  sessions: SessionStore,
  end: SessionEnd,
  session: Session,
  version: DialogVersion | undefined,
): Promise<void> {
  const to = session.to ?? end.serviceCode;
  if (version === undefined || version.root.resume === 'restart' || to === undefined) return;
  const { provider, account } = end;
  const note = resumeNote({ provider, account, to, caller: { id: session.caller } });
  if (end.status === 'completed' || session.state === undefined) await sessions.removeNote(note);
  else await sessions.writeNote(note, packSession(session), version.root.resumeWithinMs);
}
