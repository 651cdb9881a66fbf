import { describe, expect, it } from '@jest/globals';
import { readHopHeader, writeHopHeader } from './hop-header.js';

const version = '3f9a02bc';

describe('the hop header', () => {
  it.each([
    ['v=1;d=3f9a02bc', { version, resumed: false }],
    ['v=1;d=3f9a02bc;r=1', { version, resumed: true }],
    ['v=1;d=3f9a02bc;l=', { version, inputs: [], resumed: false }],
    ['v=1;d=3f9a02bc;l=0', { version, inputs: [0], resumed: false }],
    ['v=1;d=3f9a02bc;l=1,5,12;r=1', { version, inputs: [1, 5, 12], resumed: true }],
  ])('%s is written and read', (text, mark) => {
    expect(writeHopHeader(mark)).toBe(text);
    expect(readHopHeader(text)).toEqual(mark);
  });

  it('leaves the lengths out where 99 characters do not hold them', () => {
    const inputs = (n: number): number[] => Array.from({ length: n }, () => 3);
    expect(writeHopHeader({ version, inputs: inputs(41), resumed: false })).toHaveLength(98);
    expect(writeHopHeader({ version, inputs: inputs(42), resumed: false })).toBe('v=1;d=3f9a02bc');
    expect(writeHopHeader({ version, inputs: inputs(39), resumed: true })).toHaveLength(98);
    expect(writeHopHeader({ version, inputs: inputs(41), resumed: true })).toBe('v=1;d=3f9a02bc;r=1');
  });

  it.each([-1, 1.5, NaN, 100_000])('leaves lengths out that are none: %s', (length) => {
    expect(writeHopHeader({ version, inputs: [1, length], resumed: false })).toBe('v=1;d=3f9a02bc');
  });

  it.each(['', 'short', '3f9a02bc0', '3f9a02b|', 'a\r\nb: cd'])('#45 is not written for the version %j', (wrong) => {
    expect(writeHopHeader({ version: wrong, inputs: [1], resumed: false })).toBeUndefined();
  });

  it.each([
    undefined,
    '',
    'menu=root;v=3',
    'v=2;d=3f9a02bc',
    'v=1',
    'v=1;d=3f9a02b',
    'v=1;d=3f9a02bc;',
    'v=1;d=3f9a02bc;l=1,',
    'v=1;d=3f9a02bc;l=,1',
    'v=1;d=3f9a02bc;l=-1',
    'v=1;d=3f9a02bc;l=1.5',
    'v=1;d=3f9a02bc;l=999999',
    'v=1;d=3f9a02bc;r=1;l=1',
    'v=1;d=3f9a02bc;r=0',
    'v=1;d=3f9a02bc;l=1;x=2',
    ' v=1;d=3f9a02bc',
    'v=1;d=3f9a02bc\n',
    'V=1;D=3f9a02bc',
    'v=1;d=3f9a02bc, v=1;d=3f9a02bc',
    `v=1;d=3f9a02bc;l=${'1,'.repeat(50)}1`,
    '\0\ud800',
  ])('reads no mark from %j', (text) => {
    expect(readHopHeader(text)).toBeUndefined();
  });
});
