import { RE2JS } from 're2js';

/** Longest pattern, in UTF-16 units. */
const longestPattern = 500;

/** A pattern that matches whole answers in time linear in their length. */
export interface AnswerPattern {
  readonly source: string;
  matches(answer: string): boolean;
}

/** A text is no pattern that can be matched in linear time. */
export class PatternSyntax extends Error {
  override readonly name = 'PatternSyntax';
}

/**
 * Compiles a regular expression in RE2's syntax: no look-around, no back references.
 * @throws PatternSyntax
 */
export function parsePattern(source: string): AnswerPattern {
  if (source.length > longestPattern) throw new PatternSyntax(`longer than ${longestPattern} characters`);
  try {
    const compiled = RE2JS.compile(source);
    return { source, matches: (answer) => compiled.matches(answer) };
  } catch (error) {
    throw new PatternSyntax(error instanceof Error ? error.message : 'not a pattern', { cause: error });
  }
}
