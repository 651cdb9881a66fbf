import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';

/** What Nest itself has to say, in our log; its start-up lines only for those who debug. */
export function nestLogger(log: Logger): LoggerService {
  const write =
    (level: 'debug' | 'warn' | 'error' | 'trace') =>
    (message: unknown, ...more: unknown[]): void => {
      const context = more.at(-1);
      const fields = typeof context === 'string' ? { context } : {};
      // As JSON, an error would lose its message and show its own fields, which may hold what a caller typed.
      if (message instanceof Error) log[level]({ ...fields, err: message }, 'an error reached Nest');
      else log[level](fields, typeof message === 'string' ? message : JSON.stringify(message));
    };
  return {
    log: write('debug'),
    debug: write('trace'),
    verbose: write('trace'),
    warn: write('warn'),
    error: write('error'),
  };
}
