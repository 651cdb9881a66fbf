import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FakeProvider } from '@app/fake-provider';
import type { RunningServer } from '../apps/server/src/server.js';
import { sendingAccount, shortCode } from './support/africastalking.js';
import {
  documentOf,
  fourKeys,
  keys,
  lastWords,
  oneKey,
  redirect,
  say,
  speech,
  type CallActions,
} from './support/call-documents.js';
import { Cleanup } from './support/cleanup.js';
import { freshMsisdn, HistoryPhone } from './support/gateways.js';
import { hotline } from './support/hotline-dialog.js';
import { until } from './support/send.js';
import { startInProcess } from './support/server-in-process.js';
import { startServices, type Services } from './support/services.js';
import { SmsPhone } from './support/sms-phone.js';
import { VoiceCall } from './support/voice-call.js';
import { sentTo, workedOff } from './support/worked-off.js';
import { WorkspaceFolder } from './support/workspace-folder.js';

const codes = { account: '44171', prices: '44172', lookup: '44173' };
const numbers = { account: '+254711082001', prices: '+254711082002', lookup: '+254711082003', office: '+254711082004' };
const voices = { en: 'en-US-Standard-C', sw: 'sw-KE-Standard-A' };
const delivered = 6;
/** Of every answer. */
const fate = { segments: 1, encoding: 'gsm7', state: 'sent', rank: delivered, last_error: null };

const cleanup = new Cleanup();
let services: Services;
let server: RunningServer;
let network: FakeProvider;
let swahiliNetwork: FakeProvider;
const url = (): string => server.url;

beforeAll(async () => {
  services = await startServices(cleanup);
  const behaviour = { reportGapMs: 5 };
  network = await FakeProvider.start({ behaviour });
  cleanup.add(() => network.stop());
  swahiliNetwork = await FakeProvider.start({ account: 'kisw', behaviour });
  cleanup.add(() => swahiliNetwork.stop());
  const sms = { [shortCode]: { price: 'farm-prices', default: 'shamba' } };
  const routes = {
    ussd: { default: 'shamba' },
    sms: { ...sms, [codes.account]: 'account', [codes.prices]: 'farm-prices', [codes.lookup]: 'price-lookup' },
    voice: {
      ...{ [numbers.account]: 'account', [numbers.prices]: 'farm-prices', [numbers.lookup]: 'price-lookup' },
      ...{ [numbers.office]: 'hotline', default: 'shamba' },
    },
  };
  const swahili = { language: 'sw', voices, sms, voice: { default: 'shamba' } };
  const workspace = await WorkspaceFolder.make(cleanup, {
    demo: true,
    dialogs: { hotline },
    accounts: [
      sendingAccount('demo', { api: network.url }, routes),
      sendingAccount('kisw', { api: swahiliNetwork.url }, swahili),
    ],
  });
  const settings = { ...services.settings, ONGEA_PUBLIC_URL: 'https://ongea.example' };
  server = await startInProcess(cleanup, workspace, settings);
  await server.parts.postgres.whenUp();
  for (const provider of [network, swahiliNetwork]) provider.reportTo(server.url);
}, 60_000);
afterAll(() => cleanup.run(), 30_000);

const home = 'Welcome to Shamba\n1. Crop prices\n2. My account\n3. My number\n4. Kiswahili';
const nyumbani = 'Karibu Shamba\n1. Bei za mazao\n2. Akaunti yangu\n3. Namba yangu\n4. English';
const crops = 'Which crop?\n1. Maize\n2. Beans\n3. Potatoes\n4. Tomatoes';
const mazao = 'Zao gani?\n1. Mahindi\n2. Maharagwe\n3. Viazi\n4. Nyanya';
const quantity = 'Nakuru: KES 42.50 per kg.\nHow many kg do you have?';

/** What the person writes, and the one message that comes back. */
type Letter = readonly [writes: string, reads: string];

/** Every message is answered once, from the address that it went to, and every answer reaches the phone. */
async function correspond(me: SmsPhone, letters: readonly Letter[]): Promise<void> {
  for (const [writes, reads] of letters) expect(await me.say(writes)).toBe(reads);
  await workedOff(services);
  const sent = (): Promise<Record<string, unknown>[]> => sentTo(services, me.msisdn);
  await until(async () => (await sent()).every(({ rank }) => rank === delivered), 20_000, 'all delivery reports');
  expect(me.received.map(({ from, text }) => [from, text])).toEqual(letters.map(([, reads]) => [me.address, reads]));
  expect(await sent()).toEqual(
    letters.map(([, text], i) =>
      expect.objectContaining({ ...fate, sender: me.address, text, external_id: me.received[i]?.messageId }),
    ),
  );
}

