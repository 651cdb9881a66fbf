import { describeMeasure, measure } from '../measure.js';
import type { Screen } from './played-phone.js';

/** How wide a drawn screen may be, in characters without its frame. */
const widest = 44;

/** The screen of a phone, or the messages of a bot, with a frame. */
export function drawFrame(screen: Screen, title: string, columns: number): string {
  return frameAround(screen.texts, title, footer(screen), columns);
}

/** Texts, apart from each other, in a frame with words in its upper and its lower edge. */
export function frameAround(texts: readonly string[], title: string, foot: string, columns: number): string {
  const width = Math.max(16, Math.min(widest, columns - 4));
  const lines = texts.flatMap((text, index) => [
    ...(index === 0 ? [] : ['─'.repeat(width)]),
    ...text.split('\n').flatMap((line) => wrapped(line, width)),
  ]);
  const body = lines.map((line) => `│ ${line}${' '.repeat(width - lengthOf(line))} │`);
  return [edge('┌', title, '┐', width), ...body, edge('└', foot, '┘', width)].join('\n');
}

/** The same for a pipe: the texts, then a line about them. */
export function plainScreen(screen: Screen): string {
  return [screen.texts.join('\n\n'), `[${footer(screen)}]`].join('\n');
}

/** `END, 57/160 septets` */
function footer({ texts, end, failed, status, limit }: Screen): string {
  const one = texts.length === 1 ? texts[0] : undefined;
  const size = one === undefined ? `${texts.length} messages` : describeMeasure(measure(one, limit));
  const parts = [end ? 'END' : '', failed ? 'failed' : '', status === 200 ? '' : `HTTP ${status}`, size];
  return parts.filter((part) => part !== '').join(', ');
}

function edge(left: string, text: string, right: string, width: number): string {
  const shown = charactersOf(text)
    .slice(0, width - 2)
    .join('');
  return `${left}─ ${shown} ${'─'.repeat(Math.max(0, width - 1 - lengthOf(shown)))}${right}`;
}

/** A line cut at blanks, and within words that are longer than the screen is wide. */
function wrapped(line: string, width: number): readonly string[] {
  const lines: string[] = [];
  let rest = charactersOf(line);
  while (rest.length > width) {
    const blank = rest.lastIndexOf(' ', width);
    const end = blank > 0 ? blank : width;
    lines.push(rest.slice(0, end).join(''));
    rest = rest.slice(blank > 0 ? end + 1 : end);
  }
  return [...lines, rest.join('')];
}

const segmenter = new Intl.Segmenter();

function charactersOf(text: string): readonly string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

function lengthOf(text: string): number {
  return charactersOf(text).length;
}
