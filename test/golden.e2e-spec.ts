import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findSessionReports } from '@app/postgres';
import type { RunningServer } from '../apps/server/src/server.js';
import { Cleanup } from './support/cleanup.js';
import { encoded, freshId, HaptikPerson, HistoryPhone, KairosPhone, signed, type Gateway } from './support/gateways.js';
import { checkSeptets } from './support/screen-length.js';
import { send } from './support/send.js';
import { startInProcess } from './support/server-in-process.js';
import { startServices, type Services } from './support/services.js';
import { WorkspaceFolder } from './support/workspace-folder.js';

const routes = { ussd: { default: 'shamba' } };
const secret = 'example-node-secret';
const accounts = [
  { provider: 'africastalking', account: 'demo', country: 'KE', ...routes },
  { provider: 'africastalking', account: 'account', country: 'KE', ussd: { default: 'account' } },
  { provider: 'africastalking', account: 'prices', country: 'KE', ussd: { default: 'farm-prices' } },
  { provider: 'africastalking', account: 'lookup', country: 'KE', ussd: { default: 'price-lookup' } },
  { provider: 'africastalking', account: 'kisw', country: 'KE', language: 'sw', ...routes },
  { provider: 'cradlebots', account: 'demo', country: 'KE', ...routes },
  { provider: 'cradlebots', account: 'account', country: 'KE', ussd: { default: 'account' } },
  { provider: 'kairos', account: 'demo', country: 'GH', ...routes },
  { provider: 'kairos', account: 'account', country: 'GH', ussd: { default: 'account' } },
  {
    ...{ provider: 'haptik', account: 'demo', secrets: [secret] },
    bot: { price_lookup: 'price-lookup', home: 'shamba', account: 'account', prices: 'farm-prices' },
  },
];

const cleanup = new Cleanup();
let services: Services;
let workspace: WorkspaceFolder;
let server: RunningServer;
const url = (): string => server.url;

beforeAll(async () => {
  services = await startServices(cleanup);
  workspace = await WorkspaceFolder.make(cleanup, { demo: true, accounts });
  server = await startInProcess(cleanup, workspace, services.settings);
  await server.parts.postgres.whenUp();
}, 60_000);
afterAll(() => cleanup.run(), 30_000);

type ProviderName = 'africastalking' | 'cradlebots' | 'kairos' | 'haptik';

function gatewayOf(provider: ProviderName, account = 'demo', node = 'home', msisdn?: string): Gateway {
  const number = msisdn === undefined ? {} : { msisdn };
  if (provider === 'haptik') return new HaptikPerson({ url, node, secret });
  if (provider === 'kairos') return new KairosPhone({ url, account, ...number });
  return new HistoryPhone(provider, { url, account, ...number });
}

const dial = Symbol('dial');
/** What the person does, what must be seen then, and whether the conversation goes on. */
type Exchange = readonly [does: string | typeof dial, sees: string, ends?: 'ends'];

async function converse(gateway: Gateway, exchanges: readonly Exchange[], septets = 160): Promise<void> {
  const isBot = gateway instanceof HaptikPerson;
  for (const [does, sees, ends] of exchanges) {
    const screen = does === dial ? await gateway.dial() : await gateway.answer(does);
    expect(isBot ? screen.text.replaceAll('\n---\n', '\n') : screen.text).toBe(sees);
    // A bot's status says whether we failed, not whether the conversation is over.
    expect(screen.open).toBe(isBot || ends === undefined);
    if (!isBot) checkSeptets(screen.text, septets);
  }
}

const home = 'Welcome to Shamba\n1. Crop prices\n2. My account\n3. My number\n4. Kiswahili';
const nyumbani = 'Karibu Shamba\n1. Bei za mazao\n2. Akaunti yangu\n3. Namba yangu\n4. English';
const crops = 'Which crop?\n1. Maize\n2. Beans\n3. Potatoes\n4. Tomatoes';
const quantity = 'Nakuru: KES 42.50 per kg.\nHow many kg do you have?';

