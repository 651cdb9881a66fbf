import type { Problem } from '@app/workspace';

/** What a command's process ends with. */
export const exitCodes = { well: 0, faults: 1, wrongUse: 2 } as const;

/** The command was not used as its help says; the message tells what to do instead. */
export class WrongUse extends Error {
  override readonly name = 'WrongUse';
}

/** The command was used well and cannot do its work; the message is all that a person needs to know. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

/** What is told of anything that was thrown. */
export function messageOf(error: unknown): string {
  // A connection that every address refused: the message is empty, the causes are listed.
  if (error instanceof AggregateError && error.message === '') return messageOf(error.errors[0]);
  return error instanceof Error ? error.message : JSON.stringify(error);
}

/** What the command needs is at fault. */
export class Faulty extends Error {
  override readonly name = 'Faulty';
  constructor(readonly problems: readonly Problem[]) {
    super(`${problems.length} faults`);
  }
}
