import colors from 'picocolors';
import type { Io } from './io.js';

/** Colours where a person looks at a terminal that has them, else none. */
export function colorsOf({ stdout, env }: Io): ReturnType<typeof colors.createColors> {
  return colors.createColors(stdout.isTTY === true && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb');
}
