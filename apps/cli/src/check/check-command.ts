import { resolve } from 'node:path';
import { dialogFileEnding } from '@app/dialog';
import type { Problem } from '@app/workspace';
import { readFolder } from '../dialog-folder.js';
import { exitCodes } from '../failures.js';
import { readInstallation, readWorkspace, type Installation } from '../installation.js';
import { print, type Io } from '../io.js';
import { namedFiles } from '../named-files.js';
import { anyFault, counted, printProblems } from '../problem-list.js';

export interface CheckOptions {
  /** Warnings are faults. */
  readonly strict?: boolean;
  readonly json?: boolean;
}

interface Checked {
  readonly what: string;
  readonly problems: readonly Problem[];
}

/** Checks the whole workspace, or the dialog files named, and prints all that is wrong; resolves to the exit code. */
export async function check(io: Io, paths: readonly string[], options: CheckOptions): Promise<number> {
  const installation = readInstallation(io.env);
  const { what, problems: found } = await (paths.length === 0
    ? checkWorkspace(installation)
    : checkFiles(paths, installation));
  const problems = options.strict === true ? found.map((each) => ({ ...each, severity: 'fault' as const })) : found;
  if (options.json === true) print(io, JSON.stringify(problems, null, 2));
  else {
    printProblems(io, problems);
    print(io, summary(what, problems));
  }
  return anyFault(problems) ? exitCodes.faults : exitCodes.well;
}

async function checkWorkspace(installation: Installation): Promise<Checked> {
  const { problems, configFile, workspace } = await readWorkspace(installation);
  const dialogs = workspace === undefined ? '' : ` with ${counted(workspace.dialogs.dialogs.length, 'dialog')}`;
  return { what: `${configFile}${dialogs}`, problems };
}

/** The other dialogs of a folder are read as well, since dialogs run each other, but only the named ones are reported. */
async function checkFiles(paths: readonly string[], installation: Installation): Promise<Checked> {
  const problems: Problem[] = [];
  let files = 0;
  for (const [folder, named] of await namedFiles(paths, dialogFileEnding)) {
    const { compiled } = await readFolder(folder, installation);
    problems.push(...compiled.faults.filter(({ file }) => named.has(resolve(file))));
    files += named.size;
  }
  return { what: counted(files, 'dialog'), problems };
}

function summary(what: string, problems: readonly Problem[]): string {
  const faults = problems.filter(({ severity }) => severity === 'fault').length;
  return `${what}: ${counted(faults, 'fault')}, ${counted(problems.length - faults, 'warning')}`;
}
