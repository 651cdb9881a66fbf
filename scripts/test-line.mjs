// node scripts/test-line.mjs <file>: the one line about a result that Jest wrote as JSON; exit 1 where a test was skipped.
import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';

/** `N passed, N failed`; a file that does not even load counts as one failure. */
export function lineOf({ numPassedTests, numFailedTests, numRuntimeErrorTestSuites }) {
  return `${numPassedTests} passed, ${numFailedTests + numRuntimeErrorTestSuites} failed`;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const result = JSON.parse(await readFile(process.argv[2], 'utf8'));
  const skipped = result.numPendingTests + result.numTodoTests;
  if (skipped > 0) console.log(`${skipped} tests were skipped, and none may be`);
  console.log(lineOf(result));
  if (skipped > 0) process.exitCode = 1;
}
