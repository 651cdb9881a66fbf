import { describe, expect, it } from '@jest/globals';
import { resolveDialled, resolveRoute } from './index.js';

describe('resolveRoute', () => {
  const routes = new Map([
    ['*384*4417#', 'shamba'],
    ['default', 'welcome'],
  ]);

  it('takes the address itself, else the default', () => {
    expect(resolveRoute(routes, '*384*4417#')).toBe('shamba');
    expect(resolveRoute(routes, '*384*1#')).toBe('welcome');
    expect(resolveRoute(routes, '')).toBe('welcome');
  });

  it('has no dialog for an unknown address without a default', () => {
    expect(resolveRoute(new Map([['a', 'x']]), 'b')).toBeUndefined();
  });
});

describe('resolveDialled', () => {
  const routes = new Map([
    ['*887*21#', 'shamba'],
    ['*887#', 'menu'],
    ['default', 'welcome'],
  ]);

  it.each([
    ['*887*21#', 'shamba', '*887*21#', []],
    ['*887*21*2#', 'shamba', '*887*21#', ['2']],
    ['*887*21*2*5#', 'shamba', '*887*21#', ['2', '5']],
    ['*887*22#', 'menu', '*887#', ['22']],
    ['*887*215#', 'menu', '*887#', ['215']],
    ['*999#', 'welcome', '*999#', []],
  ])('takes %s to %s', (dialled, dialog, serviceCode, shortcut) => {
    expect(resolveDialled(routes, dialled)).toEqual({ dialog, serviceCode, shortcut });
  });

  it('never takes the word default for a code', () => {
    expect(resolveDialled(routes, 'default')).toEqual({ dialog: 'welcome', serviceCode: 'default', shortcut: [] });
  });

  it('has no dialog for an unknown code without a default', () => {
    expect(resolveDialled(new Map([['*887#', 'menu']]), '*999#').dialog).toBeUndefined();
  });
});
