import { describe, expect, it } from '@jest/globals';
import { createHmac, randomBytes } from 'node:crypto';
import { Hmac } from './hmac.js';

describe('HMAC-SHA-256', () => {
  it('is what the platform makes of the same key and text, one after the other', () => {
    const key = randomBytes(32);
    const hmac = new Hmac(key);
    const texts = [
      '',
      'a',
      'session',
      'é€😀'.repeat(40),
      '\u0000',
      'x'.repeat(5_000),
      '€'.repeat(2_000),
      'short again',
    ];
    for (const text of texts) {
      expect(hmac.of(text)).toBe(createHmac('sha256', key).update(text).digest('base64url'));
    }
  });

  it('differs by key', () => {
    expect(new Hmac(randomBytes(32)).of('a')).not.toBe(new Hmac(randomBytes(32)).of('a'));
  });
});