const phone = (address = shortCode, msisdn = freshMsisdn()): SmsPhone =>
  new SmsPhone({ url, network, address, msisdn });

describe('the dialog shamba by message', () => {
  it('sells a harvest', async () => {
    await correspond(phone(), [
      ['Habari', home],
      ['1', crops],
      ['CORN', quantity],
      ['0', crops],
      ['1', quantity],
      ['none', `Please type a number between 1 and 10000.\n${quantity}`],
      ['help', quantity],
      ['250', 'A buyer comes to your farm for this much.\nYour harvest is worth about KES 10625.00.'],
    ]);
  });

  it('speaks Swahili once asked to, and in the next conversation as well', async () => {
    await correspond(phone(), [
      ['hello', home],
      ['4', nyumbani],
      ['bei', mazao],
      ['9', `Tafadhali chagua namba kwenye orodha.\n${mazao}`],
      ['Potatoes', 'Nakuru: KES 36.00 kwa kg.\nUna kg ngapi?'],
      ['10', 'Mavuno yako ni kama KES 360.00.'],
      ['hello', nyumbani],
    ]);
  });

  it('speaks Swahili from the start where the account does', async () => {
    const me = new SmsPhone({ url, network: swahiliNetwork, account: 'kisw' });
    const prices = 'Bei za Shamba. Jibu kwa jina la zao: maize, beans, potatoes au tomatoes.';
    await correspond(me, [
      ['Habari', nyumbani],
      ['akaunti', 'Weka PIN yako'],
      ['12', 'PIN ina tarakimu nne.\nWeka PIN yako'],
      ['00', nyumbani],
      ['price', prices],
      ['dhahabu', `Hakuna bei ya hiyo leo.\n${prices}`],
      ['beans', 'Beans: KES 118.00 kwa kg, Kitale.'],
      ['Habari', nyumbani],
      ['3', `Namba yako ni ${me.msisdn}.`],
    ]);
  });

  it('gives up after three wrong answers, and begins anew with the next message', async () => {
    const again = `Please choose a number from the list.\n${home}`;
    await correspond(phone(), [
      ['hello', home],
      ['7', again],
      ['x', again],
      ['', 'Thank you. Goodbye.'],
      ['1', home],
    ]);
  });
});

describe('an account behind a PIN, by message', () => {
  it('shows its balance, the PIN being wrong at first', async () => {
    await correspond(phone(codes.account, '+254700000412'), [
      ['balance', 'Enter your PIN'],
      ['12', 'A PIN has four digits.\nEnter your PIN'],
      ['0000', 'That PIN is not right.\nEnter your PIN'],
      ['1234', 'Your balance is KES 603.00.'],
    ]);
  });

  it('is shut after three wrong PINs', async () => {
    const wrong = 'That PIN is not right.\nEnter your PIN';
    await correspond(phone(codes.account), [
      ['balance', 'Enter your PIN'],
      ['0001', wrong],
      ['0002', wrong],
      ['0003', 'Three wrong PINs. Please visit your agent.'],
    ]);
  });

  it('is run from shamba, which goes on behind it', async () => {
    await correspond(phone(shortCode, '+254700000414'), [
      ['hello', home],
      ['account', 'Enter your PIN'],
      ['1234', `Your balance is KES 603.50.\n${home}`],
      ['3', 'Your number is +254700000414.'],
    ]);
  });
});

describe('the other dialogs of the demo, by message', () => {
  it('give prices to whoever names a crop, and a list to whoever names none', async () => {
    const asked = 'Shamba prices. Reply with a crop: maize, beans, potatoes or tomatoes.';
    await correspond(phone(codes.prices), [
      ['hello', asked],
      ['Gold', `There is no price for that today.\n${asked}`],
      ['', `Please send the name of a crop.\n${asked}`],
      [' ', `Please send the name of a crop.\n${asked}`],
      ['x'.repeat(41), crops],
      ['5', `Please choose a number from the list.\n${crops}`],
      ['4', 'Tomatoes: KES 64.80 per kg, Nairobi.'],
    ]);
  });

  it('look up a crop', async () => {
    const found = 'Potatoes costs KES 36.00 per kg in Nakuru today.\nAsk me again whenever you want another price.';
    await correspond(phone(codes.lookup), [
      ['hello', 'Which crop do you want the price of?'],
      ['Gold', 'I have no price for gold today.\nWhich crop do you want the price of?'],
      ['potatoes', found],
    ]);
  });
});

