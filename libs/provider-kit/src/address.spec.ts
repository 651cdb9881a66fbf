import { describe, expect, it } from '@jest/globals';
import { AddressRanges, rangeFault } from './index.js';

describe('AddressRanges (#52)', () => {
  it.each([
    ['196.201.212.0/22', '196.201.215.255', true],
    ['196.201.212.0/22', '196.201.216.0', false],
    ['196.201.212.7/22', '196.201.213.1', true],
    ['196.201.212.0/22', '::ffff:196.201.213.1', true],
    ['196.201.212.0/22', '::ffff:c4c9:d501', true],
    ['::ffff:196.201.212.0/118', '196.201.213.1', true],
    ['10.0.0.1', '10.0.0.1', true],
    ['10.0.0.1', '10.0.0.2', false],
    ['0.0.0.0/0', '8.8.8.8', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['2001:db8::/32', '2001:db8:1::9', true],
    ['2001:db8::/32', '2001:DB8:0:0:0:0:0:1', true],
    ['2001:db8::/32', '2001:db9::1', false],
    ['::/0', '10.0.0.1', false],
    ['fe80::/10', 'fe80::1%eth0', true],
    ['127.0.0.0/8', '127.1', false],
    ['127.0.0.0/8', '0x7f.0.0.1', false],
    ['127.0.0.0/8', '2130706433', false],
    ['8.0.0.0/8', '010.0.0.1', false],
    ['10.0.0.0/8', '10.0.0.1, 196.201.213.1', false],
    ['10.0.0.0/8', '10.0.0.1:443', false],
    ['10.0.0.0/8', '', false],
    ['10.0.0.0/8', 'localhost', false],
    ['not a range', '10.0.0.1', false],
  ])('%s holds %s: %s', (range, address, expected) => {
    expect(new AddressRanges([range]).contain(address)).toBe(expected);
  });

  it('holds an address that lies in any of several ranges', () => {
    const ranges = new AddressRanges(['10.0.0.0/8', '2001:db8::/32']);
    expect([ranges.contain('10.1.1.1'), ranges.contain('2001:db8::1'), ranges.contain('11.0.0.1')]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('holds nothing without ranges', () => {
    expect(new AddressRanges([]).contain('127.0.0.1')).toBe(false);
  });
});

describe('rangeFault', () => {
  it.each(['10.0.0.0/8', ' 10.0.0.1 ', '0.0.0.0/0', '2001:db8::/32', '::1', '::ffff:10.0.0.0/104'])(
    'finds none in %j',
    (range) => {
      expect(rangeFault(range)).toBeUndefined();
    },
  );

  it.each([
    '',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    '10.0.0/8',
    '10.0.0.256',
    '::/129',
    '::g',
    'any',
    '10.0.0.0/0x8',
  ])('finds one in %j', (range) => {
    expect(rangeFault(range)).toContain(range);
  });
});
