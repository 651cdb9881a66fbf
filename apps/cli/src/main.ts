import { run } from './program.js';

/** What an action left open may not keep the process for longer, in milliseconds. */
const lingerMs = 500;

// A reader that has seen enough (`| head`) is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

const { stdin, stdout, stderr, env } = process;
process.exitCode = await run(process.argv.slice(2), { stdin, stdout, stderr, env });
setTimeout(() => process.exit(), lingerMs).unref();
