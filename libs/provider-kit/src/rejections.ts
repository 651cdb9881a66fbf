/** Why a provider's payload could not be used: the closed table of codes; `docs/rejections.md` repeats it. */
export const rejections = {
  'body-malformed': 'the body is neither valid JSON nor a valid form',
  'body-too-deep': 'the body is nested too deeply',
  'session-id-missing': 'there is no session id',
  'msisdn-missing': 'there is no caller number',
  'node-missing': 'there is no bot node',
  'user-missing': 'there is nothing that names the person',
  'sender-missing': 'there is no sender',
  'recipient-missing': 'there is no recipient',
  'message-id-missing': 'there is no message id',
  'event-unreadable': 'the report holds nothing that we know',
} as const;

export type RejectionCode = keyof typeof rejections;

/** Thrown by a provider for a payload that it cannot read; answered with 4xx, logged at info. */
export class PayloadRejected extends Error {
  override readonly name = 'PayloadRejected';
  constructor(
    readonly code: RejectionCode,
    readonly field?: string,
  ) {
    super(field === undefined ? rejections[code] : `${rejections[code]} (${field})`);
  }
}
