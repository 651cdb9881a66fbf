import type { Account } from '@app/provider-kit';
import { callStatuses, type CallDirection, type CallStatus } from '@app/telephony';

/** What a status word means. */
export interface StatusMeaning {
  readonly status: CallStatus;
  readonly hangupCause?: string;
}

const directions = new Map<string, CallDirection>([
  ['inbound', 'inbound'],
  ['incoming', 'inbound'],
  ['in', 'inbound'],
  ['outbound', 'outbound'],
  ['outgoing', 'outbound'],
  ['out', 'outbound'],
]);

/** Undefined for words that name neither direction. */
export function directionOf(word: string | undefined): CallDirection | undefined {
  return word === undefined ? undefined : directions.get(word.trim().toLowerCase());
}

/** What the account says of a status word, letter case aside; undefined where it says nothing. */
export function ownMeaning({ callReports }: Account, word: string): StatusMeaning | undefined {
  const wanted = word.toLowerCase();
  const found = Object.entries(callReports?.statuses ?? {}).find(([theirs]) => theirs.toLowerCase() === wanted);
  const status = callStatuses.find((known) => known === found?.[1]);
  return status === undefined ? undefined : { status };
}

/** Whole seconds of `21`, `20.7` or `00:00:19`; undefined for anything else and for what no database column holds. */
export function secondsOf(text: string | undefined): number | undefined {
  const word = text?.trim() ?? '';
  const clock = /^(\d{1,4}):([0-5]\d):([0-5]\d)$/.exec(word);
  if (clock !== null) return Number(clock[1]) * 3_600 + Number(clock[2]) * 60 + Number(clock[3]);
  if (!/^\d{1,10}(?:\.\d{1,9})?$/.test(word)) return undefined;
  const seconds = Math.round(Number(word));
  return seconds <= 2_147_483_647 ? seconds : undefined;
}

/** An address that may be shown as a link. */
export function linkOf(text: string | undefined): string | undefined {
  const link = text?.trim() ?? '';
  return /^https?:\/\//i.test(link) && URL.canParse(link) ? link : undefined;
}
