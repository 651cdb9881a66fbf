/** What became of a message, from least to most that is known of it: a state never goes back in this list. */
export const deliveryStatuses = ['unknown', 'queued', 'sent', 'expired', 'rejected', 'failed', 'delivered'] as const;

export type DeliveryStatus = (typeof deliveryStatuses)[number];

/** Its place in {@link deliveryStatuses}; databases keep this number. */
export function deliveryRank(status: DeliveryStatus): number {
  return deliveryStatuses.indexOf(status);
}

/** No later event can be expected to change it for the worse: only a late `delivered` still counts. */
export function isFinalDelivery(status: DeliveryStatus): boolean {
  return deliveryRank(status) >= deliveryRank('expired');
}

/** Why a message did not arrive, in one list for all providers; the provider's word is kept beside it. */
export const failureReasons = [
  'insufficient-credit',
  'link-invalid',
  'subscriber-inactive',
  'opted-out',
  'subscriber-suspended',
  'wrong-network',
  'not-subscribed',
  'subscriber-unknown',
  'subscriber-absent',
  'do-not-disturb',
  'memory-full',
  'expired',
  'sender-invalid',
  'recipient-invalid',
  'recipient-unsupported',
  'no-route',
  'risk-hold',
  'rejected-by-network',
  'provider-error',
  'request-refused',
  'not-configured',
  'unknown',
] as const;

export type FailureReason = (typeof failureReasons)[number];
