import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, open, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Binaries } from './binaries.js';
import { program } from './binaries.js';
import { ongea } from './database.js';
import { EmbeddedPostgresFault, codeOf, writing } from './fault.js';
import { programEnvironment, type Place } from './place.js';

const passwordFile = (data: string): string => path.join(data, 'ongea.password');

/** Makes the cluster where there is none; refuses one that another major version of Postgres made. */
export async function prepareCluster(place: Place, binaries: Binaries, log: (line: string) => void): Promise<void> {
  const made = await readFile(path.join(place.data, 'PG_VERSION'), 'utf8').catch(() => undefined);
  if (made === undefined) return writing(path.dirname(place.data), () => initialise(place, log));
  if (made.trim() === binaries.major) return;
  throw new EmbeddedPostgresFault(
    `${place.data} was made by Postgres ${made.trim()}, and this Ongea carries Postgres ${binaries.major}: ` +
      'dump it with the old version and set DATABASE_URL, or move the folder away to begin with an empty one.',
  );
}

/** The generated password of the cluster's user. */
export async function readPassword(data: string): Promise<string> {
  const text = await readFile(passwordFile(data), 'utf8').catch((error: unknown) => {
    throw new EmbeddedPostgresFault(
      `Cannot read ${passwordFile(data)} (${codeOf(error) ?? 'unknown'}): start as the user that made the folder, ` +
        'or move the folder away to begin with an empty one.',
      { cause: error },
    );
  });
  return text.trim();
}

// Made beside its place and then renamed, so that a half-made cluster is never taken for a whole one and two starts do not collide.
async function initialise(place: Place, log: (line: string) => void): Promise<void> {
  await refuseForeignFolder(place.data);
  await removeRemains(place.data);
  const fresh = `${place.data}.new-${process.pid}-${randomBytes(3).toString('hex')}`;
  const password = randomBytes(24).toString('hex');
  await mkdir(fresh, { mode: 0o700 });
  log(`Making a private Postgres in ${place.data} …`);
  await writeFile(`${fresh}.password`, password, { mode: 0o600 });
  await give(place, fresh);
  await give(place, `${fresh}.password`);
  try {
    await runInitdb(place, fresh);
    await rename(`${fresh}.password`, passwordFile(fresh));
    await rename(fresh, place.data);
  } catch (error) {
    if (codeOf(error) !== 'ENOTEMPTY' && codeOf(error) !== 'EEXIST') throw error;
    await refuseForeignFolder(place.data);
  } finally {
    await rm(fresh, { recursive: true, force: true });
    await rm(`${fresh}.password`, { force: true });
  }
}

async function refuseForeignFolder(data: string): Promise<void> {
  const names = await readdir(data).catch((): string[] => []);
  if (names.length === 0 || names.includes('PG_VERSION')) return;
  throw new EmbeddedPostgresFault(
    `${data} is not empty and holds no Postgres data: move it away, or set ONGEA_DATA_DIR to another folder.`,
  );
}

async function removeRemains(data: string): Promise<void> {
  const folder = path.dirname(data);
  for (const name of await readdir(folder)) {
    const pid = /^postgres\.new-(\d+)-/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) await rm(path.join(folder, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

async function give({ account }: Place, file: string): Promise<void> {
  if (account !== undefined) await chown(file, account.uid, account.gid);
}

async function runInitdb(place: Place, folder: string): Promise<void> {
  const words = ['-D', folder, '-U', ongea, '--auth=scram-sha-256', `--pwfile=${folder}.password`];
  // The builtin provider knows Unicode by itself: the same order and the same letters on every machine.
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const { code, output } = await outputOf(place, [program(place.native, 'initdb'), ...words, ...locale]);
  if (code === 0) return;
  const line = output.split('\n').find((text) => /error|fatal|could not/i.test(text)) ?? output.trim();
  if (/No space left/.test(output)) throw Object.assign(new Error(line), { code: 'ENOSPC' });
  throw new EmbeddedPostgresFault(
    `Making the private Postgres failed: ${line.trim()}. Set DATABASE_URL to a Postgres of your own.`,
  );
}

/** A program of the binaries that runs on, in a session of its own: Ctrl-C at the terminal does not reach it. */
export function launch(place: Place, command: readonly string[], output: number | 'pipe') {
  const [first = '', ...rest] = [...place.prefix, ...command];
  return spawn(first, rest, {
    cwd: '/',
    env: programEnvironment,
    detached: true,
    stdio: ['ignore', output, output],
    ...(place.account ?? {}),
  });
}

function outputOf(place: Place, command: readonly string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = launch(place, command, 'pipe');
    let output = '';
    const take = (bytes: Buffer): void => void (output += bytes.toString());
    child.stdout?.on('data', take);
    child.stderr?.on('data', take);
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}

/** Opens the file for what Postgres says, emptied; and its path. */
export async function openLog(folder: string) {
  const file = path.join(folder, 'postgres.log');
  await rm(file, { force: true });
  return { file, handle: await open(file, 'a', 0o600) };
}
