import type { DialogVersion } from '../definition/model.js';
import type { SessionStore } from '../ports.js';
import type { Turn } from '../turn.js';
import { masksForNote } from './masks.js';
import { packSession } from './session-codec.js';
import { languageNote, maskNote, resumeNote } from './session-key.js';
import type { Session } from './session.js';

const minuteMs = 60_000;

/** How long an ended session still answers late hops. */
export const tombstoneMs = 5 * minuteMs;

/** How long the places of sensitive answers are known after the last turn. */
const maskMs = 60 * minuteMs;

/** How long a caller's choice of a language is kept. */
const languageMs = 90 * 24 * 60 * minuteMs;

/** A session that takes more is not kept: whoever saves so much into one should keep it elsewhere. In bytes. */
const maxSessionBytes = 65_536;

/** A session holds more than can be kept of one. */
export class SessionTooLarge extends Error {
  override readonly name = 'SessionTooLarge';
}

/**
 * Saves a session after a turn, and beside it what outlives it. Failing notes do not fail the turn.
 *
 * @throws SessionTooLarge, StoreUnavailable
 */
export function rememberTurn(
  { sessions }: { readonly sessions: SessionStore },
  turn: Turn,
  key: string,
  session: Session,
  version: DialogVersion,
  expected: number,
): Promise<'saved' | 'conflict'> {
  const payload = packSession(session);
  if (isTooLarge(payload)) throw new SessionTooLarge(`dialog "${session.dialog}" holds too much in a session`);
  const idleMs = version.root.idleMs[turn.channel];
  const saving = sessions.save(key, payload, expected, session.ended ? tombstoneMs : idleMs);
  const notes = notesOf(sessions, turn, key, session, version, payload);
  if (notes.length === 0) return saving;
  // Together, so that a save that fails while a note is being written does not go unheard.
  return Promise.all([saving, Promise.allSettled(notes)]).then(([saved]) => saved);
}

function isTooLarge(payload: string): boolean {
  // No UTF-16 unit takes more than three bytes.
  return payload.length > maxSessionBytes / 3 && Buffer.byteLength(payload) > maxSessionBytes;
}

function notesOf(
  sessions: SessionStore,
  turn: Turn,
  key: string,
  session: Session,
  version: DialogVersion,
  payload: string,
): Promise<void>[] {
  const notes: Promise<void>[] = [];
  const { root } = version;
  const idleMs = root.idleMs[turn.channel];
  if (session.chosenLanguage !== undefined) {
    notes.push(sessions.writeNote(languageNote(turn), session.chosenLanguage, languageMs));
  }
  if (root.resume !== 'restart' && turn.sessionIsProviders) {
    const note = resumeNote({ ...turn, to: session.to ?? turn.to });
    notes.push(
      session.ended ? sessions.removeNote(note) : sessions.writeNote(note, payload, idleMs + root.resumeWithinMs),
    );
  }
  if (session.history.sensitive.length > 0) {
    notes.push(sessions.writeNote(maskNote(key), JSON.stringify(masksForNote(session.history)), idleMs + maskMs));
  }
  return notes;
}
