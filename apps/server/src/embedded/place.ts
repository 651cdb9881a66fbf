import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chown, cp, mkdir, readFile, realpath, rename, rm, stat, symlink } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { program, type Binaries } from './binaries.js';
import { EmbeddedPostgresFault, writing } from './fault.js';

const run = promisify(execFile);

/** An unprivileged user and group, by number. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** Where the data and the programs are, and as whom the programs run; Postgres refuses to run as root. */
export interface Place {
  /** The real path of the cluster; it need not exist yet. */
  readonly data: string;
  readonly native: string;
  /** Words to put before a command line, or none. */
  readonly prefix: readonly string[];
  /** Set where root hands the programs over to another user. */
  readonly account: Account | undefined;
}

/** The environment of every Postgres program: nothing of ours leaks in (`PGPORT`, `PGDATA`, …), messages are in English. */
export const programEnvironment: Readonly<Record<string, string>> = {
  PATH: process.env['PATH'] ?? '/usr/bin:/bin',
  LC_ALL: 'C',
};

/** Finds a way to run Postgres on the data below `dataDir`, which exists. */
export async function findPlace(dataDir: string, binaries: Binaries, log: (line: string) => void): Promise<Place> {
  const data = path.join(await realpath(dataDir), 'postgres');
  const { native } = binaries;
  const known = await findKnownAccount();
  if (process.getuid?.() !== 0) return ordinaryPlace(data, native, known);
  const owner = await stat(data).catch(() => undefined);
  if (owner !== undefined && owner.uid !== 0) {
    const account = { uid: owner.uid, gid: owner.gid };
    return handOver({ data: await realpath(data), native, prefix: [], account }, binaries);
  }
  const prefix = namespacePrefix(known);
  if (await canRun(prefix, dataDir, native)) return { data, native, prefix, account: undefined };
  if (owner !== undefined) {
    throw new EmbeddedPostgresFault(
      `${data} belongs to root, Postgres refuses to run as root, and this machine allows no user namespaces: ` +
        'start as an ordinary user that owns the folder, or set DATABASE_URL.',
    );
  }
  return moveAway(data, binaries, known, log);
}

async function ordinaryPlace(data: string, native: string, known: KnownAccount): Promise<Place> {
  const direct: Place = { data, native, prefix: [], account: undefined };
  if (known.uids.has(process.getuid?.() ?? 0)) return direct;
  // initdb and postgres look their user up by number and end where it has no name, as in a container started with -u 12345.
  const prefix = namespacePrefix(known);
  if (await canRun(prefix, path.dirname(data), native)) return { ...direct, prefix };
  return direct;
}

const namespacePrefix = ({ uid, gid }: Account): readonly string[] => [
  'unshare',
  '--user',
  `--map-user=${uid}`,
  `--map-group=${gid}`,
];

async function canRun(prefix: readonly string[], folder: string, native: string): Promise<boolean> {
  const test = ['sh', '-c', 'test -w "$1" && exec "$2" --version', 'sh', folder, program(native, 'postgres')];
  return run('env', [...prefix, ...test], { env: programEnvironment }).then(
    () => true,
    () => false,
  );
}

interface KnownAccount extends Account {
  readonly uids: ReadonlySet<number>;
}

async function findKnownAccount(): Promise<KnownAccount> {
  const lines = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const accounts = lines
    .split('\n')
    .map((line) => line.split(':'))
    .map(([name, , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }));
  const plain = accounts.filter(({ uid, gid }) => uid > 0 && gid > 0);
  const chosen = plain.find(({ name }) => name === 'nobody') ?? plain[0] ?? { uid: 1, gid: 1 };
  return { uid: chosen.uid, gid: chosen.gid, uids: new Set(accounts.map(({ uid }) => uid)) };
}

// Without user namespaces another user must run Postgres, and a folder below root's own lets nobody else in.
async function moveAway(
  data: string,
  binaries: Binaries,
  account: Account,
  log: (line: string) => void,
): Promise<Place> {
  const home = path.join('/var/lib/ongea', createHash('sha256').update(data).digest('hex').slice(0, 12));
  log(`Postgres may not run as root: its data is kept in ${home}, and ${data} points there`);
  return writing(home, async () => {
    await mkdir(home, { recursive: true, mode: 0o755 });
    await chown(home, account.uid, account.gid);
    const target = path.join(home, 'postgres');
    await rm(data, { force: true });
    await symlink(target, data);
    return handOver({ data: target, native: binaries.native, prefix: [], account }, binaries);
  });
}

async function handOver(place: Place & { readonly account: Account }, binaries: Binaries): Promise<Place> {
  if (await accountCanRun(place.account, binaries.native)) return place;
  const copy = path.join(path.dirname(place.data), `postgres-${binaries.major}-programs`);
  if (!(await accountCanRun(place.account, copy))) {
    const fresh = `${copy}.${process.pid}`;
    await cp(binaries.native, fresh, { recursive: true, verbatimSymlinks: true });
    await rm(copy, { recursive: true, force: true });
    await rename(fresh, copy);
  }
  return { ...place, native: copy };
}

async function accountCanRun(account: Account, native: string): Promise<boolean> {
  const { uid, gid } = account;
  return run(program(native, 'postgres'), ['--version'], { uid, gid, cwd: '/', env: programEnvironment }).then(
    () => true,
    () => false,
  );
}
