import { describe, expect, it } from '@jest/globals';
import { retryAfterMs } from './index.js';

const date = 'Wed, 04 Mar 2026 10:30:00 GMT';

describe('retryAfterMs', () => {
  it.each([
    [{ 'retry-after': '7' }, 7_000],
    [{ 'retry-after': ' 0 ' }, 0],
    [{ 'retry-after': 'Wed, 04 Mar 2026 10:31:30 GMT', date }, 90_000],
    [{ 'retry-after': 'Wed, 04 Mar 2026 10:29:00 GMT', date }, 0],
  ])('#27 reads %j', (headers: Record<string, string>, expected) => {
    expect(retryAfterMs(headers)).toBe(expected);
  });

  it.each([
    {},
    { 'retry-after': '' },
    { 'retry-after': '-1' },
    { 'retry-after': '1.5' },
    { 'retry-after': '9'.repeat(40) },
    { 'retry-after': 'soon' },
    { 'retry-after': 'Wed, 04 Mar 2026 10:31:30 GMT' },
    { 'retry-after': 'Wed, 99 Foo 2026 10:31:30 GMT', date },
  ])('#27 reads nothing from %j', (headers: Record<string, string>) => {
    expect(retryAfterMs(headers)).toBeUndefined();
  });
});
