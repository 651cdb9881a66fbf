// npm start
import { pathToFileURL } from 'node:url';
import { entryOf, installAndBuild } from './install-and-build.mjs';

// Before the build: an npm that is ended during it must not leave a server behind either.
stopWithParent();
await installAndBuild();
process.setSourceMapsEnabled(true);
// In this same process: a signal reaches the server once, directly, and its exit code is ours.
await import(pathToFileURL(entryOf('server')).href);

/**
 * npm runs this under a shell that keeps signals to itself: whoever ends npm, or closes its terminal, ends the shell, and
 * the server must not stay behind.
 */
function stopWithParent() {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, 500);
  watch.unref();
}
