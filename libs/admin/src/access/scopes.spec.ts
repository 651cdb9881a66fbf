import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { scopes } from './scopes.js';

describe('the scopes', () => {
  it('are those of docs/admin.md', () => {
    const guide = readFileSync(new URL('../../../../docs/admin.md', import.meta.url), 'utf8');
    const rows = Array.from(guide.matchAll(/^\| `([a-z]+:[a-z]+)` +\| (.+?) +\|$/gm), ([, scope, text]) => [
      scope,
      text,
    ]);
    expect(Object.fromEntries(rows)).toEqual(scopes);
  });
});
