import { mkdir, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isNativeError } from 'node:util/types';
import { SpoolRefused } from './spool-refused.js';

const segmentName = /^(\d{10})\.spool$/;

/** The path of a segment; the numbers grow, so the names sort by age. */
export function segmentPath(folder: string, number: number): string {
  return join(folder, `${String(number).padStart(10, '0')}.spool`);
}

/** The numbers of the segments in a folder, oldest first. */
export async function segmentNumbers(folder: string): Promise<number[]> {
  const names = await readdir(folder);
  return names
    .flatMap((name) => segmentName.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

/** Makes what was created in or removed from a folder survive a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Makes the folder this process's own and proves that it can be written.
 * @throws SpoolRefused
 */
export async function claimFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const holder = await readFile(lockPath(folder), 'utf8').catch(() => '');
    if (await isAlive(holder)) {
      throw new SpoolRefused(
        `the spool ${folder} is in use by process ${pidOf(holder)}: set ONGEA_DATA_DIR to another folder`,
      );
    }
    await writeFile(lockPath(folder), await identityOf(process.pid), { mode: 0o600, flush: true });
  } catch (error) {
    if (error instanceof SpoolRefused) throw error;
    const reason = isNativeError(error) ? error.message : String(error);
    throw new SpoolRefused(`the spool ${folder} cannot be written: ${reason}`, { cause: error });
  }
}

/** Lets another process claim the folder. */
export async function releaseFolder(folder: string): Promise<void> {
  await rm(lockPath(folder), { force: true });
}

function lockPath(folder: string): string {
  return join(folder, 'lock');
}

function pidOf(identity: string): string {
  return identity.split(' ')[0] ?? '';
}

/** Process ids are used again, in containers at every start: where the system tells it, the start time tells them apart. */
async function identityOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${String(pid)}/stat`, 'utf8').catch(() => '');
  const startedAt = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  return `${String(pid)} ${startedAt}`;
}

async function isAlive(identity: string): Promise<boolean> {
  const pid = Number(pidOf(identity));
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return isNativeError(error) && 'code' in error && error.code === 'EPERM';
  }
  return (await identityOf(pid)) === identity;
}
