import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { startEmbeddedPostgres, type EmbeddedPostgres } from './index.js';
import { findPostmaster } from './postmaster.js';
import { LauncherOutside, type Launched } from '../../../../test/support/launcher-outside.js';

const quick = { fsync: 'off', shared_buffers: '16MB' };

let outside: LauncherOutside;
let lines: string[];
let dataDir: string;
let count = 0;
const running: EmbeddedPostgres[] = [];
const children: ChildProcess[] = [];

beforeAll(async () => {
  outside = await LauncherOutside.make();
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((postgres) => postgres.stop()));
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

afterAll(() => outside.remove());

const cluster = (): string => path.join(dataDir, 'postgres');

function freshFolder(): void {
  dataDir = path.join(outside.folder, `data-${++count}`);
  lines = [];
}

async function start(): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ dataDir, log: (line) => lines.push(line), settings: quick });
  running.push(postgres);
  return postgres;
}

async function query(url: string, text: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<{ value: unknown }>(text)).rows[0]?.value;
  } finally {
    await client.end();
  }
}

async function until(fact: () => Promise<boolean>): Promise<void> {
  while (!(await fact())) await pause(50);
}

const isStopped = async (): Promise<boolean> => (await findPostmaster(cluster())) === undefined;

describe('a private Postgres', () => {
  it('keeps its data from one start to the next, on 127.0.0.1 alone', async () => {
    freshFolder();
    const first = await start();
    expect(lines).toEqual([`Making a private Postgres in ${cluster()} …`]);
    await query(first.url, 'CREATE TABLE kept AS SELECT 7 AS value');
    expect(await query(first.url, "SELECT current_setting('listen_addresses') AS value")).toBe('127.0.0.1');
    await first.stop();
    expect(await isStopped()).toBe(true);
    const second = await start();
    expect(await query(second.url, 'SELECT value FROM kept')).toBe(7);
    expect(new URL(second.url).port).toBe(new URL(first.url).port);
    expect(lines).toHaveLength(1);
  });

  it('lets nobody in without the password', async () => {
    freshFolder();
    const { url } = await start();
    await expect(query(url.replace(/:[0-9a-f]{48}@/, ':guess@'), 'SELECT 1')).rejects.toThrow(/password/);
  });

  it('takes another port where its own is busy', async () => {
    freshFolder();
    const first = await start();
    await first.stop();
    const { port } = new URL(first.url);
    const squatter = createServer().listen(Number(port), '127.0.0.1');
    await once(squatter, 'listening');
    const second = await start();
    squatter.close();
    expect(new URL(second.url).port).not.toBe(port);
    expect(lines.at(-1)).toBe(`Port ${port} is taken: the private Postgres gets another`);
    expect(await query(second.url, 'SELECT 1 AS value')).toBe(1);
  });

  it('leaves nothing running where no keeper can be started for it', async () => {
    freshFolder();
    // Everything that a start runs but mkfifo, which makes the keeper's pipe.
    const programs = path.join(outside.folder, 'programs');
    await mkdir(programs);
    for (const name of ['env', 'ps', 'sh', 'unshare']) {
      const found = spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim();
      if (found !== '') await symlink(found, path.join(programs, name));
    }
    const uid = process.getuid?.() ?? 0;
    const user = { name: 'an ordinary user', uid, prefix: [`PATH=${programs}`] } as const;
    expect(await outside.launchInVain(dataDir, children, user)).toContain('mkfifo ENOENT');
    await until(async () => !(await readdir(cluster())).includes('postmaster.pid'));
    expect(await isStopped()).toBe(true);
  });

  it('is shared by two starts at the same moment on an empty folder', async () => {
    freshFolder();
    const [one, two] = await Promise.all([start(), start()]);
    expect(one.url).toBe(two.url);
    await Promise.all([one.stop(), two.stop()]);
    await until(isStopped);
  });

  it('runs on until the last process that uses it stops', async () => {
    freshFolder();
    const owner = await outside.launch(dataDir, children);
    const guest = await start();
    expect(guest.url).toBe(owner.url);
    await owner.end('SIGTERM');
    expect(owner.output()).toContain('another process uses it');
    expect(await query(guest.url, 'SELECT 1 AS value')).toBe(1);
    await guest.stop();
    await until(isStopped);
  });
});

