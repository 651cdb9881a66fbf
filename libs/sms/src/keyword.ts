import type { Routes } from '@app/provider-kit';

/** A keyword as the configuration writes it, and what the text says behind it. */
export interface FoundKeyword {
  readonly keyword: string;
  readonly dialog: string;
  readonly rest: string;
}

/** What every address understands, whatever its dialog asks. */
export type Command = 'stop' | 'start' | 'help';

interface LeadingWord {
  readonly word: string;
  readonly rest: string;
}

const stopWords: ReadonlySet<string> = new Set(['stop', 'stopall', 'unsubscribe']);
const startWords: ReadonlySet<string> = new Set(['start', 'unstop']);
/** The keyword that takes the place of our own way of helping. */
export const helpWord = 'help';

// No first word is longer, in UTF-16 units: what is longer is no keyword, and need not be looked at.
const wordToBlank = /\S{1,64}(?=\s|$)/uy;
const wordToMark = /[^\s,;:.!?]{1,64}(?=[,;:.!?])/uy;
const edge = '[\\s\\p{P}\\p{S}\\p{Cf}]+';
const leadingEdge = new RegExp(`^${edge}`, 'u');
const trailingEdge = new RegExp(`${edge}$`, 'u');

/** The keyword that a text begins with, letter case and punctuation aside: `PRICE, maize`, `"price" maize`. */
export function findKeyword(text: string, keywords: Routes): FoundKeyword | undefined {
  for (const { word, rest } of leadingWords(text)) {
    for (const [keyword, dialog] of keywords) {
      if (folded(keyword) === word) return { keyword, dialog, rest };
    }
  }
  return undefined;
}

/**
 * What a text orders. Whoever begins with STOP, STOPALL or UNSUBSCRIBE wants to hear nothing, however it goes on; START,
 * UNSTOP and HELP count alone, since answers begin with these words too.
 */
export function findCommand(text: string): Command | undefined {
  for (const { word, rest } of leadingWords(text)) {
    if (stopWords.has(word)) return 'stop';
    if (/[\p{L}\p{N}]/u.test(rest)) continue;
    if (startWords.has(word)) return 'start';
    if (word === helpWord) return 'help';
  }
  return undefined;
}

/** The first word up to a blank, and, where a mark stands within it, up to that: `price,maize`. */
function leadingWords(text: string): readonly LeadingWord[] {
  const start = leadingEdge.exec(text)?.[0].length ?? 0;
  return [wordToBlank, wordToMark].flatMap((pattern): LeadingWord[] => {
    pattern.lastIndex = start;
    const found = pattern.exec(text)?.[0];
    if (found === undefined) return [];
    const rest = text.slice(start + found.length).replace(/^[\s,;:.!?]+/, '');
    return [{ word: folded(found.replace(trailingEdge, '')), rest: rest.trim() }];
  });
}

function folded(word: string): string {
  return word.normalize('NFKC').toLowerCase();
}
