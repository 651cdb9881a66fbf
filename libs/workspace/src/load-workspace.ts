import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { RegisteredAction } from '@app/actions';
import { checkSources, type CompiledDialogs } from '@app/dialog';
import type { Provider } from '@app/provider-kit';
import {
  readConfiguration,
  unknownDialogs,
  type Configuration,
  type ConfigurationReading,
  type Environment,
  type Fault,
  type LookUp,
} from '@app/settings';
import { readActions } from './read-actions.js';
import { readDialogFolder } from './dialog-folder.js';
import type { Problem } from './problem.js';
import { shownPath } from './shown-path.js';

/** What an installation serves: its configuration, dialogs and actions, all without a fault. */
export interface Workspace {
  readonly configFile: string;
  readonly configuration: Configuration;
  readonly dialogs: CompiledDialogs;
  readonly actions: readonly RegisteredAction[];
}

export interface WorkspaceReading {
  /** Absent where anything is at fault. */
  readonly workspace?: Workspace;
  /** Faults and warnings, by file and place. */
  readonly problems: readonly Problem[];
  readonly configFile: string;
}

export interface WorkspaceOptions {
  readonly configFile: string;
  readonly lookUp: LookUp;
  readonly providers: readonly Provider[];
  readonly production: boolean;
  /** Actions that are not in the folder: those of the server itself. */
  readonly builtIn?: readonly RegisteredAction[];
}

/** The configuration file of an installation: the one named, else `ongea.yaml`, else the demo's. */
export function configFileOf({ configFile }: Pick<Environment, 'configFile'>): string {
  return configFile ?? (existsSync('ongea.yaml') ? 'ongea.yaml' : 'examples/demo/ongea.yaml');
}

/** Reads and checks everything that `ongea.yaml` names; all that is wrong is reported at once. */
export async function loadWorkspace(options: WorkspaceOptions): Promise<WorkspaceReading> {
  const { configFile, lookUp, providers, production } = options;
  let text: string;
  try {
    text = await readFile(configFile, 'utf8');
  } catch (error) {
    const hint = 'Write an ongea.yaml, or name one with ONGEA_CONFIG.';
    return { configFile, problems: [{ severity: 'fault', file: configFile, message: reason(error), hint }] };
  }
  const reading = readConfiguration(configFile, text, { lookUp, providers, production });
  const actions = await readActions(reading.folders.actions, options.builtIn ?? []);
  const dialogs = await readDialogs(reading, actions.actions);
  const uses = dialogs.compiled === undefined ? [] : unknownDialogs(reading.dialogUses, dialogs.compiled.ids);
  const problems = [
    ...[...reading.faults, ...uses].map((fault) => asProblem(fault, 'fault')),
    ...reading.warnings.map((warning) => asProblem(warning, 'warning')),
    ...actions.problems,
    ...dialogs.problems,
  ];
  const { configuration } = reading;
  const faulty = problems.some(({ severity }) => severity === 'fault');
  if (faulty || configuration === undefined || dialogs.compiled === undefined || actions.actions === undefined) {
    return { configFile, problems };
  }
  const workspace = { configFile, configuration, dialogs: dialogs.compiled, actions: actions.actions };
  return { configFile, problems, workspace };
}

async function readDialogs(
  { folders, dialogUses }: ConfigurationReading,
  actions: readonly RegisteredAction[] | undefined,
): Promise<{ compiled?: CompiledDialogs; problems: Problem[] }> {
  let sources: ReadonlyMap<string, string>;
  try {
    sources = await readDialogFolder(folders.dialogs);
  } catch (error) {
    const hint = 'Name the folder of the *.dialog.yaml files under "dialogs".';
    return { problems: [{ severity: 'fault', file: shownPath(folders.dialogs), message: reason(error), hint }] };
  }
  // A faulty action must not make every dialog that calls it faulty as well.
  const spoken = dialogUses.filter(({ channel }) => channel === 'voice').map(({ dialog }) => dialog);
  const compiled = checkSources(sources, { spoken, ...(actions === undefined ? {} : { actions }) });
  const none: Problem = {
    severity: 'warning',
    file: shownPath(folders.dialogs),
    message: 'There is no dialog in this folder.',
  };
  return { compiled, problems: sources.size === 0 ? [none] : [...compiled.faults] };
}

function asProblem(fault: Fault, severity: Problem['severity']): Problem {
  return { ...fault, severity };
}

function reason(error: unknown): string {
  const code = (error as { code?: unknown }).code;
  if (code === 'ENOENT') return 'This file or folder is not there.';
  if (code === 'EACCES') return 'This file or folder may not be read.';
  return error instanceof Error ? error.message : String(error);
}
