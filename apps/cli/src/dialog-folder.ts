import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RegisteredAction } from '@app/actions';
import { checkSources, type CompiledDialogs } from '@app/dialog';
import { providers } from '@app/providers';
import { readConfiguration, type ConfigurationReading } from '@app/settings';
import { readActions, readDialogFolder, type Problem, type ReadActions } from '@app/workspace';
import { projectActions } from '../../server/src/actions/project-actions.js';
import type { Installation } from './installation.js';

/** The dialogs of one folder, checked against the actions of the configuration that names the folder. */
export interface DialogFolder {
  readonly compiled: CompiledDialogs;
  /** Undefined: no configuration names the folder, or its actions cannot be loaded. */
  readonly actions: readonly RegisteredAction[] | undefined;
  readonly actionProblems: readonly Problem[];
  /** Where `http` steps may go within private networks. */
  readonly allowPrivate: readonly string[];
}

/** Reads a folder of dialogs on its own: the rest of the configuration may be faulty. */
export async function readFolder(folder: string, installation: Installation): Promise<DialogFolder> {
  const configuration = await configurationOf(folder, installation);
  const { actions, problems } = await actionsFor(configuration);
  const compiled = checkSources(await readDialogFolder(folder), actions === undefined ? {} : { actions });
  const allowPrivate = configuration?.configuration?.http.allowPrivate ?? [];
  return { compiled, actions, actionProblems: problems, allowPrivate };
}

/** The configuration that names the folder: this installation's, else one that lies beside the folder or in it. */
async function configurationOf(
  folder: string,
  { configFile, lookUp, environment }: Installation,
): Promise<ConfigurationReading | undefined> {
  const { production } = environment;
  for (const file of [configFile, join(folder, '..', 'ongea.yaml'), join(folder, 'ongea.yaml')]) {
    const text = await readFile(file, 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    const reading = readConfiguration(file, text, { lookUp, providers, production });
    if (reading.folders.dialogs === folder) return reading;
  }
  return undefined;
}

async function actionsFor(configuration: ConfigurationReading | undefined): Promise<ReadActions> {
  if (configuration === undefined) return { actions: undefined, problems: [] };
  const { actions: builtIn } = await projectActions();
  return readActions(configuration.folders.actions, builtIn);
}
