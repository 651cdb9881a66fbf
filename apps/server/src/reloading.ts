import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import type { Problem } from '@app/workspace';
import type { RunningServer } from './server.js';

/** Reads everything again and logs what came of it; never rejects, since a reload must not end a server that works. */
export async function reloadAndTell({ parts, reload }: Pick<RunningServer, 'parts' | 'reload'>): Promise<void> {
  const { log, catalog } = parts;
  try {
    const { workspace, problems } = await reload();
    for (const problem of problems) logProblem(log, problem);
    if (workspace === undefined) {
      log.error('the reload was refused; what was served before goes on');
      return;
    }
    log.info({ dialogs: catalog.ids }, 'reloaded dialogs and actions');
    if (!isDeepStrictEqual(workspace.configuration, parts.workspace.configuration)) {
      log.warn({ file: workspace.configFile }, 'accounts and other settings have changed: they need a restart');
    }
  } catch (error) {
    log.error({ err: error }, 'the reload failed');
  }
}

/** One line of the log for a problem of the workspace. */
export function logProblem(log: Logger, { file, line, column, hint, message, severity }: Problem): void {
  log[severity === 'fault' ? 'error' : 'warn']({ file, line, column, hint }, message);
}
