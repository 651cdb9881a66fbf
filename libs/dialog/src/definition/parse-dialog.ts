import { isMap } from 'yaml';
import { didYouMean, sortFaults, type Fault } from './faults.js';
import { Fields, type Reading } from './fields.js';
import type { Dialog } from './model.js';
import { readIdle, readLanguages, readNavigation, readPhrases } from './read-settings.js';
import { readSteps, type ReadSteps } from './read-steps.js';
import { SourceReader } from './source-reader.js';

/** What the name of a dialog file ends with. */
export const dialogFileEnding = '.dialog.yaml';

/** A dialog, where its file has no fault, and everything that is wrong with the file. */
export interface ParsedDialog {
  readonly dialog?: Dialog;
  readonly faults: readonly Fault[];
}

const keys = [
  'dialog',
  'languages',
  'start',
  'idle',
  'resume',
  'resumeWithin',
  'navigation',
  'showNavigation',
  'phrases',
  'steps',
];

/** The id that a file's name gives its dialog. */
export function dialogIdOf(file: string): string {
  const base = file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
  return base.endsWith(dialogFileEnding) ? base.slice(0, -dialogFileEnding.length) : base.replace(/\.ya?ml$/, '');
}

/** Reads one dialog file; never throws for what is in it, and reports every fault at once. */
export function parseDialog(file: string, source: string): ParsedDialog {
  const reader = new SourceReader(file, source);
  const root = reader.root();
  const dialog = root && readDialog(new Fields({ reader, languages: [], targets: [] }, root, 'a dialog'));
  const faults = sortFaults(reader.faults);
  return dialog && !reader.faulty ? { dialog, faults } : { faults };
}

function readDialog(top: Fields): Dialog | undefined {
  top.allow(keys);
  const id = readId(top);
  const languages = readLanguages(top);
  const reading: Reading = { reader: top.reader, languages, targets: [] };
  const { steps, names } = stepsOf(reading, top);
  const start = top.required('start', 'Name the step that the dialog begins with.') && top.name('start', 'step');
  checkStart(top, start, names);
  const settings = {
    idleMs: readIdle(top),
    resume: top.oneOf('resume', ['restart', 'continue', 'ask'] as const) ?? 'restart',
    resumeWithinMs: top.duration('resumeWithin') ?? 600_000,
    navigation: readNavigation(top),
    showNavigation: top.boolean('showNavigation') ?? false,
    phrases: readPhrases(reading, top),
  };
  checkTargets(reading, names);
  if (id === undefined || start === undefined) return undefined;
  return { id, file: top.reader.file, languages, start, ...settings, steps, places: top.places };
}

function readId(top: Fields): string | undefined {
  const expected = dialogIdOf(top.reader.file);
  top.required('dialog', `Add "dialog: ${expected}".`);
  const id = top.name('dialog', 'dialog');
  if (id !== undefined && id !== expected) {
    const hint = `Write "dialog: ${expected}", or rename the file to ${id}${dialogFileEnding}.`;
    const message = `The dialog is called "${id}", its file ${expected}${dialogFileEnding}.`;
    top.reader.fault(top.value('dialog') ?? top.node, 'name-differs', message, hint);
  }
  return id;
}

function stepsOf(reading: Reading, top: Fields): ReadSteps {
  const none = { steps: new Map(), names: new Set<string>() };
  const node = top.required('steps', 'Add "steps:" with at least one step.');
  if (node === undefined) return none;
  if (isMap(node) && node.items.length > 0) return readSteps(reading, node);
  top.reader.fault(node, 'not-a-map', '"steps" must be a map with at least one step.', 'Write "name: { end: … }".');
  return none;
}

function checkStart(top: Fields, start: string | undefined, names: ReadonlySet<string>): void {
  const node = top.value('start');
  if (start === undefined || node === undefined || names.size === 0 || names.has(start)) return;
  top.reader.fault(node, 'unknown-step', `There is no step "${start}" to start with.`, didYouMean(start, names));
}

function checkTargets(reading: Reading, names: ReadonlySet<string>): void {
  for (const { node, step } of reading.targets) {
    if (names.has(step)) continue;
    reading.reader.fault(node, 'unknown-step', `There is no step "${step}".`, didYouMean(step, names));
  }
}
