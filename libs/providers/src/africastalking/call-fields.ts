import { count, word } from '@app/provider-kit';
import type { Fields } from '@app/provider-kit';
import type { CallDirection } from '@app/telephony';

/** Missing from some events. */
export function directionOf(fields: Fields): CallDirection | undefined {
  const direction = word(fields, 'direction')?.toLowerCase();
  return direction === 'inbound' || direction === 'outbound' ? direction : undefined;
}

/** Whether the call is over: `isActive` is `0`; clients know `false` too. */
export function isOver(fields: Fields): boolean {
  return ['0', 'false'].includes(word(fields, 'isActive')?.toLowerCase() ?? '');
}

/** Whether the event says what came of the call, rather than that a part of it is over. */
export function tellsOutcome(fields: Fields): boolean {
  const state = word(fields, 'callSessionState')?.toLowerCase();
  if (state === 'transferred' || word(fields, 'callTransferState') !== undefined) return false;
  return state === 'completed' || (isOver(fields) && count(fields, 'durationInSeconds') !== undefined);
}
