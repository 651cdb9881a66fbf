import { pino, type Logger } from 'pino';
import pretty from 'pino-pretty';
import { redactText } from '@app/provider-kit';
import type { Environment } from '@app/settings';

/** The longest text of one field of a log line, in characters. */
const maxField = 2_000;

/**
 * One JSON line an event, or the same for people on a terminal. Secrets have no business in a log, so the fields that
 * carry them are dropped wherever they stand, and long fields are cut.
 */
export function createLogger({ logLevel, logFormat }: Pick<Environment, 'logLevel' | 'logFormat'>): Logger {
  const options = {
    level: logLevel,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: secretPaths, remove: true },
    serializers: { err: errorFields, error: errorFields, req: requestFields, res: responseFields },
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const format = logFormat ?? (process.stdout.isTTY ? 'pretty' : 'json');
  if (format === 'json') return pino(options, pino.destination({ fd: 1, sync: false, minLength: 0 }));
  return pino(
    options,
    pretty({ colorize: process.stdout.isTTY, ignore: 'pid,hostname,reqId', singleLine: true, sync: true }),
  );
}

const secretNames = ['authorization', 'password', 'secret', 'secrets', 'apiKey', 'key', 'pin', 'webhookKeys'];
const secretPaths = secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

/** What is worth knowing of an error; its own fields may hold what a caller typed. */
function errorFields(error: unknown): object {
  if (typeof error !== 'object' || error === null) return { message: cut(String(error)) };
  const { name, message, code, stack } = error as Partial<Error> & { code?: unknown };
  return {
    type: name,
    message: cut(redactText(message ?? '')),
    ...(code === undefined ? {} : { code }),
    stack: cut(redactText(stack ?? '')),
  };
}

/** The path without its query, which may hold a webhook key. */
function requestFields({ method, url }: { readonly method?: string; readonly url?: string }): object {
  return { method, path: cut(redactText((url ?? '').split('?', 1)[0] ?? '')) };
}

function responseFields({ statusCode }: { readonly statusCode?: number }): object {
  return { statusCode };
}

function cut(text: string): string {
  return text.length > maxField ? `${text.slice(0, maxField)}…` : text;
}
