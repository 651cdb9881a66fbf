import type { Turn } from '../turn.js';
import { hopsOf, placeOf, type Digest } from './history.js';
import type { Session } from './session.js';

/** After its reply left, a turn that took longer than this, or whose connection broke, may be repeated for longer. */
const slowTurnMs = 5_000;
const slowRepeatWindowMs = 10_000;

/** One hop of a walk from the start; `upTo` is the history after it. */
export interface Hop {
  readonly input: string;
  readonly upTo: string;
}

/** What a turn is to the session that it found. */
export type Plan =
  /** The stored reply once more. */
  | { readonly kind: 'repeat' }
  /** A hop after the end. */
  | { readonly kind: 'goodbye' }
  /** A fresh dial, perhaps with inputs dialled along. */
  | { readonly kind: 'begin'; readonly shortcut: readonly string[]; readonly lost: boolean }
  | { readonly kind: 'answer'; readonly input: string }
  | { readonly kind: 'show' }
  /** Walk the history from the start: a shortcut, or a session that is lost or does not fit. */
  | { readonly kind: 'rebuild'; readonly hops: readonly Hop[] }
  /** An old hop came late: its screen is made again, and nothing is changed. */
  | { readonly kind: 'old-hop'; readonly hops: readonly Hop[] };

/**
 * Decides what a turn is, after the rules of `docs/turns.md`. Pure.
 *
 * @param storeFailedAt when the session store last failed, epoch milliseconds: a session from before may lack hops that
 * were answered without it.
 */
export function planOf(
  turn: Turn,
  session: Session | undefined,
  digest: Digest,
  now: number,
  storeFailedAt = -Infinity,
): Plan {
  return turn.input.kind === 'history'
    ? planOfHistory(turn.input, session, digest, storeFailedAt)
    : planOfLatest(turn, turn.input, session, digest, now);
}

function planOfHistory(
  { text, hop }: Extract<Turn['input'], { kind: 'history' }>,
  session: Session | undefined,
  digest: Digest,
  storeFailedAt: number,
): Plan {
  const begin: Plan = { kind: 'begin', shortcut: [], lost: false };
  const rebuild = (): Plan => ({ kind: 'rebuild', hops: hopsOf(text, hop) });
  if (session === undefined || (session.state === undefined && !session.ended)) return text === '' ? begin : rebuild();
  const place = placeOf(session.history, text, digest);
  if (session.ended) {
    if (place.kind === 'repeat' && session.last !== undefined) return { kind: 'repeat' };
    return text === '' ? begin : { kind: 'goodbye' };
  }
  switch (place.kind) {
    case 'repeat':
      return { kind: 'repeat' };
    case 'next':
      // The provider gives back what we said last. If we said something later than this session knows, it is an old one.
      if ((hop?.inputs?.length ?? 0) > session.history.lengths.length - 1) return rebuild();
      // Without that word, a star is more likely the end of a hop that this session missed than a part of the answer.
      if (hop?.inputs === undefined && (session.last?.at ?? 0) <= storeFailedAt && place.input.includes('*'))
        return rebuild();
      return { kind: 'answer', input: place.input };
    case 'earlier':
      return { kind: 'old-hop', hops: hopsUpTo(session, text, place.hop) };
    case 'elsewhere':
      return rebuild();
  }
}

function planOfLatest(
  turn: Turn,
  { text, dialled, shortcut, fingerprint }: Extract<Turn['input'], { kind: 'latest' }>,
  session: Session | undefined,
  digest: Digest,
  now: number,
): Plan {
  const begin: Plan = { kind: 'begin', shortcut, lost: false };
  if (session?.last?.fingerprint === digest(fingerprint)) {
    const lateRepeat = session.ended && turn.sessionIsProviders && !dialled;
    if (lateRepeat || isRepeat(session.last, turn.repeatWindowMs, now)) return { kind: 'repeat' };
  }
  if (session === undefined || (session.state === undefined && !session.ended)) {
    return dialled ? begin : { kind: 'begin', shortcut: [], lost: turn.sessionIsProviders };
  }
  if (session.ended) {
    return dialled || !turn.sessionIsProviders ? begin : { kind: 'goodbye' };
  }
  if (dialled) return begin;
  // A bot's node of another dialog starts that dialog.
  if (!turn.sessionIsProviders && turn.dialog !== session.dialog) return begin;
  return text === undefined ? { kind: 'show' } : { kind: 'answer', input: text };
}

function isRepeat(last: NonNullable<Session['last']>, repeatWindowMs: number, now: number): boolean {
  const slow = last.broken || last.tookMs > slowTurnMs;
  return now - last.at <= (slow ? slowRepeatWindowMs : repeatWindowMs);
}

/** The hops of a session up to an earlier one, cut where they really ended. */
function hopsUpTo({ history }: Session, text: string, hop: number): Hop[] {
  const ends = history.lengths.slice(1, hop + 1);
  return ends.map((end, i) => {
    const before = history.lengths[i] ?? 0;
    const separator = before > 0 || (i === 0 && history.leadingStar) ? 1 : 0;
    return { input: text.slice(before + separator, end), upTo: text.slice(0, end) };
  });
}
