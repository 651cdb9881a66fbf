// npm start
import { pathToFileURL } from 'node:url';
import { entryOf, installAndBuild } from './install-and-build.mjs';

await installAndBuild();
process.setSourceMapsEnabled(true);
// In this same process: a signal reaches the server once, directly, and its exit code is ours.
await import(pathToFileURL(entryOf('server')).href);
