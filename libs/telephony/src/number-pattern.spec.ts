import { describe, expect, it } from '@jest/globals';
import { numberPattern, parseMsisdn, type Msisdn } from './index.js';

const pattern = new RegExp(numberPattern(parseMsisdn('+254700000201') as Msisdn));

describe('the pattern of a number', () => {
  it.each([
    '+254700000201',
    '254700000201',
    '0700000201',
    '700000201',
    '00254700000201',
    '%2B254700000201',
    'from=%2b254700000201&to=44170',
    'text=call%200700000201',
    '{"to":"\\u0020254700000201"}',
    '\\302\\2400700000201',
    '+254 700 000 201',
    '+254 (0) 700-000-201',
    '0700 000 201',
    '0700%20000%20201',
    '0700.000.201',
    '1*0700000201*2',
    'camp-7:254700000201:2026-03-04 15:02:10',
    '["254700000201",1]',
    '{"to": 254700000201}',
    'x254700000201y',
  ])('finds it in %s', (text) => {
    expect(pattern.test(text)).toBe(true);
  });

  it('takes no more than the number', () => {
    expect('call +254 700 000 201 or 0700000201, now'.replace(new RegExp(pattern.source, 'g'), '•')).toBe(
      'call • or •, now',
    );
  });

  it.each(['+254700000202', '1700000201', '7000002011', '254700000201000', '+255700000201', '70000020', '2547000002'])(
    'does not take %s for it',
    (text) => {
      expect(pattern.test(text)).toBe(false);
    },
  );

  it.each([
    ['+390612345678', '06 1234 5678'],
    ['+918867130001', '088671 30001'],
    ['+36201234567', '06 20 123 4567'],
    ['+2250700000201', '07 00 00 02 01'],
  ])('knows how %s is dialled at home', (number, local) => {
    expect(new RegExp(numberPattern(parseMsisdn(number) as Msisdn)).test(local)).toBe(true);
  });
});
