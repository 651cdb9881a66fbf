import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import type { Seal } from '../engine/context.js';
import type { Value } from '../values.js';
import { Hmac } from './hmac.js';

/** Where the initialisation vector and the tag of a box end, in bytes. */
const ivEnd = 12;
const tagEnd = ivEnd + 16;

/**
 * Encrypts sensitive answers (AES-256-GCM) and makes keyed names (HMAC-SHA-256) from the secrets of the installation: the
 * first one writes, all of them read.
 */
export class Vault implements Seal {
  private readonly cipherKeys: readonly Buffer[];
  private readonly nameKeys: readonly Hmac[];

  /** @throws RangeError without a secret. */
  constructor(secrets: readonly string[]) {
    if (secrets.length === 0) throw new RangeError('the vault needs at least one secret');
    this.cipherKeys = secrets.map((secret) => derive('sensitive answers', secret));
    this.nameKeys = secrets.map((secret) => new Hmac(derive('names', secret)));
  }

  seal(value: Value): string {
    const iv = randomBytes(ivEnd);
    const cipher = createCipheriv('aes-256-gcm', this.cipherKeys[0] as Buffer, iv);
    const text = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), text]).toString('base64url');
  }

  open(box: string): Value | undefined {
    const bytes = Buffer.from(box, 'base64url');
    for (const key of this.cipherKeys) {
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, ivEnd));
        decipher.setAuthTag(bytes.subarray(ivEnd, tagEnd));
        const text = Buffer.concat([decipher.update(bytes.subarray(tagEnd)), decipher.final()]);
        return JSON.parse(text.toString('utf8')) as Value;
      } catch {
        // Another secret may open it.
      }
    }
    return undefined;
  }

  /** A name for something that must not be told itself: the same for the same parts under the same secret. */
  name(...parts: readonly (string | number)[]): string {
    return nameWith(this.nameKeys[0] as Hmac, parts);
  }

  /** The same under every secret, the writing one first: for finding what was named before a secret was changed. */
  names(...parts: readonly (string | number)[]): string[] {
    return this.nameKeys.map((key) => nameWith(key, parts));
  }
}

function nameWith(hmac: Hmac, parts: readonly (string | number)[]): string {
  let text = '';
  // With its length before it, no part can run into the next.
  for (const part of parts) text += `${String(part).length}:${part}`;
  return hmac.of(text);
}

function derive(purpose: string, secret: string): Buffer {
  return createHash('sha256').update(`ongea:${purpose}:${secret}`).digest();
}
