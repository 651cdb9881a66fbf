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
  /** A fresh dial, perhaps with inputs dialled along; `dialog` may be none. */
  | {
      readonly kind: 'begin';
      readonly dialog: string | undefined;
      readonly shortcut: readonly string[];
      readonly lost: boolean;
    }
  | { readonly kind: 'answer'; readonly input: string }
  /** The person was asked and said nothing. */
  | { readonly kind: 'silence' }
  | { readonly kind: 'show' }
  /** Walk the history from the start: a shortcut, or a session that is lost or does not fit. */
  | { readonly kind: 'rebuild'; readonly hops: readonly Hop[] }
  /** An old hop came late: its screen is made again, and nothing is changed. */
  | { readonly kind: 'old-hop'; readonly hops: readonly Hop[] };

/** What else a plan depends on. */
export interface Surroundings {
  /** Epoch milliseconds. */
  readonly now: number;
  /** When the session store last failed, epoch milliseconds: a session from before may lack hops answered without it. */
  readonly storeFailedAt: number;
  /** The keyword that the turn came with may take the place of the open session. */
  readonly interrupts: boolean;
}

/** Decides what a turn is, after the rules of `docs/turns.md`. Pure. */
export function planOf(turn: Turn, session: Session | undefined, digest: Digest, around: Surroundings): Plan {
  return turn.input.kind === 'history'
    ? planOfHistory(turn, turn.input, session, digest, around.storeFailedAt)
    : planOfLatest(turn, turn.input, session, digest, around);
}

function planOfHistory(
  { dialog }: Turn,
  { text, hop }: Extract<Turn['input'], { kind: 'history' }>,
  session: Session | undefined,
  digest: Digest,
  storeFailedAt: number,
): Plan {
  const begin: Plan = { kind: 'begin', dialog, shortcut: [], lost: false };
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
  input: LatestInput,
  session: Session | undefined,
  digest: Digest,
  { now, interrupts }: Surroundings,
): Plan {
  const { dialled, fingerprint, numbered } = input;
  if (session?.last?.fingerprint === digest(fingerprint) && repeats(turn, input, session, session.last, now)) {
    return { kind: 'repeat' };
  }
  if (session === undefined || (session.state === undefined && !session.ended)) {
    const lost = turn.sessionIsProviders && !dialled && numbered?.answers !== 0;
    return lost ? { kind: 'begin', dialog: turn.defaultDialog, shortcut: [], lost } : beginning(turn, input);
  }
  // A number tells a fresh dial from one that was repeated.
  const dialledAnew = dialled && numbered === undefined;
  if (session.ended) return dialledAnew || !turn.sessionIsProviders ? beginning(turn, input) : { kind: 'goodbye' };
  if (dialledAnew || turn.keyword?.always === true || interrupts) return beginning(turn, input);
  if (isLate(input, session)) return { kind: 'repeat' };
  // A bot's node of another dialog starts that dialog.
  if (turn.channel === 'bot' && turn.dialog !== session.dialog) return beginning(turn, input);
  return goOn(input);
}

function beginning({ dialog, keyword }: Turn, { shortcut }: LatestInput): Plan {
  if (keyword === undefined) return { kind: 'begin', dialog, shortcut, lost: false };
  const rest = keyword.rest.trim() === '' ? [] : [keyword.rest];
  return { kind: 'begin', dialog: keyword.dialog, shortcut: rest, lost: false };
}

function goOn({ text, silent }: LatestInput): Plan {
  if (text !== undefined) return { kind: 'answer', input: text };
  return { kind: silent === true ? 'silence' : 'show' };
}

type LatestInput = Extract<Turn['input'], { kind: 'latest' }>;

/** Whether a hop with the fingerprint of the last one is that one again. */
function repeats(
  turn: Turn,
  { dialled, numbered }: LatestInput,
  session: Session,
  last: NonNullable<Session['last']>,
  now: number,
): boolean {
  if (numbered !== undefined) return true;
  const late = session.ended && turn.sessionIsProviders && !dialled;
  return late || isRepeat(last, turn.repeatWindowMs, now);
}

/** An answer to something that was said before the last reply; a call's first hop answers nothing. */
function isLate({ dialled, numbered }: LatestInput, session: Session): boolean {
  if (numbered === undefined) return false;
  return dialled || (numbered.answers !== undefined && numbered.answers !== session.turns);
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
