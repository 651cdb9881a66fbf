import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { isAcceptedToken, isSignedBy, sign, type HmacScheme } from './index.js';

const scheme: HmacScheme = { algorithm: 'sha1', prefix: 'sha1=' };
const body = '{"node":"price_lookup","user":{"user_name":"hk_3f9a"},"entities":{"crop":"mahindi é"}}';
const raw = Buffer.from(body);
const hex = createHmac('sha1', 'one').update(raw).digest('hex');
const good = `sha1=${hex}`;
const by = (secret: string, over: string | Uint8Array = raw, algorithm = 'sha1'): string =>
  createHmac(algorithm, secret).update(over).digest('hex');
const mixed = hex.replace(/[a-f]/, (letter) => letter.toUpperCase());
const flip = (index: number): string => hex.slice(0, index) + (hex[index] === '0' ? '1' : '0') + hex.slice(index + 1);

type Case = readonly [
  name: string,
  signature: string | undefined,
  over: string | Uint8Array,
  secrets: readonly string[],
];

const accepted: readonly Case[] = [
  ['the one secret', good, body, ['one']],
  ['the first of two secrets', good, body, ['one', 'two']],
  ['the second of two secrets', good, body, ['two', 'one']],
  ['the last of five secrets', good, body, ['a', 'b', 'c', 'd', 'one']],
  ['the secret given twice', good, body, ['one', 'one']],
  ['an empty secret beside the right one', good, body, ['', 'one']],
  ['a blank secret beside the right one', good, body, ['one', '  ']],
  ['hex in upper case', `sha1=${hex.toUpperCase()}`, body, ['one']],
  ['hex in mixed case', `sha1=${mixed}`, body, ['one']],
  ['the new secret during a rollover', `sha1=${by('new')}`, body, ['old', 'new']],
  ['the old secret during a rollover', `sha1=${by('old')}`, body, ['old', 'new']],
  ['an empty body', `sha1=${by('one', '')}`, '', ['one']],
  ['a body that is no text', `sha1=${by('one', Buffer.from([0, 255, 10]))}`, Buffer.from([0, 255, 10]), ['one']],
  ['a secret with letters beyond ASCII', `sha1=${by('sirié')}`, body, ['sirié']],
  ['a secret with a blank in it', `sha1=${by('a b')}`, body, ['a b']],
  ['a secret longer than a hash block', `sha1=${by('x'.repeat(200))}`, body, ['x'.repeat(200)]],
  ['a large body', `sha1=${by('one', 'y'.repeat(262_144))}`, 'y'.repeat(262_144), ['one']],
];

