import { didYouMean } from '../definition/faults.js';
import type { Dialog, Step } from '../definition/model.js';
import { builtInVariables, callerMembers } from '../definition/names.js';
import { readsSensitive, type VariableFlow, type VariableState } from './flow.js';
import type { Findings } from './findings.js';
import { phrasesOf, readsOf, type Read } from './reads.js';

/** What only the phrase `press` may read. */
const pressVariables: readonly string[] = ['label', 'n'];

/** Reads of variables that no path can have set, and sensitive answers that can be seen by others. */
export function checkVariables(dialog: Dialog, flow: VariableFlow, findings: Findings): void {
  const states = flow.get(dialog.id) ?? new Map<string, VariableState>();
  const everSet = new Set([...states.values()].flatMap((state) => [...state.set]));
  for (const step of dialog.steps.values()) {
    const state = states.get(step.name);
    if (!state) continue;
    for (const read of distinct(readsOf(step))) {
      checkSet(dialog, step, read, withEarlierValues(step, read, state), everSet, findings);
      checkLeak(dialog, read, state, findings);
    }
  }
  checkPhrases(dialog, everSet, findings);
}

/** A `set` sees what it has set above. */
function withEarlierValues(step: Step, read: Read, state: VariableState): ReadonlySet<string> {
  if (step.kind !== 'set') return state.set;
  const known = new Set(state.set);
  for (const [name, value] of step.values) {
    if (value.reads.includes(read.path)) break;
    known.add(name);
  }
  return known;
}

function checkSet(
  dialog: Dialog,
  step: Step,
  read: Read,
  set: ReadonlySet<string>,
  everSet: ReadonlySet<string>,
  findings: Findings,
): void {
  const [root = '', member] = read.path;
  if (builtInVariables.includes(root)) {
    if (root !== 'caller' || member === undefined || callerMembers.includes(member)) return;
    const message = `"caller" has no member "${member}".`;
    findings.fault(dialog, read.at, 'unknown-variable', message, didYouMean(member, callerMembers));
    return;
  }
  if (set.has(root)) return;
  const somewhere = everSet.has(root);
  const message = somewhere
    ? `No path to "${step.name}" can have set the variable "${root}".`
    : `Nothing sets the variable "${root}".`;
  const hint = somewhere ? 'Save it before this step.' : didYouMean(root, [...everSet, ...builtInVariables]);
  findings.fault(dialog, read.at, 'unknown-variable', message, hint);
}

function checkLeak(dialog: Dialog, read: Read, state: VariableState, findings: Findings): void {
  if (read.leaks === undefined || !readsSensitive(read.path, state.sensitive)) return;
  const message = `The sensitive answer "${read.path.join('.')}" would leak through ${read.leaks}.`;
  findings.fault(dialog, read.at, 'sensitive-leak', message, 'Hand it to an action with `call` only.');
}

function checkPhrases(dialog: Dialog, everSet: ReadonlySet<string>, findings: Findings): void {
  for (const { text, at, what } of phrasesOf(dialog)) {
    const known = new Set([...everSet, ...builtInVariables, ...(what.includes('"press"') ? pressVariables : [])]);
    for (const variants of text.values()) {
      for (const root of [...variants.values()].flatMap(({ reads }) => reads.map(([name = '']) => name))) {
        if (known.has(root)) continue;
        const message = `Nothing sets the variable "${root}" of ${what}.`;
        findings.fault(dialog, at, 'unknown-variable', message, didYouMean(root, known));
      }
    }
  }
}

function distinct(reads: readonly Read[]): Read[] {
  const seen = new Map<string, Read>();
  for (const read of reads)
    seen.set(`${read.path.join('.')} ${read.at.line}:${read.at.column} ${read.leaks ?? ''}`, read);
  return [...seen.values()];
}
