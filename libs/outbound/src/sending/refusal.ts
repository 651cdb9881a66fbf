import { sendErrors, type SendErrorCode } from '@app/provider-kit';
import { sendFailureReasons } from '@app/reporting';
import type { DeliveryStatus, FailureReason } from '@app/telephony';

/** What a message that was not sent counts as. */
export interface Refusal {
  readonly status: Extract<DeliveryStatus, 'rejected' | 'failed'>;
  readonly reason: FailureReason;
}

const reasons: Readonly<Record<SendErrorCode, FailureReason>> = sendFailureReasons;

/** How a send error reads as the state of a message: refused for good by somebody, or failed. */
export function refusalOf(error: SendErrorCode): Refusal {
  return { status: sendErrors[error].then === 'final' ? 'rejected' : 'failed', reason: reasons[error] };
}
