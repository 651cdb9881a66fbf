// Lets plain Node import our TypeScript, compiled as Jest compiles it; for the tools around the tests, never for the server.
import { transform } from '@swc/core';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
let useBuilt = false;

/** `built`: take `@app/…` and everything below `apps` and `libs` from the build instead of the sources. */
export function initialize({ built = false } = {}) {
  useBuilt = built;
}

export async function resolve(specifier, context, next) {
  const library = /^@app\/([a-z-]+)$/.exec(specifier)?.[1];
  if (library !== undefined) return found(path.join(root, 'libs', library, 'src', 'index.ts'));
  const isOurs = specifier.startsWith('.') && context.parentURL?.startsWith('file:');
  if (!isOurs || !specifier.endsWith('.js')) return next(specifier, context);
  const source = fileURLToPath(new URL(specifier, context.parentURL)).replace(/\.js$/, '.ts');
  return existsSync(source) ? found(source) : next(specifier, context);
}

function found(source) {
  const inRoot = path.relative(root, source);
  const built = path.join(root, 'dist', 'apps', 'server', inRoot.replace(/\.ts$/, '.js'));
  // What only tests use is not in the build.
  const isBuilt = useBuilt && /^(apps|libs)[\\/]/.test(inRoot) && existsSync(built);
  return { url: pathToFileURL(isBuilt ? built : source).href, shortCircuit: true };
}

export async function load(url, context, next) {
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return next(url, context);
  const filename = fileURLToPath(url);
  const { code } = await transform(await readFile(filename, 'utf8'), {
    filename,
    sourceMaps: 'inline',
    swcrc: false,
    jsc: {
      target: 'es2023',
      keepClassNames: true,
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
    },
    module: { type: 'es6' },
  });
  return { format: 'module', source: code, shortCircuit: true };
}
