import { describe, expect, it } from '@jest/globals';
import { networkName, networks, ussdSeptetsOf } from './network-code.js';

describe('network codes', () => {
  it('gives Airtel screens of 182 septets and every other network 160', () => {
    for (const { code, name } of networks.values()) {
      expect([name, ussdSeptetsOf(code)]).toEqual([name, name.startsWith('Airtel ') ? 182 : 160]);
    }
    expect([...networks.values()].filter(({ name }) => name.startsWith('Airtel '))).toHaveLength(7);
  });

  it('gives unknown networks 160 septets and keeps their code as name', () => {
    expect([ussdSeptetsOf(undefined), ussdSeptetsOf(''), ussdSeptetsOf('26201')]).toEqual([160, 160, 160]);
    expect([networkName('63902'), networkName('26201')]).toEqual(['Safaricom Kenya', '26201']);
  });

  it('knows only codes of five digits, each once', () => {
    expect(networks.size).toBe(34);
    expect([...networks.keys()].filter((code) => !/^\d{5}$/.test(code))).toEqual([]);
  });
});
