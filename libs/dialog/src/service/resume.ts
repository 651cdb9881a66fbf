import type { DialogVersion } from '../definition/model.js';
import type { WalkState } from '../engine/walk-state.js';
import type { SessionStore } from '../ports.js';
import type { Turn } from '../turn.js';
import type { DialogVersions } from './service-ports.js';
import { unpackSession } from './session-codec.js';
import { resumeNote } from './session-key.js';
import type { Session } from './session.js';

export interface Resumable {
  readonly session: Session;
  readonly state: WalkState;
  readonly version: DialogVersion;
}

/**
 * What a caller can go on with who dials again: the last session on the same code that did not reach its end. A phone
 * has one USSD session at a time, so a fresh dial shows that the one before is over, also where nobody told us.
 */
export async function resumable(
  { sessions, dialogs }: { readonly sessions: SessionStore; readonly dialogs: DialogVersions },
  turn: Turn,
): Promise<Resumable | undefined> {
  const note = await sessions.readNote(resumeNote(turn)).catch(() => undefined);
  const session = note === undefined ? undefined : unpackSession(note);
  if (session?.state === undefined || session.caller !== turn.caller.id || session.dialog !== turn.dialog)
    return undefined;
  const version = await dialogs.find(session.dialog, session.version);
  return version === undefined ? undefined : { session, state: session.state, version };
}