const dial = Symbol('dial');
const silence = Symbol('silence');
interface Speech {
  readonly recording: string;
}
/** What the caller does, and the document that comes then. */
type Hop = readonly [does: string | Speech | typeof dial | typeof silence, gets: CallActions];

/** Follows every document as the provider would, up to the end of the call and its report. */
async function talk(call: VoiceCall, hops: readonly Hop[]): Promise<void> {
  for (const [i, [does, gets]] of hops.entries()) {
    await act(call, does);
    const turn = i + 1;
    const answers = `https://ongea.example/voice/africastalking/${call.account}?turn=${String(turn)}`;
    expect(call.heard?.body).toBe(documentOf(gets, { turn, answers }));
  }
  expect((await call.hangUp()).body).toBe('<?xml version="1.0" encoding="UTF-8"?><Response/>');
  const reports = await services.query(
    'SELECT direction, status, matched, from_number FROM call_reports WHERE external_id = $1',
    [call.sessionId],
  );
  expect(reports).toEqual([{ direction: 'inbound', status: 'completed', matched: true, from_number: call.msisdn }]);
}

function act(call: VoiceCall, does: Hop[0]): Promise<unknown> {
  if (does === dial) return call.dial();
  if (does === silence) return call.silence();
  return typeof does === 'string' ? call.press(does) : call.speak(does.recording);
}

const dialled = (number?: string, msisdn?: string): VoiceCall => new VoiceCall(url, 'demo', number, msisdn);

const spokenHome =
  'Welcome to Shamba\nFor Crop prices, press 1.\nFor My account, press 2.\nFor My number, press 3.\nFor Kiswahili, press 4.';
const spokenNyumbani =
  'Karibu Shamba\nKwa Bei za mazao, bonyeza 1.\nKwa Akaunti yangu, bonyeza 2.\nKwa Namba yangu, bonyeza 3.\nKwa English, bonyeza 4.';
const spokenCrops =
  'Which crop?\nFor Maize, press 1.\nFor Beans, press 2.\nFor Potatoes, press 3.\nFor Tomatoes, press 4.';
const spokenMazao =
  'Zao gani?\nKwa Mahindi, bonyeza 1.\nKwa Maharagwe, bonyeza 2.\nKwa Viazi, bonyeza 3.\nKwa Nyanya, bonyeza 4.';
const unheard = 'I did not hear anything.';

describe('the dialog shamba in a call', () => {
  it('sells a harvest', async () => {
    const beans = 'Kitale: KES 118.00 per kg.\nHow many kg do you have?';
    await talk(dialled(), [
      [dial, oneKey(spokenHome)],
      ['9', oneKey(`Please choose a number from the list.\n${spokenHome}`)],
      ['1', oneKey(spokenCrops)],
      ['2', keys(beans)],
      ['10001#', keys(`Please type a number between 1 and 10000.\n${beans}`)],
      [silence, keys(`${unheard}\n${beans}`)],
      ['0#', oneKey(spokenCrops)],
      ['*', oneKey(spokenHome)],
      ['1', oneKey(spokenCrops)],
      ['1', keys(quantity)],
      ['#', keys(`${unheard}\n${quantity}`)],
      // A star is the decimal point.
      ['12*5#', lastWords('Your harvest is worth about KES 531.25.')],
    ]);
  });

  it('says all of its last words', async () => {
    await talk(dialled(), [
      [dial, oneKey(spokenHome)],
      ['1', oneKey(spokenCrops)],
      ['1', keys(quantity)],
      ['250#', lastWords('A buyer comes to your farm for this much.', 'Your harvest is worth about KES 10625.00.')],
    ]);
  });

  it('speaks Swahili where the account does, each language in its voice', async () => {
    const { en, sw } = voices;
    await talk(new VoiceCall(url, 'kisw'), [
      [dial, oneKey(spokenNyumbani, sw)],
      ['4', oneKey(spokenHome, en)],
      ['4', oneKey(spokenNyumbani, sw)],
      ['1', oneKey(spokenMazao, sw)],
      ['7', oneKey(`Tafadhali chagua namba kwenye orodha.\n${spokenMazao}`, sw)],
      [silence, oneKey(`Sikusikia chochote.\n${spokenMazao}`, sw)],
      ['3', keys('Nakuru: KES 36.00 kwa kg.\nUna kg ngapi?', sw)],
      ['10', () => say('Mavuno yako ni kama KES 360.00.', sw)],
    ]);
  });

  it('gives up after three answers that are none', async () => {
    await talk(dialled(), [
      [dial, oneKey(spokenHome)],
      [silence, oneKey(`${unheard}\n${spokenHome}`)],
      ['8', oneKey(`Please choose a number from the list.\n${spokenHome}`)],
      [silence, lastWords('Thank you. Goodbye.')],
    ]);
  });

  it('is offered again to a caller who was cut off', async () => {
    const msisdn = '+254700000978';
    await talk(dialled(undefined, msisdn), [
      [dial, oneKey(spokenHome)],
      ['1', oneKey(spokenCrops)],
    ]);
    await talk(dialled(undefined, msisdn), [
      [dial, oneKey('Continue where you stopped?\nFor Continue, press 1.\nFor Start again, press 2.')],
      ['1', oneKey(spokenCrops)],
      ['1', keys(quantity)],
      ['10#', lastWords('Your harvest is worth about KES 425.00.')],
    ]);
  });
});

