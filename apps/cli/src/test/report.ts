import type { Problem } from '@app/workspace';
import { colorsOf } from '../colors.js';
import { print, type Io } from '../io.js';
import { counted, printProblems } from '../problem-list.js';
import type { Failure } from './run-conversation.js';
import type { TestChannel } from './test-file.js';

/** How one conversation went over one channel. */
export interface Result {
  readonly file: string;
  readonly conversation: string;
  readonly channel: TestChannel;
  /** Absent: all was as expected. */
  readonly failure?: Failure;
}

/** Prints faults of the files, each conversation in a line, and of those that failed what came instead. */
export function report(io: Io, problems: readonly Problem[], results: readonly Result[], json: boolean): void {
  if (json) {
    print(io, JSON.stringify({ problems, results: results.map(asRecord) }, null, 2));
    return;
  }
  printProblems(io, problems);
  for (const result of results) printResult(io, result);
  const failed = results.filter(({ failure }) => failure !== undefined).length;
  const faults = problems.length === 0 ? '' : `, ${counted(problems.length, 'fault')}`;
  print(io, `${counted(results.length, 'conversation')}: ${results.length - failed} passed, ${failed} failed${faults}`);
}

function asRecord({ failure, ...result }: Result): object {
  if (failure === undefined) return { ...result, passed: true };
  const { at, ...rest } = failure;
  return { ...result, passed: false, ...at, ...rest };
}

function printResult(io: Io, { file, conversation, channel, failure }: Result): void {
  const colors = colorsOf(io);
  const name = `${conversation} (${channel})`;
  if (failure === undefined) {
    print(io, `${colors.green('pass')} ${file}: ${name}`);
    return;
  }
  const { at, message, screen, diff, notes } = failure;
  print(io, `${colors.red('FAIL')} ${file}:${at.line}:${at.column} ${name}: ${message}`);
  print(io, indented('The screen that came:', screen.split('\n')));
  const tint = (line: string): string =>
    line.startsWith('-') ? colors.red(line) : line.startsWith('+') ? colors.green(line) : line;
  if (diff.length > 0) print(io, indented('From what was expected (-) to what came (+):', diff.map(tint)));
  for (const note of notes) print(io, `    ${note}`);
}

function indented(title: string, lines: readonly string[]): string {
  return [`    ${title}`, ...lines.map((line) => `      ${line}`)].join('\n');
}
