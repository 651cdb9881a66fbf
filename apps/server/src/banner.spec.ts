import { describe, expect, it } from '@jest/globals';
import type { Account } from '@app/provider-kit';
import { banner } from './banner.js';
import type { RunningServer } from './server.js';

const routes = new Map([['default', 'shamba']]);

function bannerOf(more: Partial<Account>): string {
  const guards = {
    credentials: {},
    resendUncertain: false,
    airtimeAllow: [],
    endpoints: {},
    webhookKeys: [],
    allowFrom: [],
    secrets: [],
    open: true,
    options: {},
  };
  const account: Account = {
    provider: 'haptik',
    account: 'demo',
    timezone: 'UTC',
    repeatWindowMs: 0,
    ...guards,
    ...more,
  };
  const parts = { workspace: { configuration: { accounts: [account] } } };
  return banner({ url: 'http://127.0.0.1:3000', freshAdminKey: undefined, parts } as unknown as RunningServer);
}

describe('the banner', () => {
  it('shows how to try the bot of the demo, signed', () => {
    const text = bannerOf({ bot: routes, secrets: ['test'] });
    expect(text).toContain('POST http://127.0.0.1:3000/bot/haptik/demo');
    expect(text).toContain("-hmac 'test'");
  });

  it('shows nothing to try that an address range would refuse', () => {
    expect(bannerOf({ provider: 'kairos', ussd: routes })).toContain('curl');
    expect(bannerOf({ provider: 'kairos', ussd: routes, allowFrom: ['10.9.0.0/16'] })).not.toContain('curl');
  });

  it('writes no secret and no key of another account down', () => {
    for (const guard of [{ secrets: ['test', 'S3cret'] }, { secrets: ['S3cret'] }, { webhookKeys: ['S3cret'] }]) {
      const text = bannerOf({ bot: routes, ...guard });
      expect(text).not.toContain('S3cret');
      expect(text).not.toContain('curl');
    }
  });
});
