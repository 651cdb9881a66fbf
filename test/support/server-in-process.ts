import { readFileSync } from 'node:fs';
import { pino, type Logger } from 'pino';
import { providers } from '@app/providers';
import { environmentLookUp, readEnvironment } from '@app/settings';
import { describeProblem, loadWorkspace } from '@app/workspace';
import { startServer, type RunningServer } from '../../apps/server/src/server.js';
import type { Cleanup } from './cleanup.js';
import { closeConnections } from './send.js';
import type { WorkspaceFolder } from './workspace-folder.js';

export type ServerSettings = Readonly<Record<string, string | undefined>>;

/** One secret for all nodes of a test. */
export const testSecret = 'a-secret-of-the-tests-0123456789abcdef';

/** The variables of a server of a test; `undefined` takes one away. */
export function environmentOf(workspace: WorkspaceFolder, settings: ServerSettings): Record<string, string> {
  const all: ServerSettings = {
    PORT: '0',
    HOST: '127.0.0.1',
    ONGEA_CONFIG: workspace.configFile,
    ONGEA_DATA_DIR: workspace.newDataDir(),
    ONGEA_SECRET: testSecret,
    LOG_LEVEL: 'silent',
    LOG_FORMAT: 'json',
    ...settings,
  };
  return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** Starts the real server within this process, as one node of as many as a test wants. */
export async function startInProcess(
  cleanup: Cleanup,
  workspace: WorkspaceFolder,
  settings: ServerSettings = {},
): Promise<RunningServer> {
  const variables = environmentOf(workspace, settings);
  const readFile = (path: string): string => readFileSync(path, 'utf8');
  const reading = readEnvironment(variables, readFile);
  if ('faults' in reading) throw new Error(reading.faults.map(({ message }) => message).join('\n'));
  const { environment } = reading;
  const lookUp = environmentLookUp(variables, readFile);
  const configFile = workspace.configFile;
  const { workspace: loaded, problems } = await loadWorkspace({ configFile, lookUp, providers, production: false });
  if (loaded === undefined) throw new Error(problems.map(describeProblem).join('\n'));
  const log: Logger = pino({ level: environment.logLevel });
  const server = await startServer({ environment, lookUp, workspace: loaded, log });
  cleanup.add(() => {
    closeConnections();
    return server.stop();
  });
  await server.parts.sessions.waitUntilUp(5_000);
  return server;
}
