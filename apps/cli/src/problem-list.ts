import { describeProblem, type Problem } from '@app/workspace';
import { print, type Io } from './io.js';
import { colorsOf } from './colors.js';

/** Prints each problem with its place and its way out. */
export function printProblems(io: Io, problems: readonly Problem[]): void {
  const colors = colorsOf(io);
  for (const problem of problems) {
    const color = problem.severity === 'fault' ? colors.red : colors.yellow;
    const [first = '', ...rest] = describeProblem(problem).split('\n');
    const mark = `${problem.severity}:`;
    print(io, [first.replace(mark, () => color(mark)), ...rest.map((line) => colors.dim(line))].join('\n'));
  }
}

/** All of them as one text without colours. */
export function describeProblems(problems: readonly Problem[]): string {
  return problems.map(describeProblem).join('\n');
}

/** `1 fault`, `2 faults`. */
export function counted(count: number, noun: string): string {
  return `${count === 0 ? 'no' : count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Whether anything in the list stops the server from starting. */
export function anyFault(problems: readonly Problem[]): boolean {
  return problems.some(({ severity }) => severity === 'fault');
}
