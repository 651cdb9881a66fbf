import { type SendErrorCode, type SendReply, type SendRequest } from '@app/provider-kit';
import { GuardedHttpClient, everyNetwork } from '../guarded-http-client.js';
import { OutboundError, type OutboundFault } from '../outbound-error.js';

const deadlineMs = 15_000;
const maxReplyBytes = 2_097_152;

/**
 * The client for the APIs of providers: their hosts stand in our code or in the operator's `endpoints`, so it may reach any
 * network. Gives up after 15 s.
 */
export function providerClient(): GuardedHttpClient {
  return new GuardedHttpClient({ allowPrivate: everyNetwork, timeoutMs: deadlineMs, maxResponseBytes: maxReplyBytes });
}

/** How a request ended. */
export type Transmission =
  | { readonly kind: 'replied'; readonly reply: SendReply }
  | { readonly kind: 'failed'; readonly error: SendErrorCode; readonly detail: string };

/** Sends a request; resolves also on failure, which tells whether the provider may have carried it out. */
export async function transmit(client: GuardedHttpClient, request: SendRequest): Promise<Transmission> {
  try {
    const { status, headers, body } = await client.request(request);
    return { kind: 'replied', reply: { status, headers, body: body.toString() } };
  } catch (error) {
    // Of any other failure nobody can say how far the request came.
    if (!(error instanceof OutboundError))
      return { kind: 'failed', error: 'interrupted', detail: 'the request failed' };
    return { kind: 'failed', error: errorOf(error), detail: error.message };
  }
}

const unsendable: ReadonlySet<OutboundFault> = new Set([
  'bad-url',
  'bad-request',
  'refused-scheme',
  'refused-credentials',
]);
const unreadable: ReadonlySet<OutboundFault> = new Set(['bad-answer', 'too-large']);

function errorOf({ code, requestLeft }: OutboundError): SendErrorCode {
  if (!requestLeft) return unsendable.has(code) ? 'request-refused' : 'provider-unreachable';
  return unreadable.has(code) ? 'reply-unreadable' : 'interrupted';
}
