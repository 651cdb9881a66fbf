import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const reporter = new URL('./servers/processor-time.mjs', import.meta.url).href;
const startLimitMs = 60_000;

/** A server under test in a process of its own; it ends with ours. */
export class ServerProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  /** Starts a script that writes a JSON line with its `url` to standard output; resolves once it has. */
  static async start(script: URL, env: Readonly<Record<string, string>>): Promise<ServerProcess> {
    const child = fork(fileURLToPath(script), {
      execArgv: [...extraArguments(), '--import', reporter],
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], NODE_ENV: 'production', ...env },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), startLimitMs);
    try {
      for await (const line of createInterface(child.stdout!)) {
        const url = urlIn(line);
        if (url === undefined) continue;
        child.stdout!.resume();
        return new ServerProcess(child, url);
      }
    } finally {
      clearTimeout(timer);
    }
    throw new Error(`${script.href} ended at its start`);
  }

  /** What the process has used so far, in microseconds, all its threads together. */
  async processorTime(): Promise<number> {
    this.child.send('processor-time');
    const [{ user, system }] = (await once(this.child, 'message')) as [NodeJS.CpuUsage];
    return user + system;
  }

  /** Resident memory, in bytes. One question at a time. */
  async residentMemory(): Promise<number> {
    this.child.send('memory');
    const [{ resident }] = (await once(this.child, 'message')) as [{ readonly resident: number }];
    return resident;
  }

  async stop(): Promise<void> {
    const gone = once(this.child, 'exit');
    this.child.kill('SIGINT');
    await gone;
  }
}

/** `BENCH_NODE_ARGS=--cpu-prof` profiles the servers. */
function extraArguments(): string[] {
  return (process.env['BENCH_NODE_ARGS'] ?? '').split(' ').filter((word) => word !== '');
}

function urlIn(line: string): string | undefined {
  try {
    const { url } = JSON.parse(line) as { readonly url?: string };
    return url;
  } catch {
    return undefined;
  }
}
