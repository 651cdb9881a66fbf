#!/usr/bin/env node
// npx ongea …
import { pathToFileURL } from 'node:url';
import { entryOf, installAndBuild } from './install-and-build.mjs';

await installAndBuild();
process.setSourceMapsEnabled(true);
await import(pathToFileURL(entryOf('cli')).href);
