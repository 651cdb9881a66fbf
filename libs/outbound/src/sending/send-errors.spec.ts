import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { sendErrors } from '@app/provider-kit';
import { refusalOf } from './refusal.js';

describe('docs/sending.md', () => {
  it('repeats the table of send errors', () => {
    const page = readFileSync(new URL('../../../../docs/sending.md', import.meta.url), 'utf8');
    const rows = [...page.matchAll(/^\| `([a-z-]+)` +\| (retry|final|uncertain) +\| (\w+) +\| (.+?) +\|$/gm)];
    const table = rows.map(([, code, then, fault, meaning]) => [code, { then, fault, meaning }]);
    expect(Object.fromEntries(table)).toEqual(sendErrors);
    expect(rows).toHaveLength(Object.keys(sendErrors).length);
  });
});

describe('a message that was not sent', () => {
  it.each([
    ['opted-out', { status: 'rejected', reason: 'opted-out' }],
    ['insufficient-balance', { status: 'rejected', reason: 'insufficient-credit' }],
    ['provider-unreachable', { status: 'failed', reason: 'provider-error' }],
  ] as const)('for %s has a state and a reason', (error, expected) => {
    expect(refusalOf(error)).toEqual(expected);
  });
});
