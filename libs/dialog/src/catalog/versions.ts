import { createHash } from 'node:crypto';
import { didYouMean, sortFaults, type Fault } from '../definition/faults.js';
import type { Dialog, DialogVersion } from '../definition/model.js';
import { dialogIdOf, parseDialog } from '../definition/parse-dialog.js';

/** All dialogs of a folder, those without fault as versions, and everything that is wrong. */
export interface CompiledDialogs {
  /** Those whose own file has no fault, in the order of their files. */
  readonly dialogs: readonly Dialog[];
  /** Empty when anything is a fault: versions are published all or none. */
  readonly versions: readonly DialogVersion[];
  readonly faults: readonly Fault[];
  /** Every id that a file claims, also a faulty one. */
  readonly ids: ReadonlySet<string>;
}

/** Reads dialog files (name → text), checks that what they `run` is there, and names each version. */
export function compileVersions(sources: ReadonlyMap<string, string>): CompiledDialogs {
  const faults: Fault[] = [];
  const read = new Map<string, { dialog: Dialog; source: string }>();
  const ids = new Set<string>();
  for (const [file, source] of sources) {
    const { dialog, faults: own } = parseDialog(file, source);
    faults.push(...own);
    ids.add(dialogIdOf(file));
    if (!dialog) continue;
    const other = read.get(dialog.id);
    if (other) faults.push(twice(dialog, other.dialog));
    else read.set(dialog.id, { dialog, source });
  }
  const dialogs = [...read.values()].map(({ dialog }) => dialog);
  for (const dialog of dialogs) faults.push(...unknownDialogs(dialog, ids));
  const faulty = faults.some((fault) => fault.severity === 'fault');
  const versions = faulty ? [] : dialogs.map((dialog) => versionOf(dialog, read));
  return { dialogs, versions, faults: sortFaults(faults), ids };
}

/** The faults of `run` steps that name a dialog which is not there. */
function unknownDialogs(dialog: Dialog, ids: ReadonlySet<string>): Fault[] {
  return [...dialog.steps.values()].flatMap((step): Fault[] => {
    if (step.kind !== 'run' || ids.has(step.dialog)) return [];
    const place = step.places?.get('run') ?? step.at;
    const message = `There is no dialog "${step.dialog}".`;
    const hint = didYouMean(step.dialog, ids);
    return [{ file: dialog.file, ...place, message, hint, severity: 'fault', code: 'unknown-dialog' }];
  });
}

function twice(dialog: Dialog, other: Dialog): Fault {
  const message = `The dialog "${dialog.id}" is in ${other.file} as well.`;
  const place = { line: 1, column: 1 };
  return { file: dialog.file, ...place, message, hint: 'Rename one.', severity: 'fault', code: 'dialog-twice' };
}

function versionOf(root: Dialog, read: ReadonlyMap<string, { dialog: Dialog; source: string }>): DialogVersion {
  const reached = new Map<string, { dialog: Dialog; source: string }>();
  const waiting = [root.id];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    const entry = read.get(id);
    if (!entry || reached.has(id)) continue;
    reached.set(id, entry);
    for (const step of entry.dialog.steps.values()) if (step.kind === 'run') waiting.push(step.dialog);
  }
  const sorted = [...reached].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    id: root.id,
    version: hashOf(
      root.id,
      sorted.map(([id, { source }]) => [id, source] as const),
    ),
    root,
    dialogs: new Map(sorted.map(([id, { dialog }]) => [id, dialog])),
    sources: Object.fromEntries(sorted.map(([id, { source }]) => [id, source])),
  };
}

function hashOf(root: string, contents: readonly (readonly [string, string])[]): string {
  const hash = createHash('sha256').update(`${root}\n`);
  // The length before each text keeps two dialogs from being read as one.
  for (const [id, source] of contents) hash.update(`${id} ${Buffer.byteLength(source)}\n`).update(source);
  return hash.digest('hex');
}
