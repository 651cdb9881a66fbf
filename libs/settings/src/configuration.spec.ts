import { describe, expect, it } from '@jest/globals';
import type { Account, Provider } from '@app/provider-kit';
import { readConfiguration, type ConfigurationReading } from './configuration.js';
import { unknownDialogs } from './dialog-uses.js';
import { describeFault } from './fault.js';
import { environmentLookUp } from './variables.js';

const unused = (): never => {
  throw new Error('a reader of settings calls no provider');
};
const parts = { deadlineMs: 8_000, parse: unused, render: unused, reject: unused };
const ussd = { ...parts, screen: unused, acknowledgeEnd: unused };
const bot = { ...parts, acknowledgeNotice: unused, page: unused };
const sms = { deadlineMs: 30_000, parse: unused, acknowledge: unused };
const callReports = { parse: unused, acknowledge: unused };
const voice = {
  ...callReports,
  deadlineMs: 8_000,
  render: unused,
  refuse: unused,
  nothing: unused,
  parseEvent: unused,
};
const signature = { signs: (account: Account) => account.secrets.length > 0, verify: unused };
const providers: readonly Provider[] = [
  { id: 'africastalking', name: "Africa's Talking", ussd, sms, voice, accountOptions: {} },
  { id: 'mobtexting', name: 'MOBtexting', sms, callReports, signature, accountOptions: {} },
  { id: 'generic', name: 'Any sender', callReports, accountOptions: {} },
  { id: 'cradlebots', name: 'CradleBots', ussd, accountOptions: {} },
  {
    id: 'kairos',
    name: 'Kairos Afrika',
    ussd,
    accountOptions: {
      continueMessageType: { type: 'string', description: 'goes on' },
      endMessageType: { type: 'string', description: 'closes' },
    },
  },
  {
    id: 'haptik',
    name: 'Haptik',
    bot,
    signature,
    accountOptions: {
      richChoices: { type: 'boolean', description: 'choices as buttons' },
      weight: { type: 'number', description: 'a number' },
      extra: { type: 'object', description: 'an object' },
    },
  },
];

function read(text: string, env: Record<string, string> = {}, production = false): ConfigurationReading {
  const readFile = (path: string): string => `content of ${path}\n`;
  return readConfiguration('conf/ongea.yaml', text, {
    lookUp: environmentLookUp(env, readFile),
    providers,
    production,
  });
}

function faults(text: string, env: Record<string, string> = {}, production = false): string[] {
  return read(text, env, production).faults.map(describeFault);
}

function account(
  lines: string,
  env: Record<string, string> = {},
): NonNullable<ConfigurationReading['configuration']>['accounts'][number] {
  const reading = read(`accounts:\n  - { provider: africastalking, account: demo, ${lines} }`, env);
  expect(reading.faults.map(describeFault)).toEqual([]);
  return reading.configuration!.accounts[0]!;
}

const everySeed = `
dialogs: ./dialogs
actions: ./actions
http: { allowPrivate: [10.1.0.0/16, 127.0.0.1] }
retention: { callReports: 730d, deliveryEvents: 365d, messages: 365d, transcripts: 30d, inbox: 12h, sessionReports: 365d }
reconcile: { closeAfter: 6h }
accounts:
  - provider: africastalking
    account: demo
    timezone: UTC
    country: KE
    language: en
    credentials: { username: sandbox, apiKey: "\${AT_API_KEY:-}" }
    webhookKeys: ["\${AT_WEBHOOK_KEY:-}"]
    allowFrom: [196.201.212.0/22]
    open: false
    ussd:  { "*384*4417#": shamba, default: shamba }
    sms:   { "44170": { price: farm-prices, default: shamba }, default: shamba }
    voice: { default: shamba }
    replyFrom: "44170"
    maxSeptets: 160
    deadlineMs: 8000
    repeatWindowMs: 1600
    rate: { perSecond: 30 }
    resendUncertain: false
    airtime: { allow: ["ATQid_"] }
    endpoints: { api: "http://127.0.0.1:9900", content: "http://127.0.0.1:9901" }
  - { provider: cradlebots, account: demo, country: KE, ussd: { default: shamba } }
  - { provider: kairos, account: demo, country: GH, ussd: { default: shamba }, continueMessageType: "0", endMessageType: 2 }
  - provider: haptik
    account: demo
    secrets: [test]
    richChoices: false
    bot: { price_lookup: price-lookup, default: shamba }
  - provider: mobtexting
    account: demo
    timezone: Asia/Kolkata
    country: IN
    secrets: ["\${MOB_SECRET:-}"]
    callReports: { fields: {} }
  - provider: generic
    account: pbx
    timezone: Africa/Nairobi
    country: KE
    callReports:
      fields: { externalId: uuid, from: caller, to: callee, status: disposition, startedAt: start, durationSeconds: billsec }
      constants: { direction: inbound, source: pbx }
      statuses: { ANSWERED: answered, "NO ANSWER": no-answer, BUSY: busy }
      identity: [uuid]
      reply: { status: 200, body: OK, contentType: text/plain }
forwards: []
`;

