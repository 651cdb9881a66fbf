import { describe, expect, it } from '@jest/globals';
import { isBearer } from './operator.guard.js';

describe('the key of operators', () => {
  it('is taken as a bearer token, whole and exact', () => {
    expect(isBearer('Bearer right', 'right')).toBe(true);
    for (const wrong of [undefined, '', 'Bearer', 'Bearer ', 'Bearer righ', 'Bearer right ', 'bearer right', 'right']) {
      expect(isBearer(wrong, 'right')).toBe(false);
    }
  });

  it('is carried by nobody where it is empty', () => {
    for (const given of [undefined, '', 'Bearer ']) expect(isBearer(given, '')).toBe(false);
  });
});
