import { describe, expect, it } from '@jest/globals';
import type { Account, VoiceInbound, WebhookRequest } from '@app/provider-kit';
import { africasTalkingVoice } from './voice.js';

const call = { isActive: '1', sessionId: 'ATVId_1', callerNumber: '+254700000203', destinationNumber: '+254711082000' };
const read = (fields: object, query: object = {}): VoiceInbound =>
  africasTalkingVoice.parse(
    { fields: { ...call, ...fields, ...query }, query } as unknown as WebhookRequest,
    { country: 'KE' } as Account,
  );

describe('a call that is over', () => {
  const over = { isActive: '0', status: 'Success', dialDestinationNumber: '+254700000204' };

  it.each([
    ['61', true],
    ['0', false],
    [undefined, false],
  ])('after a transfer of %s seconds was transferred: %s', (dialDurationInSeconds, transferred) => {
    expect(read({ ...over, dialDurationInSeconds })).toMatchObject({ kind: 'final', transferred });
  });
});

describe('what a call answers', () => {
  it('stands in our own address alone, whatever the body says', () => {
    expect(read({ dtmfDigits: '1', turn: '7', noinput: '7' }, { turn: '2' })).toMatchObject({
      turn: { answers: 2, input: { kind: 'digits', digits: '1' } },
    });
    expect(read({ turn: '7', noinput: '7' })).toMatchObject({ turn: { input: { kind: 'start' } } });
    expect(read({ turn: '7' })).not.toHaveProperty('turn.answers');
  });

  it('is silence where our address says so, whatever keys came before', () => {
    const silence = { turn: { answers: 2, input: { kind: 'silence' } } };
    expect(read({ dtmfDigits: '1' }, { turn: '2', noinput: '2' })).toMatchObject(silence);
    expect(read({ dtmfDigits: '1' }, { noinput: '2' })).toMatchObject(silence);
  });

  it.each(['', '-1', '1.5', 'x', '9'.repeat(20)])('is unknown where our address was changed to %j', (turn) => {
    expect(read({}, { turn })).toMatchObject({ turn: { input: { kind: 'start' } } });
  });
});
