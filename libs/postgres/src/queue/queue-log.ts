import { Logger } from 'graphile-worker';

/** Takes what the queue has to complain about, a line each. */
export type QueueLog = (message: string) => void;

/** For work whose errors are thrown as well. */
export const silentLogger = new Logger(() => () => undefined);

/** Passes errors on; everything else is chatter. */
export function loggerTo(log: QueueLog): Logger {
  return new Logger(() => (level: string, message) => {
    if (level === 'error') log(message.split('\n', 1)[0]?.slice(0, 500) ?? '');
  });
}
