import { describe, expect, it } from '@jest/globals';
import { redact, redactText } from './index.js';

describe('redact (#56)', () => {
  it('masks numbers in texts and in numbers', () => {
    const masked = redact({ phoneNumber: '+254700000201', n: 254700000201, list: ['call 0700000201 now'], hops: 3 });
    expect(JSON.parse(JSON.stringify(masked))).toEqual({
      phoneNumber: '+2547…201',
      n: '2547…201',
      list: [expect.stringMatching(/^call 0\d*…201 now$/)],
      hops: 3,
    });
  });

  it('removes what is named like a secret, at every level', () => {
    const names = [
      'apiKey',
      'x-api-key',
      'webhookKey',
      'secret',
      'token',
      'Authorization',
      'password',
      'pin',
      'X-Hub-Signature',
      'auth_code',
    ];
    const masked = redact({ deep: Object.fromEntries(names.map((name) => [name, 'canary'])) });
    expect(JSON.stringify(masked)).not.toContain('canary');
  });

  it('removes the given secrets wherever they stand', () => {
    expect(
      JSON.stringify(redact({ url: 'https://x/?key=canary', nested: [{ a: 'canary!' }] }, ['canary', ''])),
    ).not.toContain('canary');
  });

  it('leaves ids, codes and short numbers readable', () => {
    const text = 'ATUid_3d1f5a0b9c8e47d6a2b4c6d8e0f1a2b3 *384*4417# 63902 260304103000771845';
    expect(redactText(text)).toBe(text);
  });

  it('ends with nesting that has no end', () => {
    const loop: Record<string, unknown> = {};
    loop.self = loop;
    expect(JSON.stringify(redact(loop))).toContain('[redacted]');
  });
});
