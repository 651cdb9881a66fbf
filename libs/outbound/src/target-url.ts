import { OutboundError } from './outbound-error.js';

/**
 * Reads where a request is to go; IPv4 in any notation comes out as four decimals. The address itself is checked when the
 * connection is made.
 * @throws OutboundError `bad-url`, `refused-scheme`, `refused-credentials`.
 */
export function readTarget(text: string): URL {
  if (!URL.canParse(text)) throw new OutboundError('bad-url');
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new OutboundError('refused-scheme');
  if (url.username !== '' || url.password !== '') throw new OutboundError('refused-credentials', url.host);
  return url;
}
