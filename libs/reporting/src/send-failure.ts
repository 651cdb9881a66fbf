import type { FailureReason } from '@app/telephony';

/** Why a message did not arrive whose send failed with a code of the closed table of send errors. */
export const sendFailureReasons = {
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
  'address-refused': 'not-configured',
  'forward-gone': 'not-configured',
  'forward-disabled': 'not-configured',
  'receiver-gone': 'provider-error',
  'receiver-refused': 'provider-error',
  'rate-limited': 'provider-error',
  'provider-error': 'provider-error',
  'provider-unreachable': 'provider-error',
  interrupted: 'unknown',
  'reply-unreadable': 'unknown',
  abandoned: 'unknown',
} as const satisfies Readonly<Record<string, FailureReason>>;

/** The same for any code; `unknown` for one that is not in the table. */
export function failureReasonOf(error: string): FailureReason {
  const reasons: Readonly<Record<string, FailureReason>> = sendFailureReasons;
  return Object.hasOwn(reasons, error) ? (reasons[error] ?? 'unknown') : 'unknown';
}
