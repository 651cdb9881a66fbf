/** Why a request got no answer that can be used: the closed table of codes, with the text of each. */
export const outboundFaults = {
  'bad-url': 'the address is not a valid URL',
  'bad-request': 'the method, a header or the body cannot be sent',
  'refused-scheme': 'only http and https are allowed',
  'refused-credentials': 'a URL must not hold a user name or password',
  'refused-port': 'only ports 80, 443, 8080 and 8443 are allowed',
  'refused-private-network': 'the address lies in a network that may not be reached',
  'circuit-open': 'the host failed too often and is left alone for a while',
  'connection-failed': 'there is no connection, or it broke',
  timeout: 'the answer was not there in time',
  aborted: 'the caller gave up waiting',
  'too-large': 'the answer is larger than allowed',
  'bad-answer': 'the answer is not valid HTTP',
} as const;

export type OutboundFault = keyof typeof outboundFaults;

/** The `code` of an error of Node or undici, empty without one. */
export function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}

export interface OutboundErrorOptions extends ErrorOptions {
  readonly requestLeft?: boolean;
}

/** A request that was refused or failed. Its message never holds a path or query, which may carry secrets. */
export class OutboundError extends Error {
  override readonly name = 'OutboundError';
  /** Whether any of the request may have reached the host, which may then have carried it out. */
  readonly requestLeft: boolean;
  constructor(
    readonly code: OutboundFault,
    /** Name and port of the host, as far as it is known. */
    readonly host?: string,
    options?: OutboundErrorOptions,
  ) {
    super(host === undefined ? outboundFaults[code] : `${outboundFaults[code]} (${host})`, options);
    this.requestLeft = options?.requestLeft ?? false;
  }
}
