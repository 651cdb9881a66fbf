// npm test [-- files and options of Jest]; --faults runs the fault tests at full size.
// ONGEA_TEST_RESULT names the file that Jest's result is written to as JSON.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import path from 'node:path';
import { installAndBuild, refuse, root, say } from './install-and-build.mjs';
import { ensureRedisServer } from './redis-server.mjs';
import { lineOf } from './test-line.mjs';

await installAndBuild();
await ensureRedisServer();
const words = process.argv.slice(2);
const isFull = words.includes('--faults');
const scratch = await mkdtemp(path.join(tmpdir(), 'ongea-test-'));
const result = process.env.ONGEA_TEST_RESULT || path.join(scratch, 'result.json');
await rm(result, { force: true });
const jest = path.join(root, 'node_modules', 'jest', 'bin', 'jest.js');
const options = ['--json', `--outputFile=${result}`, ...words.filter((word) => word !== '--faults')];
const child = spawn(process.execPath, ['--experimental-vm-modules', jest, ...options], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, ...(isFull ? { ONGEA_TEST_FULL: '1' } : {}) },
});
// The terminal gives Ctrl-C to Jest as well: it stops its services, and we wait for that.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('error', (error) => refuse(`Jest does not run: ${error.message}`));
child.on('exit', async (code, signal) => {
  const text = await readFile(result, 'utf8').catch(() => undefined);
  await rm(scratch, { recursive: true, force: true });
  if (text !== undefined) say(lineOf(JSON.parse(text)));
  process.exit(code ?? 128 + (constants.signals[signal] ?? 0));
});
