import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { OutboundError, codeOf } from './outbound-error.js';

const decoders = new Map([
  ['gzip', promisify(gunzip)],
  ['x-gzip', promisify(gunzip)],
  ['deflate', promisify(inflate)],
  ['br', promisify(brotliDecompress)],
]);

/**
 * Unpacks a body that a server compressed unasked, up to `maxBytes`.
 * @throws OutboundError `too-large`, or `bad-answer` for an unknown encoding or broken data.
 */
export async function decodeBody(body: Buffer, encoding: string, maxBytes: number, host: string): Promise<Buffer> {
  const decode = decoders.get(encoding.trim().toLowerCase());
  if (decode === undefined) throw new OutboundError('bad-answer', host);
  try {
    return await decode(body, { maxOutputLength: maxBytes });
  } catch (cause) {
    const fault = codeOf(cause) === 'ERR_BUFFER_TOO_LARGE' ? 'too-large' : 'bad-answer';
    throw new OutboundError(fault, host, { cause });
  }
}
