import { sendErrors, type SendErrorCode } from '@app/provider-kit';
import type { DeliveryStatus, FailureReason } from '@app/telephony';

/** What a message that was not sent counts as. */
export interface Refusal {
  readonly status: Extract<DeliveryStatus, 'rejected' | 'failed'>;
  readonly reason: FailureReason;
}

const reasons: Readonly<Record<SendErrorCode, FailureReason>> = {
  'credentials-missing': 'not-configured',
  'credentials-refused': 'not-configured',
  'not-supported': 'not-configured',
  'account-gone': 'not-configured',
  'sender-invalid': 'sender-invalid',
  'request-refused': 'request-refused',
  'insufficient-balance': 'insufficient-credit',
  'opted-out': 'opted-out',
  'do-not-disturb': 'do-not-disturb',
  'recipient-invalid': 'recipient-invalid',
  'recipient-unsupported': 'recipient-unsupported',
  'no-route': 'no-route',
  'risk-hold': 'risk-hold',
  'provider-rejected': 'rejected-by-network',
  'rate-limited': 'provider-error',
  'provider-error': 'provider-error',
  'provider-unreachable': 'provider-error',
  interrupted: 'unknown',
  'reply-unreadable': 'unknown',
  abandoned: 'unknown',
};

/** How a send error reads as the state of a message: refused for good by somebody, or failed. */
export function refusalOf(error: SendErrorCode): Refusal {
  return { status: sendErrors[error].then === 'final' ? 'rejected' : 'failed', reason: reasons[error] };
}