describe('the configuration file', () => {
  it('takes every provider and key that the documentation shows', () => {
    const reading = read(everySeed);
    expect(reading.faults.map(describeFault)).toEqual([]);
    expect(reading.configuration!.accounts.map((one) => `${one.provider}/${one.account}`)).toEqual([
      'africastalking/demo',
      'cradlebots/demo',
      'kairos/demo',
      'haptik/demo',
      'mobtexting/demo',
      'generic/pbx',
    ]);
    expect(reading.configuration!.accounts[0]).toEqual({
      provider: 'africastalking',
      account: 'demo',
      timezone: 'UTC',
      country: 'KE',
      language: 'en',
      credentials: { username: 'sandbox' },
      webhookKeys: [],
      allowFrom: ['196.201.212.0/22'],
      open: false,
      secrets: [],
      ussd: new Map([
        ['*384*4417#', 'shamba'],
        ['default', 'shamba'],
      ]),
      sms: new Map<string, unknown>([
        [
          '44170',
          new Map([
            ['price', 'farm-prices'],
            ['default', 'shamba'],
          ]),
        ],
        ['default', 'shamba'],
      ]),
      voice: new Map([['default', 'shamba']]),
      replyFrom: '44170',
      maxSeptets: 160,
      deadlineMs: 8_000,
      repeatWindowMs: 1_600,
      rate: { perSecond: 30 },
      resendUncertain: false,
      airtimeAllow: ['ATQid_'],
      endpoints: { api: 'http://127.0.0.1:9900', content: 'http://127.0.0.1:9901' },
      options: {},
    });
    expect(reading.configuration!.accounts[2]!.options).toEqual({ continueMessageType: '0', endMessageType: '2' });
    expect(reading.configuration!.accounts[3]!.options).toEqual({ richChoices: false });
    expect(reading.configuration!.accounts[5]!.callReports).toEqual({
      fields: {
        externalId: 'uuid',
        from: 'caller',
        to: 'callee',
        status: 'disposition',
        startedAt: 'start',
        durationSeconds: 'billsec',
      },
      constants: { direction: 'inbound', source: 'pbx' },
      statuses: { ANSWERED: 'answered', 'NO ANSWER': 'no-answer', BUSY: 'busy' },
      identity: ['uuid'],
      reply: { status: 200, body: 'OK', contentType: 'text/plain' },
    });
    expect(reading.configuration!.retention.inbox).toBe(12 * 3_600_000);
    expect(reading.configuration!.reconcile.closeAfter).toBe(6 * 3_600_000);
    expect(reading.configuration!.http.allowPrivate).toEqual(['10.1.0.0/16', '127.0.0.1']);
    expect(reading.folders.dialogs.endsWith('/conf/dialogs')).toBe(true);
    expect(reading.folders.actions?.endsWith('/conf/actions')).toBe(true);
  });

  it('warns of empty credentials', () => {
    expect(read(everySeed).warnings.map(describeFault)).toEqual([
      'conf/ongea.yaml:13:18 credentials are missing: apiKey (sending through this account will fail)',
    ]);
  });

  it('needs little', () => {
    const small = read('accounts: [{ provider: cradlebots, account: a, ussd: { default: x } }]').configuration!;
    expect(small.accounts[0]).toEqual({
      provider: 'cradlebots',
      account: 'a',
      timezone: 'UTC',
      credentials: {},
      webhookKeys: [],
      allowFrom: [],
      open: false,
      secrets: [],
      ussd: new Map([['default', 'x']]),
      repeatWindowMs: 1_500,
      resendUncertain: false,
      airtimeAllow: [],
      endpoints: {},
      options: {},
    });
    expect(small.reconcile.closeAfter).toBe(86_400_000);
    expect(small.retention.callReports).toBe(730 * 86_400_000);
  });

  it.each([
    ['webhookKeys: ["${K}", "${L:-}", ""]', { K: 'k1' }, { webhookKeys: ['k1'] }],
    ['webhookKeys: ["${K:-fallback}"]', {}, { webhookKeys: ['fallback'] }],
    ['webhookKeys: ["${K}"]', { K_FILE: '/run/k' }, { webhookKeys: ['content of /run/k'] }],
    ['webhookKeys: ["a${K}b"]', { K: '-' }, { webhookKeys: ['a-b'] }],
    ['webhookKeys: [0042]', {}, { webhookKeys: ['0042'] }],
    ['deadlineMs: "${D:-9000}"', {}, { deadlineMs: 9_000 }],
    ['open: "${O}"', { O: 'true' }, { open: true }],
    [
      'ussd: { 00123: a, 0123: b, 1e3: c }',
      {},
      {
        ussd: new Map([
          ['00123', 'a'],
          ['0123', 'b'],
          ['1e3', 'c'],
        ]),
      },
    ],
    ['ussd: { "${CODE}": a }', { CODE: '*384*7#' }, { ussd: new Map([['*384*7#', 'a']]) }],
    ['language: ~, country:', {}, { timezone: 'UTC' }],
    ['credentials: { pin: 00123 }', {}, { credentials: { pin: '00123' } }],
  ])('reads %s', (lines, env, expected) => {
    expect(account(lines, env as Record<string, string>)).toMatchObject(expected);
  });

  it('reads an alias as what it stands for', () => {
    const text =
      'accounts:\n  - { provider: kairos, account: a, ussd: &u { default: x } }\n  - { provider: kairos, account: b, ussd: *u }';
    expect(read(text).configuration!.accounts[1]!.ussd).toEqual(new Map([['default', 'x']]));
  });

  it('gives a provider its own keys in the types that it names', () => {
    const text =
      'accounts:\n  - { provider: haptik, account: a, bot: { default: x }, richChoices: true, weight: 1.5, extra: { a: 1, b: [x, true], c: "1" } }';
    expect(read(text).configuration!.accounts[0]!.options).toEqual({
      richChoices: true,
      weight: 1.5,
      extra: { a: 1, b: ['x', true], c: '1' },
    });
  });
});