describe('what a crash leaves behind', () => {
  it('stops by itself when its server is killed', async () => {
    freshFolder();
    const owner = await outside.launch(dataDir, children);
    expect(await isStopped()).toBe(false);
    await owner.end('SIGKILL');
    await until(isStopped);
    expect((await readdir(dataDir)).filter((name) => name.includes('lease'))).toEqual([]);
  });

  it('is started again where it ends by itself, and found at the same address', async () => {
    freshFolder();
    const postgres = await start();
    const { url } = postgres;
    await query(url, 'CREATE TABLE kept AS SELECT 7 AS value');
    const first = (await findPostmaster(cluster()))?.pid;
    process.kill(first as number, 'SIGKILL');
    await until(() =>
      query(url, 'SELECT value FROM kept')
        .then((value) => value === 7)
        .catch(() => false),
    );
    expect((await findPostmaster(cluster()))?.pid).not.toBe(first);
    expect(lines).toContain('The private Postgres runs again');
    await postgres.stop();
    expect(await isStopped()).toBe(true);
  });

  it('stays down where it is stopped while it is about to be started again', async () => {
    freshFolder();
    const postgres = await start();
    process.kill((await findPostmaster(cluster()))?.pid as number, 'SIGKILL');
    await until(() => Promise.resolve(lines.some((line) => line.includes('has ended'))));
    await postgres.stop();
    await pause(1_500);
    expect(await isStopped()).toBe(true);
  });

  it('takes over from a Postgres whose server and keeper are both gone', async () => {
    freshFolder();
    const owner = await outside.launch(dataDir, children);
    const orphan = await findPostmaster(cluster());
    await outside.killKeeperOf(orphan!.pid);
    await owner.end('SIGKILL');
    const { url } = await start();
    expect(lines).toContain(`Stopping the Postgres (process ${orphan!.pid}) that a killed server left behind`);
    expect(await query(url, 'SELECT 1 AS value')).toBe(1);
  });

  it.each(['another program has its process id', 'nothing has its process id'])(
    'starts over a lock when %s',
    async (now) => {
      freshFolder();
      const first = await start();
      const lock = await readFile(path.join(cluster(), 'postmaster.pid'), 'utf8');
      await first.stop();
      const pid = now.startsWith('another') ? process.pid : 2 ** 22 - 1;
      await writeFile(path.join(cluster(), 'postmaster.pid'), lock.replace(/^\d+/, String(pid)));
      const second = await start();
      expect(await query(second.url, 'SELECT 1 AS value')).toBe(1);
    },
  );

  it('throws away a half-made cluster', async () => {
    freshFolder();
    const remains = path.join(dataDir, `postgres.new-${2 ** 22 - 1}-a1b2c3`);
    await mkdir(remains, { recursive: true });
    const { url } = await start();
    expect(await query(url, 'SELECT 1 AS value')).toBe(1);
    await expect(readdir(remains)).rejects.toThrow('ENOENT');
  });
});

describe('one clear line', () => {
  it('for a folder of another major version', async () => {
    freshFolder();
    await mkdir(cluster(), { recursive: true });
    await writeFile(path.join(cluster(), 'PG_VERSION'), '15\n');
    await expect(start()).rejects.toThrow(
      /^\S+ was made by Postgres 15, and this Ongea carries Postgres 18: dump it .*$/,
    );
  });

  it('for a folder that holds something else', async () => {
    freshFolder();
    await mkdir(path.join(cluster(), 'holiday-pictures'), { recursive: true });
    await expect(start()).rejects.toThrow(/^\S+ is not empty and holds no Postgres data: move it away, .*$/);
    expect(await readdir(cluster())).toEqual(['holiday-pictures']);
  });

  it('for a place that cannot be written to', async () => {
    freshFolder();
    await writeFile(dataDir, 'a file where the folder should be');
    dataDir = path.join(dataDir, 'below');
    await expect(start()).rejects.toThrow(
      /^Cannot write to \S+: a part of the path is no folder\. Set ONGEA_DATA_DIR .*$/,
    );
  });

  it('for a broken cluster', async () => {
    freshFolder();
    await (await start()).stop();
    await rm(path.join(cluster(), 'global', 'pg_control'));
    await expect(start()).rejects.toThrow(/^The private Postgres does not start: .*pg_control.*$/);
  });
});

describe.each([...LauncherOutside.usersHere()])('as $name', (user) => {
  it('runs in a folder that only this user may enter', async () => {
    freshFolder();
    await mkdir(dataDir, { mode: 0o700 });
    await outside.give(user, dataDir);
    const owner: Launched = await outside.launch(dataDir, children, user);
    expect(await query(owner.url, 'SELECT 1 AS value')).toBe(1);
    await owner.end('SIGTERM');
    await until(isStopped);
  });

  it('makes the library links that a forbidden install script did not', async () => {
    freshFolder();
    await mkdir(dataDir, { mode: 0o700 });
    await outside.give(user, dataDir);
    await outside.removeLibraryLinks(user);
    const owner = await outside.launch(dataDir, children, user);
    expect(await query(owner.url, 'SELECT 1 AS value')).toBe(1);
    await owner.end('SIGTERM');
    await until(isStopped);
  });
});

it('ends with one line where the disk refuses the user', async () => {
  freshFolder();
  await mkdir(dataDir);
  await chmod(dataDir, 0o500);
  const plain = LauncherOutside.usersHere().find(({ name }) => name === 'an ordinary user')!;
  const output = await outside.launchInVain(dataDir, children, plain);
  expect(output).toMatch(/^Cannot write to \S+: permission denied\. Set ONGEA_DATA_DIR .*\n$/);
});