const allProviders: readonly ProviderName[] = ['africastalking', 'cradlebots', 'kairos', 'haptik'];

describe.each(allProviders)('the dialog shamba by way of %s', (provider) => {
  it('sells a harvest', async () => {
    await converse(gatewayOf(provider), [
      [dial, home],
      ['1', crops],
      ['corn', quantity],
      ['0', crops],
      ['1', quantity],
      ['none', `Please type a number between 1 and 10000.\n${quantity}`],
      ['250', 'A buyer comes to your farm for this much.\nYour harvest is worth about KES 10625.00.', 'ends'],
    ]);
  });

  it('speaks Swahili once asked to', async () => {
    await converse(gatewayOf(provider), [
      [dial, home],
      ['4', nyumbani],
      ['bei', 'Zao gani?\n1. Mahindi\n2. Maharagwe\n3. Viazi\n4. Nyanya'],
      ['9', 'Tafadhali chagua namba kwenye orodha.\nZao gani?\n1. Mahindi\n2. Maharagwe\n3. Viazi\n4. Nyanya'],
      ['3', 'Nakuru: KES 36.00 kwa kg.\nUna kg ngapi?'],
      ['10', 'Mavuno yako ni kama KES 360.00.', 'ends'],
    ]);
  });

  it('gives up after three wrong answers', async () => {
    const again = `Please choose a number from the list.\n${home}`;
    await converse(gatewayOf(provider), [
      [dial, home],
      ['7', again],
      ['x', again],
      ['', 'Thank you. Goodbye.', 'ends'],
    ]);
  });
});

describe.each(['africastalking', 'cradlebots', 'kairos'] as const)(
  'an account behind a PIN, by way of %s',
  (provider) => {
    const msisdn = provider === 'kairos' ? '233200000412' : '+254700000412';

    it('shows its balance, the PIN being wrong at first', async () => {
      await converse(gatewayOf(provider, 'account', '', msisdn), [
        [dial, 'Enter your PIN'],
        ['12', 'A PIN has four digits.\nEnter your PIN'],
        ['0000', 'That PIN is not right.\nEnter your PIN'],
        ['1234', 'Your balance is KES 603.00.', 'ends'],
      ]);
    });

    it('is shut after three wrong PINs', async () => {
      const wrong = 'That PIN is not right.\nEnter your PIN';
      await converse(gatewayOf(provider, 'account', '', msisdn), [
        [dial, 'Enter your PIN'],
        ['0001', wrong],
        ['0002', wrong],
        ['0003', 'Three wrong PINs. Please visit your agent.', 'ends'],
      ]);
    });

    it('is run from shamba, which goes on behind it', async () => {
      await converse(gatewayOf(provider, 'demo', '', msisdn), [
        [dial, home],
        ['2', 'Enter your PIN'],
        ['1234', `Your balance is KES 603.00.\n${home}`],
        ['3', `Your number is ${provider === 'kairos' ? '+233200000412' : msisdn}.`, 'ends'],
      ]);
    });
  },
);

