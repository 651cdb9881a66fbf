import type { Dialog, Step, StepName } from '../definition/model.js';
import { edgesOf, reachable, silentOnScreens, silentOnVoice, untilStable, type Edge } from './edges.js';
import type { Findings } from './findings.js';

type Dialogs = ReadonlyMap<string, Dialog>;

/** Steps that no path reaches. */
export function checkReach(dialog: Dialog, findings: Findings): void {
  const reached = reachable(dialog);
  for (const step of dialog.steps.values()) {
    if (reached.has(step.name)) continue;
    const message = `No path reaches the step "${step.name}".`;
    findings.fault(dialog, step.at, 'unreachable-step', message, 'Let a step go to it, or take it away.');
  }
}

/** Paths that can never end: where no `end` and no `transfer` lies ahead. */
export function checkEnds(dialogs: Dialogs, findings: Findings): void {
  const ending = new Map<string, Set<StepName>>([...dialogs.keys()].map((id) => [id, new Set()]));
  untilStable(() => {
    let changed = false;
    for (const dialog of dialogs.values()) {
      const finished = ending.get(dialog.id) ?? new Set<StepName>();
      for (const step of dialog.steps.values()) {
        if (finished.has(step.name) || !canEnd(step, finished, dialogs, ending)) continue;
        finished.add(step.name);
        changed = true;
      }
    }
    return changed;
  });
  for (const dialog of dialogs.values()) reportEndless(dialog, ending.get(dialog.id) ?? new Set(), findings);
}

function canEnd(
  step: Step,
  finished: ReadonlySet<StepName>,
  dialogs: Dialogs,
  ending: ReadonlyMap<string, ReadonlySet<StepName>>,
): boolean {
  if (step.kind === 'end' || step.kind === 'transfer') return true;
  if (step.kind === 'run') {
    const other = dialogs.get(step.dialog);
    if (other && ending.get(other.id)?.has(other.start) !== true) return false;
  }
  return edgesOf(step).some((edge) => finished.has(edge.to));
}

/** Reports where a path enters the part that has no end, not each step of that part. */
function reportEndless(dialog: Dialog, finished: ReadonlySet<StepName>, findings: Findings): void {
  const reached = reachable(dialog);
  const entered = new Set<StepName>([dialog.start]);
  for (const step of dialog.steps.values()) {
    if (reached.has(step.name) && finished.has(step.name)) for (const { to } of edgesOf(step)) entered.add(to);
  }
  for (const step of dialog.steps.values()) {
    if (!entered.has(step.name) || finished.has(step.name)) continue;
    const message = `From the step "${step.name}" no path can ever end.`;
    findings.fault(dialog, step.at, 'endless-path', message, 'Let a step after it go to an "end".');
  }
}

/** The ways out of a step on which nobody is asked anything. */
type SilentEdges = (step: Step) => readonly Edge[];

/** Loops in which nobody is asked anything: the walk would never stop. In calls alone, they may not matter. */
export function checkLoops(dialogs: Dialogs, findings: Findings): void {
  const hint = 'Put a menu or an ask into the loop, or end it.';
  const found = new Set<string>();
  for (const { dialog, step, loop } of silentLoops(dialogs, silentOnScreens)) {
    found.add(loop);
    findings.fault(dialog, step.at, 'loop-without-question', `A loop without a question: ${loop}.`, hint);
  }
  for (const { dialog, step, loop } of silentLoops(dialogs, silentOnVoice)) {
    if (found.has(loop)) continue;
    const message = `In a call, where a text cannot be typed, this is a loop without a question: ${loop}.`;
    findings.warn(dialog, step.at, 'loop-on-voice', message, 'Let "otherwise" end, or ask for digits.');
  }
}

function* silentLoops(dialogs: Dialogs, edges: SilentEdges): Iterable<{ dialog: Dialog; step: Step; loop: string }> {
  const silent = silentDialogs(dialogs, edges);
  const ways = new Map<string, string[]>();
  for (const dialog of dialogs.values()) {
    for (const step of dialog.steps.values())
      ways.set(key(dialog, step.name), silentWays(dialog, step, dialogs, silent, edges));
  }
  const seen = new Set<string>();
  for (const dialog of dialogs.values()) {
    const reached = reachable(dialog);
    for (const step of dialog.steps.values()) {
      const start = key(dialog, step.name);
      const loop = reached.has(step.name) && !seen.has(start) ? loopFrom(start, ways) : undefined;
      if (!loop) continue;
      loop.forEach((name) => seen.add(name));
      const shown = [...loop, start].map((name) => name.replace(`${dialog.id}/`, '')).join(' → ');
      yield { dialog, step, loop: shown };
    }
  }
}

/** Dialogs that can be walked from start to end without a question. */
function silentDialogs(dialogs: Dialogs, edges: SilentEdges): ReadonlySet<string> {
  const silent = new Set<string>();
  untilStable(() => {
    const before = silent.size;
    for (const dialog of dialogs.values()) {
      if (!silent.has(dialog.id) && passesSilently(dialog, dialogs, silent, edges)) silent.add(dialog.id);
    }
    return silent.size > before;
  });
  return silent;
}

function passesSilently(dialog: Dialog, dialogs: Dialogs, silent: ReadonlySet<string>, edges: SilentEdges): boolean {
  const visited = new Set<StepName>();
  const waiting = [dialog.start];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const step = dialog.steps.get(name);
    if (!step || visited.has(name)) continue;
    if (step.kind === 'end') return true;
    visited.add(name);
    if (step.kind === 'run' && dialogs.has(step.dialog) && !silent.has(step.dialog)) continue;
    waiting.push(...edges(step).map((edge) => edge.to));
  }
  return false;
}

function silentWays(
  dialog: Dialog,
  step: Step,
  dialogs: Dialogs,
  silent: ReadonlySet<string>,
  edges: SilentEdges,
): string[] {
  const next = edges(step).map((edge) => key(dialog, edge.to));
  if (step.kind !== 'run') return next;
  const other = dialogs.get(step.dialog);
  if (!other) return [];
  return [key(other, other.start), ...(silent.has(other.id) ? next : [])];
}

/** The shortest way from a step back to itself. */
function loopFrom(start: string, ways: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const cameFrom = new Map<string, string>();
  const waiting = [start];
  for (const name of waiting) {
    for (const next of ways.get(name) ?? []) {
      if (next === start) return trace(name, start, cameFrom);
      if (cameFrom.has(next)) continue;
      cameFrom.set(next, name);
      waiting.push(next);
    }
  }
  return undefined;
}

function trace(last: string, start: string, cameFrom: ReadonlyMap<string, string>): string[] {
  const steps: string[] = [];
  for (let name: string | undefined = last; name !== undefined && name !== start; name = cameFrom.get(name)) {
    steps.unshift(name);
  }
  return [start, ...steps];
}

function key(dialog: Dialog, step: StepName): string {
  return `${dialog.id}/${step}`;
}
