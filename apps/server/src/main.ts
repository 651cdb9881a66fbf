import { readFileSync } from 'node:fs';
import { providers } from '@app/providers';
import { describeFault, environmentLookUp, readEnvironment } from '@app/settings';
import { configFileOf, describeProblem, loadWorkspace } from '@app/workspace';
import { projectActions } from './actions/project-actions.js';
import { banner } from './banner.js';
import { demoProvider } from './demo-provider.js';
import { createLogger } from './logging/logger.js';
import { logProblem, reloadAndTell } from './reloading.js';
import { startServer, type RunningServer } from './server.js';

/** How long balancers are given to notice that we are about to go, in milliseconds. */
const graceMs = 2_500;

/** The process does not outlive a stop by more than this, whatever hangs. */
const hardStopMs = 10_000;

async function main(): Promise<void> {
  const readFile = (path: string): string => readFileSync(path, 'utf8');
  const reading = readEnvironment(process.env, readFile);
  if ('faults' in reading) {
    refuse(reading.faults.map(describeFault));
    return;
  }
  const { environment } = reading;
  const log = createLogger(environment);
  const { production } = environment;
  const configFile = configFileOf(environment);
  const fromEnvironment = environmentLookUp(process.env, readFile);
  const demo = await demoProvider(environment, configFile, fromEnvironment);
  const lookUp = demo?.lookUp ?? fromEnvironment;
  const project = await projectActions();
  const builtIn = project.actions;
  const { workspace, problems } = await loadWorkspace({ configFile, lookUp, providers, production, builtIn });
  if (workspace === undefined) {
    refuse(problems.map(describeProblem));
    await Promise.all([project.close(), demo?.stop()]);
    return;
  }
  for (const problem of problems) logProblem(log, problem);
  // An action that forgets a promise must not hang up on everybody else's callers.
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'a promise was rejected and nobody looked'));

  const server = await startServer({ environment, lookUp, workspace, log, builtIn });
  demo?.reportTo(server.url);
  if (process.stdout.isTTY || !production) process.stdout.write(`${banner(server)}\n`);
  log.info({ url: server.url, accounts: workspace.configuration.accounts.length }, 'listening');
  if (server.freshAdminKey !== undefined)
    log.info({ folder: environment.dataDir }, 'an admin key was made: the file admin-key');
  stopOnSignals(server, () => Promise.all([project.close(), demo?.stop()]));
  // One after the other, or the slower of two readings would win.
  let reloads = Promise.resolve();
  process.on('SIGHUP', () => {
    reloads = reloads.then(() => reloadAndTell(server));
  });
}

function refuse(lines: readonly string[]): void {
  process.stderr.write(`${lines.join('\n')}\nOngea does not start before this is mended.\n`);
  process.exitCode = 1;
}

/** A second signal does not cut the stop short: npm passes on what the terminal has sent us already. */
function stopOnSignals(server: RunningServer, afterwards: () => Promise<unknown>): void {
  const { log } = server.parts;
  const stop = (signal: NodeJS.Signals): void => {
    log.info({ signal }, 'stopping');
    setTimeout(() => process.exit(1), hardStopMs).unref();
    // A person at the terminal is no balancer.
    const stopped = server.stop(signal === 'SIGINT' ? 0 : graceMs).then(afterwards);
    void stopped.then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'the stop failed');
        process.exit(1);
      },
    );
  };
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (!stopping) stop(signal);
      stopping = true;
    });
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = 1;
  // What was opened before the fault must not keep the process.
  setTimeout(() => process.exit(1), 1_000).unref();
});

function explain(error: unknown): string {
  const { code, port, message } = error as { code?: string; port?: number; message?: string };
  if (code === 'EADDRINUSE') return `Port ${port} is taken: set PORT to another one, or to 0 for any that is free.`;
  return message ?? String(error);
}
