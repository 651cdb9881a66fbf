import type { RegisteredAction } from '@app/actions';
import { didYouMean, type Dialog } from '@app/dialog';
import type { Problem } from '@app/workspace';
import type { Place, Stub, TestFile } from './test-file.js';

/** What every action may come to without declaring it. */
const alwaysPossible = ['error', 'timeout'];

/** Whether what a test file names is there: its dialog, the actions that it stubs, and their outcomes. */
export function checkTestFile(
  { file, dialog, conversations }: TestFile,
  dialogs: readonly Dialog[],
  actions: readonly RegisteredAction[] | undefined,
): readonly Problem[] {
  const problems: Problem[] = [];
  const fault = (place: Place, message: string, hint: string): void => {
    if (problems.some((other) => other.message === message && other.line === place.line)) return;
    problems.push({ severity: 'fault', file, line: place.line, column: place.column, message, hint });
  };
  const ids = dialogs.map(({ id }) => id);
  if (!ids.includes(dialog)) {
    fault({ line: 1, column: 1 }, `There is no dialog "${dialog}" beside this file.`, didYouMean(dialog, ids));
  }
  const called = [...new Set([...callsOf(dialogs), ...(actions ?? []).map(({ name }) => name)])];
  for (const stub of conversations.flatMap(({ settings }) => settings.stubs)) {
    if (isUrl(stub)) continue;
    if (!called.includes(stub.name)) {
      fault(stub.at, `No dialog calls an action "${stub.name}".`, didYouMean(stub.name, called));
    }
    const outcomes = actions?.find(({ name }) => name === stub.name)?.outcomes;
    if (outcomes === undefined) continue;
    const possible = [...outcomes, ...alwaysPossible];
    for (const { outcome, at } of stub.cases) {
      if (!possible.includes(outcome)) {
        fault(at, `The action "${stub.name}" never comes to "${outcome}".`, didYouMean(outcome, possible));
      }
    }
  }
  return problems;
}

/** A stub for requests of `http` steps is named by the beginning of their URL. */
export function isUrl({ name }: Pick<Stub, 'name'>): boolean {
  return name.includes('://');
}

function callsOf(dialogs: readonly Dialog[]): readonly string[] {
  return dialogs.flatMap(({ steps }) =>
    [...steps.values()].flatMap((step) => (step.kind === 'call' ? step.action : [])),
  );
}
