import { describe, expect, it } from '@jest/globals';
import { lineDiff } from './line-diff.js';

describe('the difference of two screens', () => {
  it('shows lines that are gone, new and in both, in the order of the screen', () => {
    expect(lineDiff('Which crop?\n1. Maize\n2. Beans', 'Which crop?\n1. Beans\n2. Beans\n3. Kale')).toEqual([
      '  Which crop?',
      '- 1. Maize',
      '+ 1. Beans',
      '  2. Beans',
      '+ 3. Kale',
    ]);
  });

  it('keeps the longest common part when a line stands in front', () => {
    expect(lineDiff('a\nb\nc', 'x\na\nb\nc')).toEqual(['+ x', '  a', '  b', '  c']);
  });
});
