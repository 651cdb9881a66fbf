import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, mkdtemp, readFile, realpath, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');

// Stand-ins for npm and the Nest compiler: each says once in the log that it ran; the compiler copies one source.
const npm = `
import fs from 'node:fs';
fs.appendFileSync('log', 'npm ' + process.argv.slice(2, 3) + '\\n');
fs.mkdirSync('node_modules/@nestjs/cli/bin', { recursive: true });
fs.copyFileSync('nest-stand-in.js', 'node_modules/@nestjs/cli/bin/nest.js');
fs.writeFileSync('node_modules/@nestjs/cli/package.json', '{ "type": "module" }');
fs.writeFileSync('node_modules/.package-lock.json', '{}');
`;
const nest = `
import fs from 'node:fs';
import path from 'node:path';
const config = process.argv[process.argv.indexOf('--path') + 1];
const { compilerOptions } = JSON.parse(fs.readFileSync(config, 'utf8'));
const source = fs.readFileSync('apps/cli/src/main.ts', 'utf8');
fs.appendFileSync('log', 'build\\n');
if (source.includes('fault')) process.exit(1);
const out = path.join(path.dirname(config), compilerOptions.outDir, 'apps/cli/src');
fs.mkdirSync(out, { recursive: true });
await new Promise((resolve) => setTimeout(resolve, 300));
fs.writeFileSync(path.join(out, 'main.js'), source);
`;

let checkout: string;

beforeEach(async () => {
  checkout = await realpath(await mkdtemp(path.join(tmpdir(), 'ongea-checkout-')));
  await cp(path.join(root, 'scripts'), path.join(checkout, 'scripts'), { recursive: true });
  await mkdir(path.join(checkout, 'apps/cli/src'), { recursive: true });
  await mkdir(path.join(checkout, 'libs/telephony'), { recursive: true });
  await put('package.json', '{ "type": "module" }');
  for (const name of ['package-lock.json', 'nest-cli.json', 'tsconfig.json']) await put(name, '{}');
  await put('npm-cli.js', npm);
  await put('nest-stand-in.js', nest);
  await put('apps/cli/src/main.ts', 'console.log("one", process.argv.slice(2).join()); process.exitCode = 2;');
});

afterEach(() => rm(checkout, { recursive: true }));

const put = (name: string, text: string): Promise<void> => writeFile(path.join(checkout, name), text);
const log = (): Promise<string> => readFile(path.join(checkout, 'log'), 'utf8');

async function node(script: string, words: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
  const npm_execpath = path.join(checkout, 'npm-cli.js');
  const child = spawn(process.execPath, [path.join(checkout, 'scripts', script), ...words], {
    env: { ...process.env, npm_execpath, ...env },
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (bytes: Buffer) => (output.stdout += bytes.toString()));
  child.stderr.on('data', (bytes: Buffer) => (output.stderr += bytes.toString()));
  const [code] = await once(child, 'close');
  return { code: code as number | null, ...output };
}

describe('npx ongea', () => {
  it('installs and builds once, says so beside its output, and passes on arguments and exit code', async () => {
    const first = await node('ongea.mjs', ['check', '--json']);
    expect(first).toMatchObject({ code: 2, stdout: 'one check,--json\n' });
    expect(first.stderr).toMatch(/^Installing the packages .*\nBuilding …\nBuilt in \d+\.\d s\n$/);
    expect(await node('ongea.mjs')).toEqual({ code: 2, stdout: 'one \n', stderr: '' });
    expect(await log()).toBe('npm ci\nbuild\n');
  });

  it('builds again for a changed source, not for a changed test', async () => {
    await node('ongea.mjs');
    await put('libs/telephony/words.spec.ts', 'a test');
    await node('ongea.mjs');
    expect(await log()).toBe('npm ci\nbuild\n');
    await put('libs/telephony/words.ts', 'a source');
    await node('ongea.mjs');
    expect(await log()).toBe('npm ci\nbuild\nbuild\n');
  });

  it('installs again for a newer list of packages', async () => {
    await node('ongea.mjs');
    const later = new Date(Date.now() + 60_000);
    await utimes(path.join(checkout, 'package-lock.json'), later, later);
    await node('ongea.mjs');
    expect(await log()).toBe('npm ci\nbuild\nnpm ci\n');
  });

  it('installs and builds once for two starts at the same moment', async () => {
    const both = await Promise.all([node('ongea.mjs'), node('ongea.mjs')]);
    expect(both.map(({ code, stdout }) => [code, stdout])).toEqual([
      [2, 'one \n'],
      [2, 'one \n'],
    ]);
    expect(await log()).toBe('npm ci\nbuild\n');
  });

  it('stops at a fault in the sources and keeps the last build', async () => {
    await node('ongea.mjs');
    await put('apps/cli/src/main.ts', 'a fault');
    const faulty = await node('ongea.mjs');
    expect(faulty).toEqual({ code: 1, stdout: '', stderr: expect.stringMatching(/Building failed: .*\n$/) });
    await put('apps/cli/src/main.ts', 'console.log("mended")');
    expect(await node('ongea.mjs')).toMatchObject({ code: 0, stdout: 'mended\n' });
  });
});

describe('npm test', () => {
  it('says in one line what to install where there is no Redis', async () => {
    await node('ongea.mjs');
    await mkdir(path.join(checkout, 'bin'));
    const { code, stderr } = await node('test.mjs', [], { PATH: path.join(checkout, 'bin') });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^The tests need a redis-server on the PATH: install it \(.*\)\.\n$/);
  });

  it('hands its arguments to Jest, and --faults as full size', async () => {
    await node('ongea.mjs');
    await mkdir(path.join(checkout, 'bin'));
    await put('bin/redis-server', '#!/bin/sh\n');
    await chmod(path.join(checkout, 'bin/redis-server'), 0o755);
    await mkdir(path.join(checkout, 'node_modules/jest/bin'), { recursive: true });
    const jest = 'console.log(process.argv.slice(3).join(), process.env.ONGEA_TEST_FULL); process.exit(3);';
    await put('node_modules/jest/bin/jest.js', jest);
    const { code, stdout } = await node('test.mjs', ['--faults', 'libs/ussd'], { PATH: path.join(checkout, 'bin') });
    expect([code, stdout]).toEqual([3, expect.stringMatching(/libs\/ussd 1\n$/)]);
  });

  it.each([
    [
      { numPassedTests: 5, numFailedTests: 1, numRuntimeErrorTestSuites: 1, numPendingTests: 0, numTodoTests: 0 },
      0,
      '5 passed, 2 failed\n',
    ],
    [
      { numPassedTests: 5, numFailedTests: 0, numRuntimeErrorTestSuites: 0, numPendingTests: 1, numTodoTests: 1 },
      1,
      '2 tests were skipped, and none may be\n5 passed, 0 failed\n',
    ],
  ])('sums a result up in one line', async (result, code, stdout) => {
    await put('result.json', JSON.stringify(result));
    expect(await node('test-line.mjs', [path.join(checkout, 'result.json')])).toEqual({ code, stdout, stderr: '' });
  });
});
