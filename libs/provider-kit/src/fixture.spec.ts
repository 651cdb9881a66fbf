import { describe, expect, it } from '@jest/globals';
import { readFixture } from './index.js';

const good = {
  request: { method: 'POST', path: '/ussd/x/demo', body: 'a=1' },
  meaning: 'something',
  source: 'somewhere',
  sure: 'inferred',
  expect: { rejected: 'session-id-missing' },
};

describe('readFixture', () => {
  it('fills in what a file may leave out', () => {
    expect(readFixture('one', JSON.stringify(good))).toEqual({
      ...good,
      name: 'one',
      account: {},
      request: { ...good.request, headers: {} },
    });
  });

  it.each([
    ['request.method', { request: {} }],
    ['request.path', { request: { ...good.request, path: 'ussd' } }],
    ['request.body', { request: { method: 'POST', path: '/' } }],
    ['meaning', { meaning: '' }],
    ['source', { source: undefined }],
    ['sure', { sure: 'perhaps' }],
    ['expect', { expect: undefined }],
    ['expect', { expect: {} }],
    ['expect', { expect: { turn: {}, rejected: 'msisdn-missing' } }],
    ['expect', { expect: { rejected: 'no-such-code' } }],
    ['expect', { expect: { turns: {} } }],
  ])('names the file and the part that is wrong: %s', (part, change) => {
    expect(() => readFixture('one', JSON.stringify({ ...good, ...change }))).toThrow(`fixture one: ${part} is`);
  });
});
