import type { DialogVersion } from '../definition/model.js';
import type { SessionStore } from '../ports.js';
import type { Turn } from '../turn.js';
import { sensitiveRanges } from './history.js';
import { packSession } from './session-codec.js';
import { languageNote, maskNote, resumeNote } from './session-key.js';
import type { Session } from './session.js';
import { awaitsSensitive } from './turn-work.js';

const minuteMs = 60_000;

/** How long an ended session still answers late hops. */
export const tombstoneMs = 5 * minuteMs;

/** How long the places of sensitive answers are known after the last turn. */
const maskMs = 60 * minuteMs;

/** How long a caller's choice of a language is kept. */
const languageMs = 90 * 24 * 60 * minuteMs;

/** Saves a session after a turn, and beside it what outlives it. Failing notes do not fail the turn. */
export function rememberTurn(
  { sessions }: { readonly sessions: SessionStore },
  turn: Turn,
  key: string,
  session: Session,
  version: DialogVersion,
  expected: number,
): Promise<'saved' | 'conflict'> {
  const payload = packSession(session);
  const idleMs = version.root.idleMs[turn.channel];
  const saving = sessions.save(key, payload, expected, session.ended ? tombstoneMs : idleMs);
  const notes = notesOf(sessions, turn, key, session, version, payload);
  return notes.length === 0 ? saving : Promise.allSettled(notes).then(() => saving);
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
    notes.push(sessions.writeNote(maskNote(key), JSON.stringify(masksOf(session, version)), idleMs + maskMs));
  }
  return notes;
}

/** Where sensitive answers lie in the history; the last range is open while one is being asked for. */
export function masksOf(session: Session, version: DialogVersion | undefined): [start: number, end: number][] {
  const ranges = sensitiveRanges(session.history);
  if (version !== undefined && awaitsSensitive(version, session.state)) {
    ranges.push([(session.history.lengths.at(-1) ?? 0) + 1, Number.MAX_SAFE_INTEGER]);
  }
  return ranges;
}
