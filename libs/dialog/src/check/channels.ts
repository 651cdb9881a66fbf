import type { Dialog, Step, StepName } from '../definition/model.js';
import { edgesOf, untilStable } from './edges.js';
import type { CheckLimits, Findings } from './findings.js';

/** What a caller takes to read a screen and answer it, as the check of session time assumes. */
export const secondsPerScreen = 8;

/** Steps that need a voice call and say nothing of the other channels. */
export function checkChannels(dialog: Dialog, findings: Findings): void {
  for (const step of dialog.steps.values()) {
    if ((step.kind === 'transfer' || step.kind === 'record') && step.otherwise === undefined) {
      const message = `"${step.name}" works in a call only, and has no "otherwise" for the other channels.`;
      const hint = 'Add "otherwise: <step>", for instance an end that tells the number.';
      findings.warn(dialog, step.at, 'voice-only', message, hint);
    }
  }
}

/** Dialogs whose shortest way to the end takes longer than a USSD session lasts. */
export function checkTime(dialogs: ReadonlyMap<string, Dialog>, limits: CheckLimits, findings: Findings): void {
  const sessionSeconds = limits.sessionSeconds ?? 180;
  const distances = screensToEnd(dialogs);
  for (const dialog of dialogs.values()) {
    const screens = distances.get(dialog.id)?.get(dialog.start);
    const start = dialog.steps.get(dialog.start);
    if (screens === undefined || !start || screens * secondsPerScreen <= sessionSeconds) continue;
    const seconds = screens * secondsPerScreen;
    const message = `The shortest way to the end has ${screens} screens: at ${secondsPerScreen} s each ${seconds} s, and a session lasts ${sessionSeconds} s.`;
    findings.warn(
      dialog,
      start.at,
      'session-too-short',
      message,
      'Ask for less, or let callers resume where they stopped.',
    );
  }
}

/** The least number of screens from each step to the end of its dialog. */
function screensToEnd(dialogs: ReadonlyMap<string, Dialog>): ReadonlyMap<string, ReadonlyMap<StepName, number>> {
  const all = new Map<string, Map<StepName, number>>([...dialogs.keys()].map((id) => [id, new Map()]));
  untilStable(() => {
    let changed = false;
    for (const dialog of dialogs.values()) {
      const distances = all.get(dialog.id) ?? new Map<StepName, number>();
      for (const step of dialog.steps.values()) {
        const ahead = Math.min(...edgesOf(step).map((edge) => distances.get(edge.to) ?? Infinity));
        const least = screensOf(step, dialogs, all) + (step.kind === 'end' || step.kind === 'transfer' ? 0 : ahead);
        if (least >= (distances.get(step.name) ?? Infinity)) continue;
        distances.set(step.name, least);
        changed = true;
      }
    }
    return changed;
  });
  return all;
}

function screensOf(
  step: Step,
  dialogs: ReadonlyMap<string, Dialog>,
  all: ReadonlyMap<string, ReadonlyMap<StepName, number>>,
): number {
  if (step.kind === 'run') {
    const other = dialogs.get(step.dialog);
    return other ? (all.get(other.id)?.get(other.start) ?? Infinity) : 0;
  }
  return step.kind === 'menu' || step.kind === 'ask' || step.kind === 'record' || step.kind === 'end' ? 1 : 0;
}