describe('the other dialogs of the demo', () => {
  const asked = 'Shamba prices. Reply with a crop: maize, beans, potatoes or tomatoes.';
  it('give prices to whoever names a crop', async () => {
    await converse(gatewayOf('africastalking', 'prices'), [
      [dial, asked],
      ['Gold', `There is no price for that today.\n${asked}`],
      ['Beans', 'Beans: KES 118.00 per kg, Kitale.', 'ends'],
    ]);
    await converse(gatewayOf('haptik', 'demo', 'prices'), [
      [dial, asked],
      ['tomatoes', 'Tomatoes: KES 64.80 per kg, Nairobi.', 'ends'],
    ]);
  });

  const found = (crop: string, price: string, market: string): string =>
    `${crop} costs KES ${price} per kg in ${market} today.\nAsk me again whenever you want another price.`;

  it('look up the crop that a bot recognised', async () => {
    const person = new HaptikPerson({ url, secret });
    const screen = await person.dial('maize');
    expect(JSON.parse(screen.answer.body)).toEqual({
      response: ['Maize costs KES 42.50 per kg in Nakuru today.', 'Ask me again whenever you want another price.'],
      response_message_type: 0,
      status: true,
    });
  });

  it('ask for a crop where the bot recognised none, and show the same again for nothing new', async () => {
    const person = gatewayOf('haptik', 'demo', 'price_lookup');
    await converse(person, [
      [dial, 'Which crop do you want the price of?'],
      [dial, 'Which crop do you want the price of?'],
      ['Gold', 'I have no price for gold today.\nWhich crop do you want the price of?'],
      ['potatoes', found('Potatoes', '36.00', 'Nakuru')],
    ]);
    await converse(gatewayOf('africastalking', 'lookup'), [
      [dial, 'Which crop do you want the price of?'],
      ['potatoes', found('Potatoes', '36.00', 'Nakuru'), 'ends'],
    ]);
  });

  it('ask a bot’s user for a PIN as well', async () => {
    await converse(gatewayOf('haptik', 'demo', 'account'), [
      [dial, 'Enter your PIN'],
      ['1234', 'There is no account for your number.', 'ends'],
    ]);
  });
});

describe('a session of a provider', () => {
  it('begins in the language of the account', async () => {
    await converse(gatewayOf('africastalking', 'kisw'), [[dial, nyumbani]]);
  });

  it('remembers the language that its caller chose', async () => {
    const msisdn = '+254700000977';
    await converse(gatewayOf('cradlebots', 'demo', '', msisdn), [
      [dial, home],
      ['4', nyumbani],
      ['3', `Namba yako ni ${msisdn}.`, 'ends'],
    ]);
    await converse(gatewayOf('cradlebots', 'demo', '', msisdn), [[dial, nyumbani]]);
  });

  it('takes a dialled shortcut', async () => {
    const at = new HistoryPhone('africastalking', { url });
    expect((await at.hop('1*2')).text).toBe('Kitale: KES 118.00 per kg.\nHow many kg do you have?');
    const kairos = new KairosPhone({ url });
    expect((await kairos.dial('*384*4417*1*2#')).open).toBe(true);
  });

  it('says goodbye to a hop after its end, and the same to the last one again', async () => {
    const phone = new HistoryPhone('africastalking', { url });
    await phone.dial();
    const last = await phone.answer('3');
    expect((await phone.repeat()).answer.body).toBe(last.answer.body);
    expect(await phone.answer('1')).toMatchObject({ text: 'Thank you. Goodbye.', open: false });
    expect(await phone.dial()).toMatchObject({ text: home, open: true });
  });

  it('is offered again to a caller who was cut off', async () => {
    const msisdn = '+254700000978';
    const cut = new HistoryPhone('africastalking', { url, msisdn });
    await cut.dial();
    await cut.answer('1');
    await event(cut, { status: 'Incomplete', input: '1' });
    const again = new HistoryPhone('africastalking', { url, msisdn });
    await converse(again, [
      [dial, 'Continue where you stopped?\n1. Continue\n2. Start again'],
      ['1', crops],
      ['1', quantity],
    ]);
  });
});

async function event(phone: HistoryPhone, fields: Readonly<Record<string, string>>): Promise<void> {
  const { account = 'demo' } = phone.options;
  const report = {
    ...{ date: '2026-03-04 10:31:07', sessionId: phone.sessionId, serviceCode: '*384*4417#', networkCode: '63902' },
    ...{
      phoneNumber: phone.msisdn,
      cost: '0.8000',
      durationInMillis: '10000',
      hopsCount: '3',
      lastAppResponse: 'END x',
    },
    ...fields,
  };
  const answer = await send(url(), `/ussd/africastalking/${account}/events`, encoded(report));
  expect(answer).toMatchObject({ status: 200, body: 'OK' });
}

