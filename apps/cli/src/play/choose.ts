import { didYouMean } from '@app/dialog';
import { defaultAddress, resolveDialled, resolveRoute } from '@app/provider-kit';
import type { Account, Provider, Routes } from '@app/provider-kit';
import { routeOf } from '@app/sms';
import { parseMsisdn } from '@app/telephony';
import { NumberRoutes } from '@app/voice';
import { WrongUse } from '../failures.js';
import type { PlayChannel, PlayOptions } from './play-options.js';
import type { WireCaller } from './wires/index.js';

/** Whom the conversation goes through. */
export interface Chosen {
  readonly provider: Provider;
  readonly channel: PlayChannel;
  readonly account: Account;
}

/** Picks provider, channel and account; what is not asked for is the first that has the channel. @throws WrongUse */
export function choose(options: PlayOptions, providers: readonly Provider[], accounts: readonly Account[]): Chosen {
  const named = options.provider === undefined ? undefined : providerNamed(options.provider, providers);
  const channel = options.channel ?? (named !== undefined && named.ussd === undefined ? 'bot' : 'ussd');
  const can = (provider: Provider): boolean => provider[channel] !== undefined;
  if (named !== undefined && !can(named)) throw new WrongUse(`${named.name} has no channel ${channel}.`);
  const own = accounts.filter(
    (account) =>
      (named === undefined || account.provider === named.id) &&
      (options.account === undefined || account.account === options.account) &&
      providers.some((provider) => provider.id === account.provider && can(provider)),
  );
  const account = own.find((each) => each[channel] !== undefined) ?? own[0];
  if (account === undefined && options.account !== undefined) {
    const names = new Set(accounts.map((each) => each.account));
    throw new WrongUse(`No such provider has an account "${options.account}". ${didYouMean(options.account, names)}`);
  }
  const provider = named ?? providers.find(({ id }) => id === account?.provider) ?? providers.find(can);
  if (provider === undefined) throw new WrongUse(`No provider has the channel ${channel}.`);
  return { provider, channel, account: account ?? madeUpAccount(provider.id) };
}

function providerNamed(id: string, providers: readonly Provider[]): Provider {
  const found = providers.find((provider) => provider.id === id);
  if (found !== undefined) return found;
  const ids = providers.map((provider) => provider.id);
  throw new WrongUse(`There is no provider "${id}". ${didYouMean(id, ids)}`);
}

/** A provider can be played before anybody has registered with it. */
function madeUpAccount(provider: string): Account {
  return {
    provider,
    account: 'played',
    timezone: 'UTC',
    country: 'KE',
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
  };
}

/**
 * The account with every address starting this dialog; the keywords of SMS stay as they are, and so does everything where no
 * dialog is given. With the language asked for.
 */
export function playedAccount(
  { account, channel }: Chosen,
  dialog: string | undefined,
  language: string | undefined,
): Account {
  const spoken = language === undefined ? account : { ...account, language };
  if (dialog === undefined) return spoken;
  const known = [...(account[channel]?.keys() ?? []), defaultAddress];
  if (channel !== 'sms') return { ...spoken, [channel]: new Map(known.map((address) => [address, dialog])) };
  const sms = known.map((address): [string, Routes] => {
    const own = account.sms?.get(address);
    return [address, new Map([...(typeof own === 'object' ? own : []), [defaultAddress, dialog]])];
  });
  return { ...spoken, sms: new Map(sms) };
}

/** The dialog that the account's address starts; undefined where it names none. */
export function routedDialog({ account, channel }: Chosen, to: string): string | undefined {
  switch (channel) {
    case 'ussd':
      return resolveDialled(account.ussd ?? new Map(), to).dialog;
    case 'sms': {
      const { dialog, keywords } = routeOf(account, to);
      return dialog ?? [...keywords.values()][0];
    }
    case 'voice':
      return new NumberRoutes().dialogOf(account, to);
    case 'bot':
      return resolveRoute(account.bot ?? new Map(), to);
  }
}

const sampleAddresses: Readonly<Record<PlayChannel, string>> = {
  ussd: '*384*4417#',
  sms: '44170',
  voice: '+254711000000',
  bot: defaultAddress,
};

/** What is dialled or written to where nothing is asked for: the first address that the account names. */
export function addressOf({ account, channel }: Chosen, given: string | undefined): string {
  const named = [...(account[channel]?.keys() ?? [])].find((address) => address !== defaultAddress);
  const replies = channel === 'sms' ? account.replyFrom : undefined;
  return given ?? named ?? replies ?? sampleAddresses[channel];
}

/** Numbers that are nobody's to call, by the country of the account. */
const samples: Readonly<Record<string, string>> = { KE: '+254700000201', GH: '+233200000301' };
const anySample = '+254700000201';

/** Who calls. @throws WrongUse for a number that is none. */
export function callerOf(options: PlayOptions, to: string, account: Account, channel: PlayChannel): WireCaller {
  const { country } = account;
  const number = options.msisdn ?? (country === undefined ? undefined : samples[country]) ?? anySample;
  const msisdn = parseMsisdn(number, country);
  if (msisdn === undefined) throw new WrongUse(`"${number}" is no number: write it with + and its country code.`);
  const bare = msisdn.slice(1);
  const dialled = channel === 'ussd' ? resolveDialled(account.ussd ?? new Map(), to) : undefined;
  return {
    msisdn,
    // Without its + a number of another country would be read as one of the account's.
    digits: parseMsisdn(bare, country) === msisdn ? bare : msisdn,
    network: options.network,
    language: options.language,
    to: dialled?.serviceCode ?? to,
    dialled: to,
    shortcut: dialled?.shortcut ?? [],
    entities: entitiesOf(options.entity ?? [], channel),
  };
}

function entitiesOf(given: readonly string[], channel: PlayChannel): Readonly<Record<string, string>> {
  if (given.length > 0 && channel !== 'bot') throw new WrongUse('Only bots have entities: add --channel bot.');
  return Object.fromEntries(
    given.map((text) => {
      const [name = '', ...rest] = text.split('=');
      if (name === '' || rest.length === 0) throw new WrongUse(`--entity takes name=value, not "${text}".`);
      return [name, rest.join('=')];
    }),
  );
}
