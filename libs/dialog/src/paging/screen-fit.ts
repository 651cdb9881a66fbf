import { gsmWidthOf, septetsOf, splitsPair } from '@app/telephony';
import type { ScreenLimit } from '../turn.js';

/** 16-bit units of a screen that needs UCS-2 where one in GSM-7 holds so many septets: the octets are the same. */
const ucs2Room = (septets: number): number => Math.floor((septets * 7) / 16);

/**
 * Whether a text can be shown as one screen. The encoding is that of this text alone: on the wire each screen is a
 * message of its own.
 */
export function fitsScreen(text: string, limit: ScreenLimit): boolean {
  if (limit.kind === 'unlimited') return true;
  // No encoding holds more characters than septets, so what is longer needs no counting.
  if (text.length > limit.max) return false;
  if (limit.kind === 'characters') return true;
  const septets = septetsOf(text);
  return septets === undefined ? text.length <= ucs2Room(limit.max) : septets <= limit.max;
}

/**
 * Where the longest piece ends that begins at `start` and fits on a screen together with `suffix`; `start` when there
 * is no room for one character. Surrogate pairs stay whole.
 */
export function endOfFit(text: string, start: number, suffix: string, limit: ScreenLimit): number {
  if (limit.kind === 'unlimited') return text.length;
  if (limit.kind === 'characters') return endOfUnits(text, start, limit.max - suffix.length);
  const taken = septetsOf(suffix);
  const inUcs2 = endOfUnits(text, start, ucs2Room(limit.max) - suffix.length);
  if (taken === undefined) return inUcs2;
  let septets = taken;
  for (let end = start; end < text.length; end += 1) {
    const width = gsmWidthOf(text.charCodeAt(end));
    // From its first foreign character on the whole piece counts in UCS-2; without that character it fits as it is.
    if (width === 0) return Math.max(end, inUcs2);
    septets += width;
    if (septets > limit.max) return end;
  }
  return text.length;
}

function endOfUnits(text: string, start: number, room: number): number {
  if (room <= 0) return start;
  const end = Math.min(text.length, start + room);
  return end < text.length && splitsPair(text, end) ? end - 1 : end;
}
