import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';

/** What Nest itself has to say, in our log; its start-up lines only for those who debug. */
export function nestLogger(log: Logger): LoggerService {
  const write =
    (level: 'debug' | 'warn' | 'error' | 'trace') =>
    (message: unknown, ...more: unknown[]): void => {
      const context = more.at(-1);
      log[level](
        { ...(typeof context === 'string' ? { context } : {}) },
        typeof message === 'string' ? message : JSON.stringify(message),
      );
    };
  return {
    log: write('debug'),
    debug: write('trace'),
    verbose: write('trace'),
    warn: write('warn'),
    error: write('error'),
  };
}
