import { holdsNumber } from '../personal/masking.js';

/** What is wrong with the name of a key, without its subject; it stands in the audit log, which nothing is erased from. */
export function keyNameFault(name: string): string | undefined {
  if (!/^[^\p{Cc}\p{Cs}]{1,128}$/u.test(name)) return 'must be 1 to 128 characters';
  return holdsNumber(name) ? 'must not hold a telephone number' : undefined;
}
