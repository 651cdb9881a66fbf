import { describe, expect, it } from '@jest/globals';
import { AccountBook, ProviderRegistry, type Account, type Provider } from './index.js';

const provider = (id: string): Provider => ({ id, name: id, accountOptions: {} });
const account = (of: string, name: string): Account => ({
  provider: of,
  account: name,
  timezone: 'UTC',
  credentials: {},
  resendUncertain: false,
  airtimeAllow: [],
  endpoints: {},
  webhookKeys: [],
  allowFrom: [],
  open: true,
  secrets: [],
  repeatWindowMs: 1_500,
  options: {},
});

describe('ProviderRegistry', () => {
  it('finds a provider by its id alone', () => {
    const one = provider('one');
    const registry = new ProviderRegistry([one, provider('two')]);
    expect(registry.find('one')).toBe(one);
    expect(registry.find('One')).toBeUndefined();
    expect(registry.find('__proto__')).toBeUndefined();
    expect(registry.find('constructor')).toBeUndefined();
  });

  it('refuses two providers of one id', () => {
    expect(() => new ProviderRegistry([provider('one'), provider('one')])).toThrow('two providers are named "one"');
  });
});

describe('AccountBook', () => {
  it('#55 tells accounts of the same name apart by their provider', () => {
    const mine = account('one', 'demo');
    const other = account('two', 'demo');
    const book = new AccountBook([mine, other, account('one', 'live')]);
    expect(book.find('one', 'demo')).toBe(mine);
    expect(book.find('two', 'demo')).toBe(other);
    expect(book.find('two', 'live')).toBeUndefined();
    expect(book.find('three', 'demo')).toBeUndefined();
    expect(book.find('one', '__proto__')).toBeUndefined();
  });

  it('refuses two accounts of one name with the same provider', () => {
    expect(() => new AccountBook([account('one', 'demo'), account('one', 'demo')])).toThrow('are named "demo"');
  });
});
