import { cleanText, isRecord, retryAfterMs } from '@app/provider-kit';
import type { Fields, SendReading, SendReply } from '@app/provider-kit';
import { withoutAbsent } from './without-absent.js';

const maxDetail = 500;

type Failure = Extract<SendReading, { readonly kind: 'failed' }>;

/** What the HTTP status of an answer says went wrong with the whole request; undefined for a good one. */
export function failureOf({ status, headers, body }: SendReply): Failure | undefined {
  if (status >= 200 && status < 300) return undefined;
  const failed = (error: Failure['error']): Failure => ({ kind: 'failed', error, detail: detailOf(body) });
  // Africa's Talking tells a wrong key in plain text.
  if (status === 401) return failed('credentials-refused');
  const retryAfter = withoutAbsent({ retryAfterMs: retryAfterMs(headers) });
  if (status === 429) return { ...failed('rate-limited'), ...retryAfter };
  if (status >= 500) return { ...failed('provider-error'), ...retryAfter };
  return failed('request-refused');
}

/** What may be kept of a provider's words about a failure. */
export function detailOf(text: string): string {
  return cleanText(text.slice(0, maxDetail));
}

/** The JSON object that an answer holds, if it holds one. */
export function answerIn(body: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
