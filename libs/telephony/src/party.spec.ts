import { describe, expect, it } from '@jest/globals';
import { maskMsisdn } from './mask.js';
import { parseParty } from './party.js';

describe('parseParty', () => {
  it.each([
    ['254700000201', { kind: 'msisdn', msisdn: '+254700000201' }],
    ['0700000201', { kind: 'msisdn', msisdn: '+254700000201' }],
    ['44170', { kind: 'short-code', code: '44170' }],
    [' 384 ', { kind: 'short-code', code: '384' }],
    ['12', { kind: 'name', name: '12' }],
    ['SHAMBA', { kind: 'name', name: 'SHAMBA' }],
    ['Shamba Info ', { kind: 'name', name: 'Shamba Info ' }],
    ['', { kind: 'name', name: '' }],
  ])('tells what %j is', (text, expected) => {
    expect(parseParty(text, 'KE')).toEqual(expected);
  });
});

describe('maskMsisdn (#56)', () => {
  it.each([
    ['+254700000201', '+2547…201'],
    ['254700000201', '2547…201'],
    ['0700000201', '07…201'],
    ['+25470000', '+…000'],
    ['4417012', '…12'],
    ['44170', '…'],
    ['', '…'],
    ['Amina', '…'],
    ['a +254700000201 b', '…'],
    ['\ud800254700000201', '…'],
  ])('masks %j as %j', (text, expected) => {
    expect(maskMsisdn(text)).toBe(expected);
  });
});
