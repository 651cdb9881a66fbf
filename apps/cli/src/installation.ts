import { readFileSync } from 'node:fs';
import { providers } from '@app/providers';
import { environmentLookUp, readEnvironment, type Environment, type LookUp, type RawEnvironment } from '@app/settings';
import { configFileOf, loadWorkspace, type WorkspaceReading } from '@app/workspace';
import { projectActions } from '../../server/src/actions/project-actions.js';
import { Faulty } from './failures.js';

/** What the environment says of the installation that a command works on. */
export interface Installation {
  readonly environment: Environment;
  readonly lookUp: LookUp;
  readonly configFile: string;
}

/** @throws Faulty when a variable of the environment cannot be read. */
export function readInstallation(env: RawEnvironment): Installation {
  const readFile = (path: string): string => readFileSync(path, 'utf8');
  const reading = readEnvironment(env, readFile);
  if ('faults' in reading) throw new Faulty(reading.faults.map((fault) => ({ ...fault, severity: 'fault' })));
  const { environment } = reading;
  return { environment, lookUp: environmentLookUp(env, readFile), configFile: configFileOf(environment) };
}

/** Everything that the configuration file names, as the server would read it. */
export async function readWorkspace({ environment, lookUp, configFile }: Installation): Promise<WorkspaceReading> {
  const { actions: builtIn } = await projectActions();
  return loadWorkspace({ configFile, lookUp, providers, production: environment.production, builtIn });
}
