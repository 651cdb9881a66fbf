import { compileVersions, type CompiledDialogs } from '../catalog/versions.js';
import { sortFaults, type Fault } from '../definition/faults.js';
import type { Dialog } from '../definition/model.js';
import { checkChannels, checkTime } from './channels.js';
import { Findings, type CheckLimits, type KnownAction } from './findings.js';
import { followVariables } from './flow.js';
import { checkOutcomes } from './outcomes.js';
import { checkEnds, checkLoops, checkReach } from './paths.js';
import { checkNavigation, checkScreens } from './screens.js';
import { checkTranslations } from './translations.js';
import { checkVariables } from './variables.js';

/** What the checks may know of the world; without `actions` no action is called unknown. */
export interface CheckOptions {
  readonly actions?: readonly KnownAction[];
  readonly limits?: CheckLimits;
  /** Dialogs that calls begin with. */
  readonly spoken?: readonly string[];
}

/**
 * Proves what can be proved of dialogs whose files have no fault of their own: that every path can end, that nothing is
 * read that nothing sets, that no sensitive answer leaks. Dialogs that are run but not given are taken on trust.
 */
export function checkDialogs(dialogs: readonly Dialog[], options: CheckOptions = {}): Fault[] {
  const byId = new Map(dialogs.map((dialog) => [dialog.id, dialog]));
  const findings = new Findings();
  const flow = followVariables(byId);
  const limits = options.limits ?? {};
  const spoken = reachedFrom(options.spoken ?? [], byId);
  for (const dialog of dialogs) {
    checkReach(dialog, findings);
    checkVariables(dialog, flow, findings);
    checkOutcomes(dialog, byId, options.actions, findings);
    checkTranslations(dialog, spoken.has(dialog.id), findings);
    checkScreens(dialog, limits, findings);
    checkNavigation(dialog, findings);
    checkChannels(dialog, findings);
  }
  checkEnds(byId, findings);
  checkLoops(byId, findings);
  checkTime(byId, limits, findings);
  return sortFaults(findings.faults);
}

/** The dialogs named, and those that they run. */
function reachedFrom(ids: readonly string[], dialogs: ReadonlyMap<string, Dialog>): ReadonlySet<string> {
  const reached = new Set(ids);
  for (const id of reached) {
    for (const step of dialogs.get(id)?.steps.values() ?? []) if (step.kind === 'run') reached.add(step.dialog);
  }
  return reached;
}

/** Everything at once for a folder of dialog files (name → text): read, compiled, checked. */
export function checkSources(sources: ReadonlyMap<string, string>, options: CheckOptions = {}): CompiledDialogs {
  const compiled = compileVersions(sources);
  const faults = sortFaults([...compiled.faults, ...checkDialogs(compiled.dialogs, options)]);
  const faulty = faults.some((fault) => fault.severity === 'fault');
  return { ...compiled, faults, versions: faulty ? [] : compiled.versions };
}