describe('the report of a session', () => {
  const reportsOf = (account: string, sessionId: string) =>
    findSessionReports(server.parts.postgres.dataSource!, { provider: 'africastalking', account, sessionId });

  it('is kept and read back', async () => {
    const phone = new HistoryPhone('africastalking', { url });
    await phone.dial();
    await phone.answer('3');
    await event(phone, { status: 'Success', input: '3' });
    // A provider that repeats a report adds nothing.
    await event(phone, { status: 'Success', input: '3' });
    expect(await reportsOf('demo', phone.sessionId)).toEqual([
      expect.objectContaining({
        ...{
          status: 'completed',
          providerStatus: 'Success',
          caller: phone.msisdn,
          input: '3',
          hops: 3,
          durationMs: 10_000,
        },
        ...{ cost: { amount: '0.8000' }, occurredAt: new Date('2026-03-04T10:31:07Z'), networkCode: '63902' },
      }),
    ]);
  });

  it.each(['1234', '12*4', '0000*1234'])('masks the PIN %s of a session that had one (#56)', async (pin) => {
    const phone = new HistoryPhone('africastalking', { url, account: 'account' });
    await phone.dial();
    for (const part of pin.split('*')) await phone.answer(part);
    await event(phone, { status: 'Success', input: pin });
    const [report] = await reportsOf('account', phone.sessionId);
    const kept = JSON.stringify(report);
    expect(report?.input).toBe(
      pin
        .split('*')
        .map(() => '•••')
        .join('*'),
    );
    expect(kept).not.toContain('1234');
    expect(kept).not.toContain(pin);
  });

  it('masks a PIN that nobody answered for any more', async () => {
    const phone = new HistoryPhone('africastalking', { url });
    await phone.dial();
    await phone.answer('2');
    // The network told the provider of the answer, and the provider never told us.
    await event(phone, { status: 'Failed', input: '2*9876', errorMessage: 'Timed out' });
    const [report] = await reportsOf('demo', phone.sessionId);
    expect(report).toMatchObject({ status: 'failed', input: '2*•••', errorMessage: 'Timed out' });
    expect(JSON.stringify(report)).not.toContain('9876');
  });

  it('is kept by its account alone (#55)', async () => {
    const phone = new HistoryPhone('africastalking', { url });
    await phone.dial();
    await phone.answer('3');
    await event(phone, { status: 'Success', input: '3' });
    expect(await reportsOf('account', phone.sessionId)).toEqual([]);
  });
});

describe('what is no turn', () => {
  it('is kept when it is an event of the bot platform', async () => {
    const body = JSON.stringify({
      event_name: 'chat_pinned',
      timestamp: '2026-03-04T10:30:00.000Z',
      mark: freshId('m'),
    });
    const headers = { 'content-type': 'application/json', ...signed(body, secret) };
    expect(await send(url(), '/bot/haptik/demo', { headers, body })).toMatchObject({ status: 200, body: 'OK' });
    const rows = await services.query('SELECT topic, raw FROM notices WHERE raw = $1', [body]);
    expect(rows).toEqual([{ topic: 'chat_pinned', raw: JSON.parse(body) }]);
  });

  it('goes to the inbox when nobody can read it (#38)', async () => {
    const mark = freshId('broken');
    const body = `{"sessionId":"${mark}","input":"1*7777"`;
    const answer = await send(url(), '/ussd/africastalking/demo/events', {
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect(answer).toMatchObject({ status: 400, body: '' });
    const [row, ...others] = await services.query(
      "SELECT route, state, content_type, convert_from(body, 'UTF8') AS body FROM inbox WHERE position($1::bytea in body) > 0",
      [Buffer.from(mark)],
    );
    expect(others).toEqual([]);
    expect(row).toMatchObject({
      route: 'POST /ussd/africastalking/demo/events',
      state: 'rejected',
      content_type: 'application/json',
    });
    expect(row?.body).toContain(mark);
    expect(row?.body).not.toContain('7777');
  });

  it('is a small page for whoever looks at a bot’s address', async () => {
    const answer = await send(url(), '/bot/haptik/demo', { method: 'GET' });
    expect(answer.status).toBe(200);
    expect(answer.contentType).toMatch(/^text\/html/);
  });
});
