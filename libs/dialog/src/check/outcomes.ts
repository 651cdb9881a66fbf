import { didYouMean } from '../definition/faults.js';
import type { CallStep, Dialog, RunStep } from '../definition/model.js';
import { placeOf, type Findings, type KnownAction } from './findings.js';

/** What every action may come to, whatever it declares. */
const alwaysPossible: readonly string[] = ['error', 'timeout'];

/** Actions that are not loaded, and outcomes that an action or a dialog never has. */
export function checkOutcomes(
  dialog: Dialog,
  dialogs: ReadonlyMap<string, Dialog>,
  actions: readonly KnownAction[] | undefined,
  findings: Findings,
): void {
  for (const step of dialog.steps.values()) {
    if (step.kind === 'call' && actions) checkCall(dialog, step, actions, findings);
    const other = step.kind === 'run' ? dialogs.get(step.dialog) : undefined;
    if (step.kind === 'run' && other) checkNames(dialog, step, endsOf(other), `the dialog "${other.id}"`, findings);
  }
}

function checkCall(dialog: Dialog, step: CallStep, actions: readonly KnownAction[], findings: Findings): void {
  const action = actions.find(({ name }) => name === step.action);
  if (!action) {
    const hint = didYouMean(step.action, actions.map(({ name }) => name)); // prettier-ignore
    findings.fault(dialog, placeOf(step, 'call'), 'unknown-action', `There is no action "${step.action}".`, hint);
  } else if (action.outcomes) {
    checkNames(dialog, step, [...action.outcomes, ...alwaysPossible], `the action "${action.name}"`, findings);
  }
}

function checkNames(
  dialog: Dialog,
  step: CallStep | RunStep,
  known: readonly string[],
  whose: string,
  findings: Findings,
): void {
  for (const outcome of step.go.keys()) {
    if (outcome === '*' || known.includes(outcome)) continue;
    const message = `"${outcome}" is not an outcome of ${whose}.`;
    findings.fault(dialog, placeOf(step, `go.${outcome}`), 'unknown-outcome', message, didYouMean(outcome, known));
  }
}

function endsOf(dialog: Dialog): readonly string[] {
  const names = [...dialog.steps.values()].flatMap((step) => (step.kind === 'end' ? [step.as] : []));
  return [...new Set(names)];
}
