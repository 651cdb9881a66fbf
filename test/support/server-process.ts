import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { once } from 'node:events';
import path from 'node:path';
import type { Cleanup } from './cleanup.js';
import { send, until } from './send.js';
import { environmentOf, type ServerSettings } from './server-in-process.js';
import { root, type WorkspaceFolder } from './workspace-folder.js';

const main = path.join(root, 'dist/apps/server/apps/server/src/main.js');
const startLimitMs = 30_000;

/** The built server in a process of its own, so that it can be signalled, killed, and its output read. */
export class ServerProcess {
  private text = '';

  private constructor(
    private readonly child: ChildProcess,
    readonly dataDir: string,
  ) {
    const keep = (bytes: Buffer): void => {
      this.text += bytes.toString();
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
  }

  /** Resolves once it listens, whatever else is away. */
  static async launch(
    cleanup: Cleanup,
    workspace: WorkspaceFolder,
    settings: ServerSettings = {},
  ): Promise<ServerProcess> {
    const server = ServerProcess.spawn(workspace, settings);
    cleanup.add(() => server.kill());
    const giveUp = Date.now() + startLimitMs;
    while (server.url === '') {
      if (server.hasEnded || Date.now() > giveUp) throw new Error(`the server does not start:\n${server.output}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return server;
  }

  /** Resolves once it listens and has all that it depends on. */
  static async start(
    cleanup: Cleanup,
    workspace: WorkspaceFolder,
    settings: ServerSettings = {},
  ): Promise<ServerProcess> {
    const server = await ServerProcess.launch(cleanup, workspace, settings);
    // A node that has not found its Redis yet answers, but not as the others do.
    const isReady = async (): Promise<boolean> =>
      (await send(server.url, '/health/ready?strict', { method: 'GET' })).status === 200;
    await until(isReady, startLimitMs, 'readiness');
    return server;
  }

  /** What a server says that refuses to start, with its exit code. */
  static async startInVain(
    workspace: WorkspaceFolder,
    settings: ServerSettings = {},
  ): Promise<{ readonly code: number | null; readonly output: string }> {
    const server = ServerProcess.spawn(workspace, settings);
    const limit = setTimeout(() => server.child.kill('SIGKILL'), startLimitMs);
    const code = await server.ended();
    clearTimeout(limit);
    return { code, output: server.output };
  }

  private static spawn(workspace: WorkspaceFolder, settings: ServerSettings): ServerProcess {
    if (!existsSync(main)) throw new Error('the server is not built: npm run build');
    // Outside production, a banner for people stands between the lines of the log.
    const variables = environmentOf(workspace, { LOG_LEVEL: 'info', NODE_ENV: 'production', ...settings });
    const { PATH = '', HOME = '/' } = process.env;
    const child = spawn(process.execPath, [main], {
      cwd: workspace.folder,
      env: { PATH, HOME, ...variables },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const killAtExit = (): void => void child.kill('SIGKILL');
    process.once('exit', killAtExit);
    child.once('exit', () => process.removeListener('exit', killAtExit));
    return new ServerProcess(child, variables.ONGEA_DATA_DIR ?? '');
  }

  /** All that it has written so far. */
  get output(): string {
    return this.text;
  }

  /** Empty until it listens. */
  get url(): string {
    return /"url":"(http:[^"]+)".*"msg":"listening"/.exec(this.text)?.[1] ?? '';
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** The lines of its log, each parsed; throws for a line that is no JSON. */
  get logLines(): readonly Record<string, unknown>[] {
    return this.text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Resolves with its exit code once it is gone. */
  async ended(): Promise<number | null> {
    if (!this.hasEnded) await once(this.child, 'close');
    return this.child.exitCode;
  }

  /** Ends it at once, as a crash would. */
  async kill(): Promise<void> {
    await this.stop('SIGKILL');
  }

  /** Signals it and waits for its end; gives how long that took, in milliseconds. */
  async stop(signal: NodeJS.Signals = 'SIGINT'): Promise<number> {
    const started = performance.now();
    if (!this.hasEnded) {
      this.signal(signal);
      await this.ended();
    }
    return performance.now() - started;
  }
}
