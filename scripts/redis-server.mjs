// Finds the Redis of this machine for the tests; the npm registry carries none.
import { constants } from 'node:fs';
import { access, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { refuse, run, say } from './install-and-build.mjs';

/** Makes sure that `redis-server` is on the PATH, or ends the process with one line that says what to install. */
export async function ensureRedisServer() {
  if (await isOnPath('redis-server')) return;
  if (process.getuid?.() === 0 && (await isOnPath('apt-get'))) await installPackage();
  if (await isOnPath('redis-server')) return;
  refuse(
    'The tests need a redis-server on the PATH: install it (Debian: apt-get install redis-server; macOS: brew install redis).',
  );
}

async function isOnPath(program) {
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter((folder) => folder !== '');
  const found = folders.map((folder) => access(path.join(folder, program), constants.X_OK));
  return Promise.any(found).then(
    () => true,
    () => false,
  );
}

async function installPackage() {
  say("There is no redis-server here: installing Debian's package redis-server, without starting its service …");
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const install = () => run('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'redis-server'], { env });
  const allowServicesAgain = await forbidServices();
  try {
    if ((await install()) !== 0 && (await run('apt-get', ['update', '-q'], { env })) === 0) await install();
  } finally {
    await allowServicesAgain();
  }
}

// Debian's packages ask this program before they start a service; 101 means no.
async function forbidServices() {
  const policy = '/usr/sbin/policy-rc.d';
  try {
    await writeFile(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755, flag: 'wx' });
  } catch (error) {
    if (error.code === 'EEXIST') return async () => undefined;
    throw error;
  }
  return () => rm(policy, { force: true });
}
