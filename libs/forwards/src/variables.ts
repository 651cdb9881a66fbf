import type { ForwardEvent } from '@app/reporting';

/** What templates and conditions of a forward can name, by event: the fields of the admin record, and `event`. */
export const forwardVariables: Readonly<Record<ForwardEvent, readonly string[]>> = {
  'call-report': [
    ...['event', 'id', 'provider', 'account', 'source', 'externalId', 'direction', 'from', 'to', 'bridge', 'status'],
    ...['providerStatus', 'hangupCause', 'startedAt', 'endedAt', 'durationSeconds', 'billableSeconds', 'cost'],
    ...['campaignId', 'flowId', 'recordingUrl', 'final', 'matched', 'receivedAt', 'raw', 'review'],
  ],
  'delivery-event': [
    ...['event', 'id', 'provider', 'account', 'externalId', 'messageId', 'status', 'providerStatus', 'reason'],
    ...['providerReason', 'retryCount', 'occurredAt', 'receivedAt', 'seen', 'raw'],
  ],
  'session-end': [
    ...['event', 'id', 'provider', 'account', 'sessionId', 'caller', 'serviceCode', 'networkCode', 'status', 'cost'],
    ...['durationMs', 'hops', 'lastReply', 'errorMessage', 'occurredAt', 'receivedAt'],
  ],
};

/** Left out of what is sent on unless the forward has `allowPersonal`. */
export const personalVariables: readonly string[] = ['externalId', 'raw'];