describe('an account behind a PIN, in a call', () => {
  it('shows its balance, the PIN being wrong at first', async () => {
    await talk(dialled(numbers.account, '+254700000412'), [
      [dial, fourKeys('Enter your PIN')],
      ['12', fourKeys('A PIN has four digits.\nEnter your PIN')],
      [silence, fourKeys(`${unheard}\nEnter your PIN`)],
      ['0000', fourKeys('That PIN is not right.\nEnter your PIN')],
      ['1234', lastWords('Your balance is KES 603.00.')],
    ]);
  });

  it('is shut after three wrong PINs', async () => {
    const wrong = 'That PIN is not right.\nEnter your PIN';
    await talk(dialled(numbers.account), [
      [dial, fourKeys('Enter your PIN')],
      ['0001', fourKeys(wrong)],
      ['0002', fourKeys(wrong)],
      ['0003', lastWords('Three wrong PINs. Please visit your agent.')],
    ]);
  });

  it('is run from shamba, which goes on behind it', async () => {
    await talk(dialled(undefined, '+254700000414'), [
      [dial, oneKey(spokenHome)],
      ['2', fourKeys('Enter your PIN')],
      ['1234', oneKey(`Your balance is KES 603.50.\n${spokenHome}`)],
      ['3', lastWords('Your number is +254700000414.')],
    ]);
  });
});

describe('the other dialogs, in a call', () => {
  it('offer a list of crops, since a name cannot be typed', async () => {
    await talk(dialled(numbers.prices), [
      [dial, oneKey(spokenCrops)],
      ['5', oneKey(`Please choose a number from the list.\n${spokenCrops}`)],
      ['4', lastWords('Tomatoes: KES 64.80 per kg, Nairobi.')],
    ]);
  });

  it('record a name where there is no list', async () => {
    const which = 'Which crop do you want the price of?';
    await talk(dialled(numbers.lookup), [
      [dial, speech(which)],
      [silence, speech(`${unheard}\n${which}`)],
      [silence, speech(`${unheard}\n${which}`)],
      [silence, lastWords('Thank you. Goodbye.')],
    ]);
  });

  it('play, put through and record', async () => {
    const office = 'The office\nFor Speak to us, press 1.\nFor Leave a message, press 2.';
    const recording = 'https://voice.example/1.mp3?a=1&b=2';
    await talk(dialled(numbers.office), [
      [dial, (at) => `<Play url="https://audio.example.com/welcome.mp3"/>${oneKey(office)(at)}`],
      ['1', (at) => `<Dial phoneNumbers="+254711082001"/>${redirect(at)}`],
      [silence, oneKey(`Nobody is free.\n${office}`)],
      ['2', speech('Please speak after the tone.', 60)],
      [{ recording }, lastWords('We have https://voice.example/1.mp3?a=1&amp;b=2 from you.')],
    ]);
  });
});

describe('one person', () => {
  it('who chose Swahili on one channel hears it on all', async () => {
    const msisdn = freshMsisdn();
    const handset = new HistoryPhone('africastalking', { url, msisdn });
    expect((await handset.dial()).text).toBe(home);
    expect((await handset.answer('4')).text).toBe(nyumbani);
    expect((await handset.answer('3')).text).toBe(`Namba yako ni ${msisdn}.`);
    await correspond(phone(shortCode, msisdn), [['Habari', nyumbani]]);
    await talk(dialled(undefined, msisdn), [
      [dial, oneKey(spokenNyumbani)],
      ['3', lastWords(`Namba yako ni ${msisdn}.`)],
    ]);
  });
});