const refused: readonly Case[] = [
  ['no header', undefined, body, ['one']],
  ['an empty header', '', body, ['one']],
  ['a blank header', ' ', body, ['one']],
  ['the prefix alone', 'sha1=', body, ['one']],
  ['the digest alone', hex, body, ['one']],
  ['an equals sign alone before the digest', `=${hex}`, body, ['one']],
  ['the prefix in upper case', `SHA1=${hex}`, body, ['one']],
  ['the prefix in mixed case', `Sha1=${hex}`, body, ['one']],
  ['the prefix twice', `sha1=sha1=${hex}`, body, ['one']],
  ['the prefix with a colon', `sha1:${hex}`, body, ['one']],
  ['the prefix of another hash', `sha256=${hex}`, body, ['one']],
  ['another hash under its own prefix', `sha256=${by('one', body, 'sha256')}`, body, ['one']],
  ['another hash under our prefix', `sha1=${by('one', body, 'sha256')}`, body, ['one']],
  ['another hash cut to our length', `sha1=${by('one', body, 'sha256').slice(0, 40)}`, body, ['one']],
  ['MD5 under our prefix', `sha1=${by('one', body, 'md5')}`, body, ['one']],
  ['a blank before the prefix', ` ${good}`, body, ['one']],
  ['a blank behind the digest', `${good} `, body, ['one']],
  ['a blank behind the equals sign', `sha1= ${hex}`, body, ['one']],
  ['a blank before the equals sign', `sha1 =${hex}`, body, ['one']],
  ['a line feed behind the digest', `${good}\n`, body, ['one']],
  ['a carriage return behind the digest', `${good}\r`, body, ['one']],
  ['a tab before the digest', `sha1=\t${hex}`, body, ['one']],
  ['a NUL behind the digest', `${good}\0`, body, ['one']],
  ['the digest in quotes', `sha1="${hex}"`, body, ['one']],
  ['a digest one digit short', good.slice(0, -1), body, ['one']],
  ['a digest two digits short', good.slice(0, -2), body, ['one']],
  ['half a digest', good.slice(0, 25), body, ['one']],
  ['one byte of the digest', good.slice(0, 7), body, ['one']],
  ['a digest two digits long', `${good}00`, body, ['one']],
  ['the digest twice', `${good}${hex}`, body, ['one']],
  ['two signatures in one header', `${good}, ${good}`, body, ['one']],
  ['the right signature behind a wrong one', `sha1=${by('two')}, ${good}`, body, ['one']],
  ['a wrong first digit', `sha1=${flip(0)}`, body, ['one']],
  ['a wrong middle digit', `sha1=${flip(20)}`, body, ['one']],
  ['a wrong last digit', `sha1=${flip(39)}`, body, ['one']],
  ['a digit that is none', `sha1=g${hex.slice(1)}`, body, ['one']],
  ['a digit of another script', `sha1=０${hex.slice(1)}`, body, ['one']],
  ['zeros', `sha1=${'0'.repeat(40)}`, body, ['one']],
  ['the digest reversed', `sha1=${Array.from(hex).reverse().join('')}`, body, ['one']],
  ['the digest in base64', `sha1=${Buffer.from(hex, 'hex').toString('base64')}`, body, ['one']],
  ['a hash of the body without a secret', `sha1=${by('', body)}`, body, ['one']],
  ['another secret', `sha1=${by('two')}`, body, ['one']],
  ['the secret in other letter case', `sha1=${by('One')}`, body, ['one']],
  ['the secret with a blank', `sha1=${by('one ')}`, body, ['one']],
  ['two secrets joined', `sha1=${by('onetwo')}`, body, ['one', 'two']],
  ['a secret that was taken away', `sha1=${by('old')}`, body, ['new']],
  ['an empty secret', `sha1=${by('')}`, body, ['']],
  ['an empty secret beside another', `sha1=${by('')}`, body, ['', 'one']],
  ['a blank secret', `sha1=${by(' ')}`, body, [' ']],
  ['no secrets at all', good, body, []],
  ['a body re-encoded with other blanks', good, JSON.stringify(JSON.parse(body), null, 1), ['one']],
  ['a body re-encoded with escapes', good, body.replace('é', '\\u00e9'), ['one']],
  ['a body re-encoded in Latin-1', good, Buffer.from(body, 'latin1'), ['one']],
  ['a body with its members in another order', good, '{"user":{"user_name":"hk_3f9a"},"node":"price_lookup"}', ['one']],
  ['a body with a line feed added', good, `${body}\n`, ['one']],
  ['a body with a byte order mark', good, `\ufeff${body}`, ['one']],
  ['a body cut short', good, body.slice(0, -1), ['one']],
  ['an empty body under the signature of another', good, '', ['one']],
];

describe('HMAC signatures (#51)', () => {
  it.each(accepted)('accepts %s', (_name, signature, over, secrets) => {
    expect(isSignedBy(scheme, signature, Buffer.from(over), secrets)).toBe(true);
  });

  it.each(refused)('refuses %s', (_name, signature, over, secrets) => {
    expect(isSignedBy(scheme, signature, Buffer.from(over), secrets)).toBe(false);
  });

  it('covers at least 60 cases', () => {
    expect(accepted.length + refused.length).toBeGreaterThanOrEqual(60);
  });

  it('signs what it accepts, also without a prefix and with other hashes', () => {
    for (const algorithm of ['sha1', 'sha256', 'sha512'] as const) {
      const other = { algorithm, prefix: '' };
      expect(isSignedBy(other, sign(other, raw, 'one'), raw, ['one'])).toBe(true);
    }
    expect(sign(scheme, raw, 'one')).toBe(good);
  });

  it('matches the example of RFC 2202, section 3', () => {
    const data = Buffer.from('what do ya want for nothing?');
    expect(isSignedBy(scheme, 'sha1=effcdf6ae5eb2fa2d27416d5f184df9c259a7c79', data, ['Jefe'])).toBe(true);
  });
});

describe('tokens', () => {
  it.each([
    ['abc', ['abc'], true],
    ['abc', ['x', 'abc'], true],
    ['abc', ['abc', 'x'], true],
    ['abc', ['', 'abc'], true],
    ['ABC', ['abc'], false],
    ['ab', ['abc'], false],
    ['abcd', ['abc'], false],
    ['abc ', ['abc'], false],
    ['', [''], false],
    [' ', [' '], false],
    [undefined, ['abc'], false],
    ['abc', [], false],
  ])('%j against %j: %j', (given, list, expected) => {
    expect(isAcceptedToken(given, list)).toBe(expected);
  });
});
