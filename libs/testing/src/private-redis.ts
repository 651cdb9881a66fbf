import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';

export interface PrivateRedisOptions {
  /** Keeps the data over a restart. */
  readonly appendOnly?: boolean;
  /** As in redis.conf (`3mb`); what is stored is never evicted. */
  readonly maxmemory?: string;
  readonly cluster?: boolean;
  /** The port of the server that this one is to follow. */
  readonly replicaOf?: number;
  /** More arguments of redis-server. */
  readonly args?: readonly string[];
}

const startLimitMs = 10_000;

/** A Redis of a test's own, on a free port of 127.0.0.1 with a folder of its own; it ends with the test process. */
export class PrivateRedis {
  readonly host = '127.0.0.1';
  private server: ChildProcess | undefined;
  private watchdog: ChildProcess | undefined;
  private output = '';

  private constructor(
    readonly port: number,
    /** The port on which the nodes of a cluster talk to each other. */
    readonly busPort: number,
    private readonly folder: string,
    private readonly options: PrivateRedisOptions,
  ) {}

  /** Resolves once the server answers. Needs `redis-server` on the PATH. */
  static async start(options: PrivateRedisOptions = {}): Promise<PrivateRedis> {
    const folder = await mkdtemp(join(tmpdir(), 'ongea-redis-'));
    for (let attempt = 1; ; attempt++) {
      const [port, busPort] = await freePorts(2);
      const redis = new PrivateRedis(port!, busPort!, folder, options);
      try {
        await redis.start();
        return redis;
      } catch (error) {
        // Another process may have taken the port since.
        if (attempt === 3) throw error;
      }
    }
  }

  get url(): string {
    return `redis://${this.host}:${this.port}`;
  }

  /** Starts it again after {@link stop} or {@link kill}, on the same port, with what it had kept. */
  async start(): Promise<void> {
    const server = spawn('redis-server', this.args(), { stdio: ['ignore', 'pipe', 'ignore'] });
    this.server = server;
    server.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.output = (this.output + text).slice(-2_000);
    });
    const failed = new Promise<never>((_, reject) => {
      server.once('error', reject);
      server.once('exit', () => {
        reject(new Error(`redis-server ended at its start:\n${this.output}`));
      });
    });
    failed.catch(() => undefined);
    await Promise.race([once(server, 'spawn'), failed]);
    this.watchdog = watch(server.pid!, this.folder);
    await Promise.race([this.untilItAnswers(), failed]);
  }

  /** One command on a connection of its own; rejects when the server does not take it. */
  async command(name: string, ...args: readonly (string | number)[]): Promise<unknown> {
    const client = new Redis({ port: this.port, host: this.host, lazyConnect: true, retryStrategy: null });
    client.on('error', () => undefined);
    try {
      return await client.call(name, ...args);
    } finally {
      client.disconnect();
    }
  }

  /** Lets it finish what it does, and keep its data. */
  async stop(): Promise<void> {
    await this.end('SIGTERM');
  }

  /** As a crash would. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** From now on it takes connections and bytes, and answers nothing. */
  freeze(): void {
    this.server?.kill('SIGSTOP');
  }

  thaw(): void {
    this.server?.kill('SIGCONT');
  }

  /** Ends it for good and removes its folder. */
  async remove(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }

  private args(): string[] {
    const { appendOnly, maxmemory, cluster, replicaOf, args } = this.options;
    return [
      ...['--port', String(this.port), '--bind', this.host, '--dir', this.folder, '--save', ''],
      ...['--appendonly', appendOnly === true ? 'yes' : 'no', '--repl-diskless-sync-delay', '0'],
      ...(maxmemory === undefined ? [] : ['--maxmemory', maxmemory, '--maxmemory-policy', 'noeviction']),
      ...(cluster === true ? ['--cluster-enabled', 'yes', '--cluster-port', String(this.busPort)] : []),
      ...(cluster === true ? ['--cluster-node-timeout', '2000'] : []),
      ...(replicaOf === undefined ? [] : ['--replicaof', this.host, String(replicaOf)]),
      ...(args ?? []),
    ];
  }

  private async untilItAnswers(): Promise<void> {
    const giveUp = Date.now() + startLimitMs;
    for (;;) {
      try {
        await this.command('PING');
        return;
      } catch (error) {
        if (Date.now() > giveUp) throw error;
        await pause(20);
      }
    }
  }

  private async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const { server, watchdog } = this;
    this.server = undefined;
    this.watchdog = undefined;
    watchdog?.kill('SIGKILL');
    if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
    const gone = once(server, 'exit');
    if (signal === 'SIGTERM') server.kill('SIGCONT');
    server.kill(signal);
    await gone;
  }
}

/** Starts a {@link PrivateRedis}. */
export function startPrivateRedis(options: PrivateRedisOptions = {}): Promise<PrivateRedis> {
  return PrivateRedis.start(options);
}

/** Asks the system for ports that nobody listens on. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      return server;
    }),
  );
  const ports = servers.map(portOf);
  await Promise.all(servers.map(async (server) => once(server.close(), 'close')));
  return ports;
}

/** The port that a TCP server listens on. */
export function portOf(server: Server): number {
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server does not listen on a port');
  return address.port;
}

/**
 * A shell whose standard input closes when this process ends, however it ends (exit hooks do not run at SIGKILL); then
 * it ends the server and removes its folder.
 */
function watch(pid: number, folder: string): ChildProcess {
  const script = 'cat >/dev/null; kill -9 "$1" 2>/dev/null; rm -rf "$2"';
  const shell = spawn('sh', ['-c', script, 'watchdog', String(pid), folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  shell.stdin.on('error', () => undefined);
  shell.unref();
  if ('unref' in shell.stdin && typeof shell.stdin.unref === 'function') shell.stdin.unref();
  return shell;
}
