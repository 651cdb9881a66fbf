import type { DialogVersion } from '../definition/model.js';
import { placeOf, sensitiveRanges, type Digest, type History } from './history.js';
import type { Session } from './session.js';
import { awaitsSensitive } from './turn-work.js';

/** Parts of a session's whole input that nobody may read. */
export type Masks = readonly (readonly [start: number, end: number])[];

const toTheEnd = Number.MAX_SAFE_INTEGER;

/** All of an input: nobody knows what was asked for. */
export const wholeMask: Masks = [[0, toTheEnd]];

/** For when the session is gone: its sensitive answers, and whatever came after it was last seen. */
export function masksForNote(history: History): Masks {
  return [...sensitiveRanges(history), [nextInputAt(history), toTheEnd]];
}

/**
 * What to mask in an input that is told of a session. Beyond what the session has seen, only the answer to the question
 * on its screen can be known to be harmless.
 */
export function masksIn(input: string, session: Session, version: DialogVersion | undefined, digest: Digest): Masks {
  const { history, state } = session;
  const place = placeOf(history, input, digest);
  if (place.kind === 'elsewhere') return wholeMask;
  const ranges: Masks = sensitiveRanges(history);
  if (place.kind !== 'next') return ranges;
  const next = nextInputAt(history);
  if (state === undefined || version === undefined || awaitsSensitive(version, state))
    return [...ranges, [next, toTheEnd]];
  const later = place.input.indexOf('*');
  return later < 0 ? ranges : [...ranges, [input.length - place.input.length + later + 1, toTheEnd]];
}

function nextInputAt({ lengths }: History): number {
  const length = lengths.at(-1) ?? 0;
  return length === 0 ? 0 : length + 1;
}
