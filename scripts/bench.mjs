// npm run bench:<name> runs test/bench/<name>.ts against the built server code.
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { register } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { installAndBuild, refuse, root } from './install-and-build.mjs';

const folder = path.join(root, 'test', 'bench');
const name = process.argv[2] ?? '';
const file = path.join(folder, `${name}.ts`);
if (!/^[a-z-]+$/.test(name) || !existsSync(file)) {
  const names = (await readdir(folder)).filter((each) => each.endsWith('.ts')).map((each) => each.slice(0, -3));
  refuse(`Which bench? One of: ${names.join(', ')}`);
}
await installAndBuild();
process.setSourceMapsEnabled(true);
register('./typescript-loader.mjs', import.meta.url, { data: { built: true } });
await import(pathToFileURL(file).href);