describe('faults of the configuration file', () => {
  const kairos = 'provider: kairos, account: demo';
  it.each([
    ['', '1:1 the file holds no settings (it begins with keys such as "dialogs:")'],
    ['- a', '1:1 the file holds no settings (it begins with keys such as "dialogs:")'],
    ['dialogs: [', '1:11 not valid YAML: '],
    ['dialogs: a\ndialogs: b', '2:1 not valid YAML: Map keys must be unique'],
    ['dialog: x', '1:1 unknown key "dialog" in the configuration (did you mean "dialogs"?)'],
    ['dialogs: { a: b }', '1:10 dialogs must be a single value'],
    ['dialogs: ${WHERE}', '1:10 the variable WHERE is not set (set it, or write ${WHERE:-} where it may be empty)'],
    [
      'http: { allowPrivate: [10.1] }',
      '1:24 "10.1" is neither an address nor a CIDR range (such as 196.201.212.0/22 or 10.0.0.1)',
    ],
    ['http: { allowPrivat: [] }', '1:9 unknown key "allowPrivat" in http (did you mean "allowPrivate"?)'],
    [
      'retention: { inbox: 3 weeks }',
      '1:21 inbox of retention is no duration: "3 weeks" (such as 30d, 24h, 10m, 3s, 500ms)',
    ],
    ['accounts: {}', '1:11 accounts must be a list (each entry begins with "- ")'],
    ['accounts: [x]', '1:12 an account must be a map of keys and values'],
    ['accounts: [{ provider: kairo, account: a }]', '1:24 no provider is called "kairo" (did you mean "kairos"?)'],
    [
      'accounts: [{ provider: nobody, account: a }]',
      '1:24 no provider is called "nobody" (known: africastalking, cradlebots, generic, haptik, kairos, mobtexting)',
    ],
    ['accounts: [{ account: a }]', '1:12 an account needs a provider'],
    ['accounts: [{ provider: kairos }]', '1:12 an account needs a name'],
    ['accounts: [{ provider: kairos, account: My_Demo }]', '1:41 an account cannot be called "My_Demo"'],
    [`accounts: [{ ${kairos} }, { ${kairos} }]`, '1:78 the account kairos/demo is there twice'],
    [`accounts: [{ ${kairos}, usd: { default: x } }]`, '1:47 unknown key "usd" in an account (did you mean "ussd"?)'],
    [`accounts: [{ ${kairos}, richChoices: true }]`, '1:47 unknown key "richChoices" in an account'],
    [`accounts: [{ ${kairos}, bot: { default: x } }]`, '1:52 kairos has no channel "bot"'],
    [`accounts: [{ ${kairos}, ussd: shamba }]`, '1:53 ussd of an account must be a map of keys and values'],
    [`accounts: [{ ${kairos}, ussd: { default: } }]`, '1:55 "default" names no dialog'],
    [`accounts: [{ ${kairos}, timezone: Nairobi }]`, '1:57 "Nairobi" is no time zone'],
    [`accounts: [{ ${kairos}, timezone: "+03:00" }]`, '1:57 "+03:00" is no time zone'],
    [`accounts: [{ ${kairos}, country: UK }]`, '1:56 "UK" is no country'],
    [`accounts: [{ ${kairos}, language: English }]`, '1:57 "English" is no language'],
    [`accounts: [{ ${kairos}, open: yes }]`, '1:53 open of an account must be true or false, not "yes"'],
    [
      `accounts: [{ ${kairos}, deadlineMs: 8s }]`,
      '1:59 deadlineMs of an account must be a whole number from 100 to 600000, not "8s"',
    ],
    [`accounts: [{ ${kairos}, webhookKeys: one }]`, '1:60 webhookKeys of an account must be a list'],
    [`accounts: [{ ${kairos}, webhookKeys: ["\${KEY}"] }]`, '1:61 the variable KEY is not set'],
    [`accounts: [{ ${kairos}, allowFrom: [300.1.1.1] }]`, '1:59 "300.1.1.1" is neither an address nor a CIDR range'],
    [`accounts: [{ ${kairos}, allowFrom: [""] }]`, '1:58 allowFrom holds no range, so nobody is kept out'],
    [`accounts: [{ ${kairos}, rate: { perSecond: 0 } }]`, '1:66 perSecond of rate of an account must be a number'],
    [
      `accounts: [{ ${kairos}, endpoints: { api: ftp://x } }]`,
      '1:58 the endpoint api is no http or https address: "ftp://x"',
    ],
    [
      'accounts: [{ provider: generic, account: a, callReports: { statuses: { GONE: no-answr } } }]',
      '1:70 "GONE" cannot mean "no-answr" (did you mean "no-answer"?)',
    ],
    [
      'accounts: [{ provider: kairos, account: a, callReports: { fields: {} } }]',
      '1:57 kairos has no channel "callReports"',
    ],
    [
      'accounts: [{ provider: generic, account: a, callReports: { fields: { caller: x } } }]',
      '1:70 a call report has no "caller"',
    ],
  ])('%s', (text, expected) => {
    const found = faults(text);
    expect(found[0]).toContain(`conf/ongea.yaml:${expected}`);
  });

  it('come all at once', () => {
    const text = `dialog: x
accounts:
  - { provider: nobody, account: a, country: XX }
  - { provider: kairos, account: A, open: maybe }
`;
    expect(faults(text).map((fault) => fault.split(' ')[0])).toEqual(
      expect.arrayContaining([
        'conf/ongea.yaml:1:1',
        'conf/ongea.yaml:3:17',
        'conf/ongea.yaml:3:46',
        'conf/ongea.yaml:4:34',
        'conf/ongea.yaml:4:43',
      ]),
    );
    expect(faults(text)).toHaveLength(5);
    expect(read(text).configuration).toBeUndefined();
  });

  it('name dialogs that are not there, also beside other faults', () => {
    const text = `accounts:
  - { provider: kairos, account: a, ussd: { default: shambo } }
  - { provider: africastalking, account: a, open: maybe, sms: { "1": { price: prices, default: shamba } } }
`;
    const reading = read(text);
    expect(reading.faults).toHaveLength(1);
    expect(unknownDialogs(reading.dialogUses, new Set(['shamba', 'account'])).map(describeFault)).toEqual([
      'conf/ongea.yaml:2:54 there is no dialog "shambo" (did you mean "shamba"?)',
      'conf/ongea.yaml:3:79 there is no dialog "prices" (known: account, shamba)',
    ]);
  });

  it('name each account that nothing signs, in production only', () => {
    const text = `accounts:
  - { provider: kairos, account: bare, ussd: { default: x } }
  - { provider: kairos, account: keyed, webhookKeys: [k] }
  - { provider: kairos, account: ranged, allowFrom: [10.0.0.0/8] }
  - { provider: kairos, account: open, open: true }
  - { provider: haptik, account: signed, secrets: [s] }
  - { provider: haptik, account: unsigned, secrets: ["\${S:-}"] }
  - { provider: mobtexting, account: signed, secrets: [s] }
  - { provider: generic, account: secret-is-no-signature, secrets: [s] }
  - { provider: kairos, account: secret-is-no-signature, secrets: [s] }
`;
    const way = '(in production it needs webhookKeys, allowFrom or open: true)';
    expect(faults(text, {}, true)).toEqual([
      `conf/ongea.yaml:2:5 nothing signs the calls of the account kairos/bare ${way}`,
      `conf/ongea.yaml:7:5 nothing signs the calls of the account haptik/unsigned ${way}`,
      `conf/ongea.yaml:9:5 nothing signs the calls of the account generic/secret-is-no-signature ${way}`,
      `conf/ongea.yaml:10:5 nothing signs the calls of the account kairos/secret-is-no-signature ${way}`,
    ]);
    expect(faults(text)).toEqual([]);
  });
});
