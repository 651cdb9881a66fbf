import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { rejections } from './index.js';

describe('docs/rejections.md', () => {
  it('repeats the table of rejections', () => {
    const page = readFileSync(new URL('../../../docs/rejections.md', import.meta.url), 'utf8');
    const rows = [...page.matchAll(/^\| `([a-z-]+)` +\| (.+?) +\|$/gm)].map(([, code, meaning]) => [code, meaning]);
    expect(Object.fromEntries(rows)).toEqual(rejections);
    expect(rows).toHaveLength(Object.keys(rejections).length);
  });
});
