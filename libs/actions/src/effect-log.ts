/** Where runs of effects are reported to; a pino logger fits. */
export interface EffectLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What may be logged of an error: its kind and where it arose. Its message may hold what the caller typed. */
export function traceOf(error: unknown): { readonly error: string; readonly at: readonly string[] } {
  // Not instanceof: errors of other realms have kind and stack as well.
  const { name, stack } = typeof error === 'object' && error !== null ? (error as Partial<Error>) : {};
  const frames = typeof stack === 'string' ? stack.split('\n').filter((line) => /^\s+at /.test(line)) : [];
  return { error: typeof name === 'string' ? name : typeof error, at: frames.slice(0, 5).map((line) => line.trim()) };
}
