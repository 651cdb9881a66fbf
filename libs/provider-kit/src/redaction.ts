import { maskMsisdn } from '@app/telephony';
import type { Fields } from './contracts/http.js';
import { isRecord } from './json.js';
import { emptyRecord } from './unsafe-names.js';

/** What stands in the place of a secret. */
export const redacted = '[redacted]';

const secretNames = /key$|secret|token|password|passwd|^pin$|authorization|signature|cookie|auth_code/i;
/** Not within a longer run of digits, and not a part of a word or a hexadecimal id. */
const numbers = /(?<![\p{L}\d+])\+?\d{8,15}(?![\p{L}\d])/gu;
const maxDepth = 8;

/**
 * A record that may be logged: values whose names sound secret are gone, and so are the given secrets wherever they
 * stand; numbers of 8 to 15 digits are masked. What is nested more than 8 levels deep is left out.
 */
export function redact(record: Fields, secrets: readonly string[] = []): Fields {
  const hidden = secrets.filter((secret) => secret.trim() !== '');
  return redactRecord(record, hidden, 0);
}

/** One text that may be logged: see {@link redact}. */
export function redactText(text: string, secrets: readonly string[] = []): string {
  let result = text;
  for (const secret of secrets) {
    if (secret.trim() !== '') result = result.replaceAll(secret, redacted);
  }
  return result.replace(numbers, (number) => maskMsisdn(number));
}

function redactRecord(record: Fields, secrets: readonly string[], depth: number): Fields {
  const copy = emptyRecord<unknown>();
  for (const name of Object.keys(record)) {
    copy[name] = secretNames.test(name) ? redacted : redactValue(record[name], secrets, depth + 1);
  }
  return copy;
}

function redactValue(value: unknown, secrets: readonly string[], depth: number): unknown {
  if (typeof value === 'string') return redactText(value, secrets);
  if (typeof value === 'number' && Math.abs(value) >= 1e7) return redactText(String(value), secrets);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= maxDepth) return redacted;
  if (Array.isArray(value)) return value.map((item) => redactValue(item, secrets, depth + 1));
  return isRecord(value) ? redactRecord(value, secrets, depth) : value;
}
