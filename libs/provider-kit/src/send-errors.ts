/** What can be done about a failed send, and whose fault it is. */
export interface SendErrorClass {
  /** `retry`: later. `final`: never by itself. `uncertain`: it may have been carried out. */
  readonly then: 'retry' | 'final' | 'uncertain';
  readonly fault: 'ours' | 'theirs' | 'recipient';
  readonly meaning: string;
}

/** Why a send failed: the closed table of codes; `docs/sending.md` repeats it. */
export const sendErrors = {
  'credentials-missing': { then: 'final', fault: 'ours', meaning: 'the account has no credentials to send with' },
  'credentials-refused': { then: 'final', fault: 'ours', meaning: 'the provider does not accept the credentials' },
  'not-supported': { then: 'final', fault: 'ours', meaning: 'the provider cannot send this' },
  'account-gone': { then: 'final', fault: 'ours', meaning: 'the account is no longer configured' },
  'sender-invalid': { then: 'final', fault: 'ours', meaning: 'the provider does not know the address to send from' },
  'request-refused': { then: 'final', fault: 'ours', meaning: 'the provider does not accept the request' },
  'insufficient-balance': { then: 'final', fault: 'ours', meaning: 'the account has not enough credit' },
  'opted-out': { then: 'final', fault: 'recipient', meaning: 'the person wants to hear nothing from this address' },
  'do-not-disturb': { then: 'final', fault: 'recipient', meaning: 'the person is on a do-not-disturb list' },
  'recipient-invalid': { then: 'final', fault: 'recipient', meaning: 'the number cannot be reached' },
  'recipient-unsupported': { then: 'final', fault: 'recipient', meaning: 'the kind of number is not supported' },
  'no-route': { then: 'final', fault: 'theirs', meaning: 'the provider has no way to the network' },
  'risk-hold': { then: 'final', fault: 'theirs', meaning: 'the provider holds the message back' },
  'provider-rejected': { then: 'final', fault: 'theirs', meaning: 'the network behind the provider refused it' },
  'address-refused': { then: 'final', fault: 'ours', meaning: 'the address of a forward must not be reached' },
  'forward-gone': { then: 'final', fault: 'ours', meaning: 'the forward is no longer configured' },
  'forward-disabled': { then: 'final', fault: 'ours', meaning: 'the forward is disabled' },
  'receiver-gone': { then: 'final', fault: 'theirs', meaning: 'the receiver of a forward wants nothing any more' },
  'receiver-refused': { then: 'retry', fault: 'theirs', meaning: 'the receiver of a forward did not accept it' },
  'rate-limited': { then: 'retry', fault: 'ours', meaning: 'too many requests' },
  'provider-error': { then: 'retry', fault: 'theirs', meaning: 'the provider failed' },
  'provider-unreachable': { then: 'retry', fault: 'theirs', meaning: 'no connection to the provider' },
  interrupted: { then: 'uncertain', fault: 'theirs', meaning: 'the request left, and no answer came' },
  'reply-unreadable': {
    then: 'uncertain',
    fault: 'theirs',
    meaning: 'the provider accepted with an answer nobody can read',
  },
  abandoned: { then: 'uncertain', fault: 'ours', meaning: 'the process ended while it was sending' },
} as const satisfies Readonly<Record<string, SendErrorClass>>;

export type SendErrorCode = keyof typeof sendErrors;

/** Thrown while a request is made: nothing was sent. */
export class SendRefused extends Error {
  override readonly name = 'SendRefused';
  constructor(
    readonly code: SendErrorCode,
    detail?: string,
  ) {
    super(detail === undefined ? sendErrors[code].meaning : `${sendErrors[code].meaning}: ${detail}`);
  }
}
