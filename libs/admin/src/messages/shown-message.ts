import type { KeptDeliveryEvent, KeptMessage, Money } from '@app/reporting';
import { maskMsisdn } from '@app/telephony';
import { onlyPersonal, shownNumber, shownText, shownTime, type View } from '../personal/masking.js';

/** A message as the API gives it. */
export function shownMessage(message: KeptMessage, view: View): object {
  const { id, direction, provider, account, from, to, text, segments, encoding, status } = message;
  const ofPerson = (number: string | undefined) => shownNumber(number, view);
  const ours = (address: string | undefined) => shownAddress(address, view);
  return {
    ...{ id, direction, provider, account },
    from: direction === 'mo' ? ofPerson(from) : ours(from),
    to: direction === 'mo' ? ours(to) : ofPerson(to),
    text: shownText(text, view),
    ...{ segments, encoding, status },
    parts: message.parts ?? null,
    cost: shownCost(message.cost),
    ...onlyPersonal(view, { externalId: message.externalId ?? null }),
    failureReason: message.failureReason ?? null,
    createdAt: shownTime(message.createdAt),
    finalAt: shownTime(message.finalAt),
  };
}

/** A delivery event as the API gives it. */
export function shownDeliveryEvent(event: KeptDeliveryEvent, view: View): object {
  const { id, provider, account, externalId, messageId, status, providerStatus, providerReason } = event;
  return {
    ...{ id, provider, account },
    ...onlyPersonal(view, { externalId }),
    messageId: messageId ?? null,
    status,
    providerStatus: shownText(providerStatus, view),
    reason: event.reason ?? null,
    providerReason: providerReason === undefined ? null : shownText(providerReason, view),
    retryCount: event.retryCount ?? null,
    occurredAt: shownTime(event.occurredAt),
    receivedAt: shownTime(event.receivedAt),
    seen: event.seen,
    ...onlyPersonal(view, { raw: event.raw }),
  };
}

/** What something cost; null where nobody said. */
export function shownCost(
  cost: Money | undefined,
): { readonly amount: string; readonly currency: string | null } | null {
  return cost === undefined ? null : { amount: cost.amount, currency: cost.currency ?? null };
}

/** An address of ours: short codes and sender names are nobody's, a long number is masked like any other. */
function shownAddress(address: string | undefined, { personal }: View): string | null {
  if (address === undefined) return null;
  return personal || !/\d{7}/.test(address.replace(/[ -]/g, '')) ? address : maskMsisdn(address);
}
