import { describe, expect, it } from '@jest/globals';
import { localNumber, parseMsisdn, writtenForms } from './msisdn.js';

describe('parseMsisdn', () => {
  it.each([
    ['+254700000201', undefined, '+254700000201'],
    ['254700000101', undefined, '+254700000101'],
    ['233200000404', 'KE', '+233200000404'],
    ['225230000001', undefined, '+225230000001'],
    ['918919520001', 'IN', '+918919520001'],
    ['27821234567', 'ZA', '+27821234567'],
    ['12025550101', undefined, '+12025550101'],
    ['00254700000201', undefined, '+254700000201'],
    ['+2540700000201', undefined, '+254700000201'],
    ['+2250700000001', undefined, '+2250700000001'],
    ['+254 (700) 000-201', undefined, '+254700000201'],
    ['\u202a+254\u00a0700\u00a0000\u00a0201\u202c', undefined, '+254700000201'],
    ['whatsapp:+12025550101', undefined, '+12025550101'],
    ['tel:+254700000201', undefined, '+254700000201'],
    ['0700000201', 'KE', '+254700000201'],
    ['700000201', 'KE', '+254700000201'],
    ['0200000404', 'GH', '+233200000404'],
    ['08030000001', 'NG', '+2348030000001'],
    ['09886713000', 'IN', '+919886713000'],
    ['9886713000', 'IN', '+919886713000'],
    ['9198867130', 'IN', '+919198867130'],
    ['0700000001', 'CI', '+2250700000001'],
    ['71234567', 'BW', '+26771234567'],
    ['+8816123456789', undefined, '+8816123456789'],
  ])('reads %j with default country %j as %s', (text, country, expected) => {
    expect(parseMsisdn(text, country)).toBe(expected);
  });

  it.each([' 254700000201', ' 12025550101'])('takes the leading blank of %j for a badly encoded plus', (text) => {
    expect(parseMsisdn(text, 'KE')).toBe(`+${text.trim()}`);
  });

  it('lets a leading blank decide between a foreign number and one of the default country', () => {
    expect(parseMsisdn('2207123456', 'IN')).toBe('+912207123456');
    expect(parseMsisdn(' 2207123456', 'IN')).toBe('+2207123456');
  });

  it.each([
    ['', 'KE'],
    ['+', 'KE'],
    ['44170', 'KE'],
    ['384', 'KE'],
    ['12345678', 'KE'],
    ['SHAMBA', 'KE'],
    ['INFO254', 'KE'],
    ['sip:+254700000201@example.com', 'KE'],
    ['shamba.ke@ke.sip.example.com', 'KE'],
    ['*384*4417#', 'KE'],
    ['0700000201', undefined],
    ['0700000201', 'XX'],
    ['0700', 'KE'],
    ['+0254700000201', 'KE'],
    ['+999700000201', 'KE'],
    ['+2547000002012345', 'KE'],
    ['+254700', 'KE'],
    ['254+700000201', 'KE'],
    ['+254700000201\u0000', 'KE'],
    [`+254${' '.repeat(100)}700000201`, 'KE'],
  ])('does not take %j with default country %j for a number', (text, country) => {
    expect(parseMsisdn(text, country)).toBeUndefined();
  });
});

describe('localNumber', () => {
  it.each([
    ['+254700000201', '0700000201'],
    ['+233200000404', '0200000404'],
    ['+2250700000001', '0700000001'],
    ['+26771234567', '71234567'],
    ['+225230000001', '230000001'],
  ])('writes %s as %s', (text, expected) => {
    const msisdn = parseMsisdn(text);
    expect(msisdn && localNumber(msisdn)).toBe(expected);
  });
});

describe('writtenForms', () => {
  it.each([
    ['+254711082000', ['+254711082000', '254711082000', '0711082000']],
    ['0711082000', ['0711082000']],
    ['44170', ['44170']],
    ['SHAMBA', ['SHAMBA']],
  ])('of %s are %j', (address, forms) => {
    expect(writtenForms(address)).toEqual(forms);
  });
});
