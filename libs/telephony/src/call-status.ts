/** How a call ended, in one list for all providers. */
export const callStatuses = [
  'answered',
  'completed',
  'busy',
  'no-answer',
  'cancelled',
  'missed',
  'failed',
  'unknown',
] as const;

export type CallStatus = (typeof callStatuses)[number];

export type CallDirection = 'inbound' | 'outbound';

/** Why a call was hung up, as a Q.850-style name in lower case: `NORMAL_CLEARING` and `Normal Clearing` are `normal-clearing`. */
export function hangupCauseOf(word: string): string | undefined {
  const name = word
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return name === '' ? undefined : name.slice(0, 64);
}
