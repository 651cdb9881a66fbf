import {
  deliveryRank,
  deliveryStatuses,
  isFinalDelivery,
  type DeliveryStatus,
  type FailureReason,
} from '@app/telephony';
import type { DeliveryEvent } from './message.js';

/** What became of one message for one recipient, as all its events tell it. */
export interface DeliveryState {
  readonly status: DeliveryStatus;
  /** Words and time are those of the event that decided; of events of equal rank, of the first. */
  readonly providerStatus?: string;
  readonly reason?: FailureReason;
  readonly providerReason?: string;
  /** Arrival of the event that decided; absent too where parts alone made the message delivered. */
  readonly finalAt?: Date;
  /** Part → the most that is known of it. */
  readonly parts?: Readonly<Record<string, DeliveryStatus>>;
}

/** What an event tells of the whole message when it speaks of one part: a delivered part is not a delivered message. */
export function wholeOfPart(status: DeliveryStatus): DeliveryStatus {
  return status === 'delivered' ? 'sent' : status;
}

/**
 * The state that follows from the events of one message, whatever their order and however often each is there: the
 * greatest status, where an event of a part counts as {@link wholeOfPart}, and `delivered` once as many parts are delivered
 * as the message has segments. While `segments` is unknown parts alone never make a message delivered, since a part that
 * nobody spoke of yet would take it back. Undefined without events.
 */
export function deriveDelivery(events: readonly DeliveryEvent[], segments?: number): DeliveryState | undefined {
  const [first, ...others] = events;
  if (first === undefined) return undefined;
  const top = others.reduce((best, event) => (decides(event, best) ? event : best), first);
  const parts = partsOf(events);
  const delivered = Object.values(parts).filter((status) => status === 'delivered').length;
  const status = delivered > 0 && segments !== undefined && delivered >= segments ? 'delivered' : toldOfWhole(top);
  return {
    status,
    providerStatus: top.providerStatus,
    ...(top.reason === undefined ? {} : { reason: top.reason }),
    ...(top.providerReason === undefined ? {} : { providerReason: top.providerReason }),
    ...(isFinalDelivery(toldOfWhole(top)) ? { finalAt: top.receivedAt } : {}),
    ...(Object.keys(parts).length === 0 ? {} : { parts }),
  };
}

/** Ids are made from the arrival: the smaller one came first. */
function decides(event: DeliveryEvent, best: DeliveryEvent): boolean {
  const more = deliveryRank(toldOfWhole(event)) - deliveryRank(toldOfWhole(best));
  return more > 0 || (more === 0 && event.id < best.id);
}

function toldOfWhole({ status, part }: DeliveryEvent): DeliveryStatus {
  return part === undefined ? status : wholeOfPart(status);
}

function partsOf(events: readonly DeliveryEvent[]): Record<string, DeliveryStatus> {
  const ranks = new Map<number, number>();
  for (const { part, status } of events) {
    if (part !== undefined) ranks.set(part, Math.max(ranks.get(part) ?? 0, deliveryRank(status)));
  }
  return Object.fromEntries([...ranks].map(([part, rank]) => [String(part), deliveryStatuses[rank] ?? 'unknown']));
}
