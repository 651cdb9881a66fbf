import { hash } from 'node:crypto';

/** The block of SHA-256, and its digest, in bytes. */
const blockLength = 64;
const digestLength = 32;

/**
 * HMAC-SHA-256 (RFC 2104) of short texts under one key. The same as `createHmac`, which makes an object with a finalizer
 * for each text: collecting those cost as much as the whole journal of turns.
 */
export class Hmac {
  readonly #outer: Buffer;
  #inner: Buffer;

  /** @param key as long as a digest. */
  constructor(key: Uint8Array) {
    this.#inner = Buffer.alloc(blockLength + 512, 0x36);
    this.#outer = Buffer.alloc(blockLength + digestLength, 0x5c);
    for (const [i, byte] of key.entries()) {
      this.#inner[i] = byte ^ 0x36;
      this.#outer[i] = byte ^ 0x5c;
    }
  }

  /** In base64url. */
  of(text: string): string {
    const most = blockLength + 3 * text.length;
    if (this.#inner.length < most) this.#inner = Buffer.concat([this.#inner], most);
    const end = blockLength + this.#inner.write(text, blockLength);
    this.#outer.write(hash('sha256', this.#inner.subarray(0, end), 'binary'), blockLength, 'latin1');
    return hash('sha256', this.#outer, 'base64url');
  }
}
