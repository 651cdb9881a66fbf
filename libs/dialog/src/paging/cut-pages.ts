import type { ScreenLimit } from '../turn.js';
import { cutPlace, skipBlanks, trimBlanks, type Uncut } from './cut-place.js';
import { endOfFit, fitsScreen } from './screen-fit.js';

/** What is to be shown, before it is cut. */
export interface Screen {
  /** Stands above the first page, and never alone where there is room for more: what was wrong with an answer. */
  readonly lead?: string | undefined;
  /** Texts, of one or several lines. */
  readonly head: string;
  /** Ready lines, such as `1. Maize`. */
  readonly options: readonly string[];
}

/** The lines that stand below a page, ready to show: `98. More`, `0. Back`, `00. Home`. */
export interface NavigationLines {
  readonly more: string;
  /** Undefined: the key was taken away. */
  readonly back: string | undefined;
  /** `back` is shown on the first page too. */
  readonly alwaysBack: boolean;
  /** Shown on every page; undefined: on none. */
  readonly home: string | undefined;
  /** The last page closes the session, so nothing can be chosen on it. */
  readonly closing: boolean;
}

/**
 * Cuts a screen into pages, none of which is longer than the limit: at options, then lines, then words, then
 * characters. Where a limit leaves no room beside the navigation lines, the home line is left out first, then the back
 * line of the first page, then that of later pages, and at last the more line; their keys work all the same.
 * Only a limit under 5 septets (or 2 characters) can be passed, by the one character that each page must hold.
 */
export function cutPages(screen: Screen, limit: ScreenLimit, lines: NavigationLines): readonly string[] {
  const first = navigationOf(lines, true, NOTHING_LEFT_OUT);
  const whole = below(textOf(screen), first.last);
  if (fitsScreen(whole, limit)) return [whole];

  const { text, optionStarts, leadEnd } = contentOf(screen);
  const pages: string[] = [];
  let start = 0;
  do {
    const content = { text, start, optionStarts, earliest: Math.max(start, leadEnd) };
    const page = nextPage(content, limit, (leftOut) => navigationOf(lines, pages.length === 0, leftOut));
    pages.push(page.text);
    start = page.end;
  } while (start < text.length);
  return pages;
}

const LINE_FEED = 0x0a;

interface Navigation {
  /** Below a page that others follow. */
  readonly more: string;
  /** Below the last page. */
  readonly last: string;
}

/** How many kinds of lines had to give way: home, the first page's back, the later pages' back, more. */
const NOTHING_LEFT_OUT = 0;
const ALL_LEFT_OUT = 4;

function navigationOf(lines: NavigationLines, firstPage: boolean, leftOut: number): Navigation {
  const shown: string[] = [];
  if (lines.back !== undefined && (firstPage ? lines.alwaysBack && leftOut < 2 : leftOut < 3)) shown.push(lines.back);
  if (lines.home !== undefined && leftOut < 1) shown.push(lines.home);
  const always = shown.join('\n');
  return { more: leftOut < ALL_LEFT_OUT ? below(lines.more, always) : always, last: lines.closing ? '' : always };
}

interface Page {
  readonly text: string;
  /** Where the next page begins. */
  readonly end: number;
}

function nextPage(content: Uncut, limit: ScreenLimit, navigation: (leftOut: number) => Navigation): Page {
  const { text, start } = content;
  for (let leftOut = NOTHING_LEFT_OUT; leftOut <= ALL_LEFT_OUT; leftOut += 1) {
    const { more, last } = navigation(leftOut);
    const lastPage = fitLast(text, start, last, limit);
    if (lastPage !== undefined) return lastPage;
    const end = endOfFit(text, start, more === '' ? '' : `\n${more}`, limit);
    if (end > start) return cutPage(content, end, more);
  }
  const one = text.codePointAt(start) ?? 0;
  return cutPage({ ...content, optionStarts: [] }, start + (one > 0xffff ? 2 : 1), '');
}

function fitLast(text: string, start: number, navigation: string, limit: ScreenLimit): Page | undefined {
  // Spares the copy of a long rest, which cannot fit.
  if (limit.kind !== 'unlimited' && text.length - start > limit.max) return undefined;
  const page = below(text.slice(start), navigation);
  return fitsScreen(page, limit) ? { text: page, end: text.length } : undefined;
}

function cutPage(content: Uncut, end: number, more: string): Page {
  const { text, start } = content;
  const place = cutPlace(content, end);
  return { text: below(text.slice(start, trimBlanks(text, start, place)), more), end: skipBlanks(text, place) };
}

function below(text: string, lines: string): string {
  if (lines === '') return text;
  return text === '' ? lines : `${text}\n${lines}`;
}

function textOf(screen: Screen): string {
  return below(headOf(screen), screen.options.join('\n'));
}

/** Lead and head; a text that ends with a line break would leave an empty line. */
function headOf(screen: Screen): string {
  const head = screen.lead === undefined ? screen.head : below(screen.lead, screen.head);
  let end = head.length;
  while (head.charCodeAt(end - 1) === LINE_FEED) end -= 1;
  return end === head.length ? head : head.slice(0, end);
}

/** The text without blanks around it, and where in it options begin and the lead ends. */
function contentOf(screen: Screen): Pick<Uncut, 'text' | 'optionStarts'> & { readonly leadEnd: number } {
  const whole = textOf(screen);
  const from = skipBlanks(whole, 0);
  const to = trimBlanks(whole, from, whole.length);
  const head = headOf(screen);
  const optionStarts: number[] = [];
  let place = head === '' ? 0 : head.length + 1;
  for (const option of screen.options) {
    optionStarts.push(place - from);
    place += option.length + 1;
  }
  const leadEnd = (screen.lead?.length ?? 0) - from;
  return { text: whole.slice(from, to), optionStarts, leadEnd };
}
