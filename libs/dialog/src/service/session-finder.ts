import { setTimeout as sleep } from 'node:timers/promises';
import type { SessionStore, StoredSession } from '../ports.js';
import type { TurnTime } from './effect-driver.js';
import { unpackSession } from './session-codec.js';
import { keyOfOtherCaller } from './session-key.js';
import type { Session } from './session.js';

/** How long to wait before looking again whether another turn has finished, in milliseconds. */
const pollMs = 40;

/** A session as it was found, or the place where a new one goes. */
export interface Found {
  readonly key: string;
  readonly session: Session | undefined;
  /** As it was found, for taking it up again unchanged. */
  readonly payload: string | undefined;
  /** What a save must name. */
  readonly version: number;
}

/** Another turn of the session was in work until our own time was over. */
export class SessionBusy extends Error {
  override readonly name = 'SessionBusy';
  constructor(readonly session: Session | undefined) {
    super('another turn of the session is in work');
  }
}

/**
 * Loads a caller's session, once no other turn is at work on it.
 *
 * A caller whose number is another one than the session's has a session of their own beside it, so that nobody can read
 * or end a stranger's conversation by guessing its id.
 *
 * @throws SessionBusy, StoreUnavailable
 */
export async function findSession(
  store: SessionStore,
  key: string,
  caller: string,
  time: TurnTime,
  now: () => number,
): Promise<Found> {
  for (;;) {
    const own = read(key, await store.load(key));
    const found = isOf(caller, own) ? own : await besideIt(store, key, caller);
    const claim = found.session?.claim;
    if (claim === undefined || claim.until <= now()) return found;
    if (time.leftMs <= 2 * pollMs) throw new SessionBusy(found.session);
    await sleep(pollMs);
  }
}

/** The caller's session as it stands, also while a turn is at work on it. */
export async function loadSession(store: SessionStore, key: string, caller: string): Promise<Found> {
  const own = read(key, await store.load(key));
  return isOf(caller, own) ? own : besideIt(store, key, caller);
}

function isOf(caller: string, { session }: Found): boolean {
  return session === undefined || session.caller === caller;
}

async function besideIt(store: SessionStore, key: string, caller: string): Promise<Found> {
  const beside = keyOfOtherCaller(key, caller);
  return read(beside, await store.load(beside));
}

function read(key: string, stored: StoredSession | undefined): Found {
  if (stored === undefined) return { key, session: undefined, payload: undefined, version: 0 };
  return { key, session: unpackSession(stored.payload), payload: stored.payload, version: stored.version };
}
