import type { HopMark } from '../turn.js';
import type { Vault } from './vault.js';

/** A keyed digest of a text, short: enough to tell two histories of one session apart. */
export type Digest = (text: string) => string;

/** The digest for the history of one session. */
export function digestOf(vault: Vault, key: string): Digest {
  return (text) => vault.name('turn', key, text).slice(0, 10);
}

/**
 * The inputs of a session as the provider joins them with `*`, and where each hop ended. Readable as long as nothing
 * sensitive was answered; from then on only digests are kept, so that no PIN can be read from a store.
 */
export interface History {
  /** Length of the text after each hop, the dial first: `[0, 1, 5]`. */
  readonly lengths: readonly number[];
  /** The text began with a `*`, which a blank first answer left and which belongs to no input. */
  readonly leadingStar: boolean;
  readonly kept:
    | { readonly kind: 'text'; readonly text: string }
    | { readonly kind: 'digests'; readonly digests: readonly string[] };
  /** Hops (by index in `lengths`) whose input was sensitive. */
  readonly sensitive: readonly number[];
}

export const dialled: History = {
  lengths: [0],
  leadingStar: false,
  kept: { kind: 'text', text: '' },
  sensitive: [],
};

/** What a text is to a session that stands at a history. */
export type Place =
  | { readonly kind: 'repeat' }
  | { readonly kind: 'next'; readonly input: string }
  /** The text after an earlier hop; `hop` is its index. */
  | { readonly kind: 'earlier'; readonly hop: number }
  | { readonly kind: 'elsewhere' };

/** Finds what the person did since the last hop, stars in answers included. */
export function placeOf(history: History, text: string, digest: Digest): Place {
  const last = history.lengths.length - 1;
  const length = history.lengths[last] ?? 0;
  if (text.length === length && stoodAt(history, last, text, digest)) return { kind: 'repeat' };
  if (length === 0) return { kind: 'next', input: text.startsWith('*') ? text.slice(1) : text };
  if (text.length > length && text.charAt(length) === '*' && stoodAt(history, last, text.slice(0, length), digest)) {
    return { kind: 'next', input: text.slice(length + 1) };
  }
  for (let hop = last - 1; hop >= 0; hop--) {
    if (history.lengths[hop] === text.length && stoodAt(history, hop, text, digest)) return { kind: 'earlier', hop };
  }
  return { kind: 'elsewhere' };
}

/** The history after one more hop. */
export function extended(history: History, text: string, sensitive: boolean, digest: Digest): History {
  const lengths = [...history.lengths, text.length];
  const leadingStar = history.leadingStar || (history.lengths.at(-1) === 0 && text.startsWith('*'));
  if (history.kept.kind === 'text' && !sensitive) {
    return { lengths, leadingStar, kept: { kind: 'text', text }, sensitive: history.sensitive };
  }
  const digests =
    history.kept.kind === 'digests'
      ? [...history.kept.digests, digest(text)]
      : lengths.map((length) => digest(text.slice(0, length)));
  return {
    lengths,
    leadingStar,
    kept: { kind: 'digests', digests },
    sensitive: sensitive ? [...history.sensitive, lengths.length - 1] : history.sensitive,
  };
}

/** Length of each input so far, for the provider to give back. */
export function inputLengths({ lengths, leadingStar }: History): number[] {
  return lengths.slice(1).map((length, i) => {
    const start = lengths[i] ?? 0;
    const separator = start > 0 || (i === 0 && leadingStar) ? 1 : 0;
    return length - start - separator;
  });
}

/** Cuts a whole history into hops: by the lengths that came back with it, else at every star. */
export function hopsOf(text: string, mark: HopMark | undefined): { readonly input: string; readonly upTo: string }[] {
  if (text === '') return [];
  const start = text.startsWith('*') ? 1 : 0;
  return (mark?.inputs && cutByLengths(text, start, mark.inputs)) ?? cutAtStars(text, start);
}

function cutAtStars(text: string, start: number): { input: string; upTo: string }[] {
  let end = start;
  return text
    .slice(start)
    .split('*')
    .map((input, i) => {
      end += input.length + (i === 0 ? 0 : 1);
      return { input, upTo: text.slice(0, end) };
    });
}

/** The inputs of the lengths given, and the rest as one more; undefined where they do not fit the text. */
function cutByLengths(
  text: string,
  start: number,
  lengths: readonly number[],
): { input: string; upTo: string }[] | undefined {
  const hops: { input: string; upTo: string }[] = [];
  let position = start;
  for (const [i, length] of lengths.entries()) {
    if (i > 0 && text.charAt(position++) !== '*') return undefined;
    if (position + length > text.length) return undefined;
    hops.push({ input: text.slice(position, position + length), upTo: text.slice(0, position + length) });
    position += length;
  }
  if (position === text.length && lengths.length > 0) return hops;
  if (lengths.length > 0 && text.charAt(position++) !== '*') return undefined;
  return [...hops, { input: text.slice(position), upTo: text }];
}

/** A history with its sensitive inputs replaced by `*`-free masks, for what is kept of it. */
export function maskedHistory(text: string, ranges: readonly (readonly [start: number, end: number])[]): string {
  let masked = '';
  let position = 0;
  for (const [start, end] of ranges) {
    if (start >= text.length) break;
    masked += `${text.slice(position, start)}•••`;
    position = Math.min(end, text.length);
  }
  return masked + text.slice(position);
}

/** Where the sensitive inputs lie in the text. */
export function sensitiveRanges({ lengths, sensitive, leadingStar }: History): [start: number, end: number][] {
  return sensitive.map((hop) => {
    const before = lengths[hop - 1] ?? 0;
    const separator = before > 0 || (hop === 1 && leadingStar) ? 1 : 0;
    return [before + separator, lengths[hop] ?? before];
  });
}

function stoodAt(history: History, hop: number, text: string, digest: Digest): boolean {
  if (history.kept.kind === 'digests') return history.kept.digests[hop] === digest(text);
  return history.kept.text.startsWith(text);
}
