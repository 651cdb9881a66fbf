import { describe, expect, it } from '@jest/globals';
import { readSendFixture } from './index.js';

const good = {
  ...{ meaning: 'something', source: 'somewhere', sure: 'inferred' },
  sends: { kind: 'message', lane: 'reply', text: 'a^', to: ['+254700000202', '+254700000203'] },
  expect: { refused: 'credentials-missing' },
};

describe('readSendFixture', () => {
  it('makes a whole order of a message', () => {
    const { sending, account } = readSendFixture('one', JSON.stringify(good));
    expect(account).toEqual({});
    expect(sending).toMatchObject({
      kind: 'message',
      order: { id: 'order-1', lane: 'reply', segments: 1, encoding: 'gsm7' },
      recipients: [
        { messageId: 'm1', to: '+254700000202' },
        { messageId: 'm2', to: '+254700000203' },
      ],
    });
  });

  it.each([
    ['meaning', { meaning: '' }],
    ['source', { source: undefined }],
    ['sure', { sure: 'perhaps' }],
    ['sends', { sends: undefined }],
    ['sends', { sends: { kind: 'letter' } }],
    ['expect', { expect: undefined }],
    ['expect', { expect: { refused: 'no-such-code' } }],
    ['expect', { expect: { request: {} } }],
    ['reply or reading', { reply: { status: 200, body: '' } }],
  ])('names the file and the part that is wrong: %s', (part, change) => {
    expect(() => readSendFixture('one', JSON.stringify({ ...good, ...change }))).toThrow(`fixture one: ${part} is`);
  });
});
