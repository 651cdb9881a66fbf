import { isSupportedCountry } from 'libphonenumber-js';
import type { Account, AccountOption } from '@app/provider-kit';
import { readCallReports } from './call-report-reader.js';
import { didYouMean } from './did-you-mean.js';
import type { DialogUse } from './dialog-uses.js';
import { present } from './present.js';
import { channelKeys, type ProviderList } from './provider-list.js';
import { readRanges } from './range-reader.js';
import { RoutesReader } from './routes-reader.js';
import type { Section } from './section.js';

/** An account with everything that its entry says. */
export type AccountSettings = Account;

const anyNumber = { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER, whole: false };
const defaultRepeatWindowMs = 1_500;

/** Reads one entry of `accounts`; undefined, with faults, where it cannot be told whose account it is. */
export function readAccount(section: Section, providers: ProviderList, uses: DialogUse[]): AccountSettings | undefined {
  const provider = readProvider(section, providers);
  const account = readName(section);
  const settings = {
    ...readBasics(section),
    ...readGuard(section),
    ...readChannels(section, uses),
    ...readLimits(section),
    ...readSending(section),
    options: readOptions(section, providers.find(provider ?? '')?.accountOptions ?? {}),
  };
  if (provider === undefined) return undefined;
  section.end();
  checkChannels(section, provider, providers);
  return account === undefined ? undefined : { provider, account, ...settings };
}

function readProvider(section: Section, providers: ProviderList): string | undefined {
  const word = section.word('provider');
  if (word === undefined)
    section.source.fault(section.at, 'an account needs a provider', didYouMean('', providers.ids));
  else if (providers.find(word.text) === undefined) {
    section.source.fault(word.at, `no provider is called "${word.text}"`, didYouMean(word.text, providers.ids));
    return undefined;
  }
  return word?.text;
}

function readName(section: Section): string | undefined {
  const word = section.word('account');
  if (word === undefined) section.source.fault(section.at, 'an account needs a name', 'such as account: demo');
  else if (!/^[a-z0-9-]{1,64}$/.test(word.text)) {
    section.source.fault(word.at, `an account cannot be called "${word.text}"`, 'a-z, 0-9 and -, at most 64 of them');
    return undefined;
  }
  return word?.text;
}

function readBasics(section: Section): Pick<Account, 'timezone' | 'country' | 'language' | 'credentials'> {
  const country = section.word('country');
  const language = section.word('language');
  const timezone = section.word('timezone');
  if (country !== undefined && !isSupportedCountry(country.text)) {
    section.source.fault(country.at, `"${country.text}" is no country`, 'two capital letters of ISO 3166, such as KE');
  }
  if (language !== undefined && !/^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/.test(language.text)) {
    section.source.fault(language.at, `"${language.text}" is no language`, 'such as en or sw-KE');
  }
  if (timezone !== undefined && !isZone(timezone.text)) {
    section.source.fault(timezone.at, `"${timezone.text}" is no time zone`, 'an IANA name such as Africa/Nairobi');
  }
  return {
    timezone: timezone?.text ?? 'UTC',
    ...present({ country: country?.text, language: language?.text }),
    credentials: readCredentials(section),
  };
}

function isZone(name: string): boolean {
  try {
    // An offset such as +03:00 would be taken as well, but knows no summer time.
    return /^[A-Za-z]/.test(name) && new Intl.DateTimeFormat('en', { timeZone: name }) instanceof Intl.DateTimeFormat;
  } catch {
    return false;
  }
}

/** Credentials that are empty are left out, with a warning: only sending needs them. */
function readCredentials(section: Section): Readonly<Record<string, string>> {
  const all = section.textMap('credentials');
  const given = Object.entries(all).filter(([, value]) => value !== '');
  const missing = Object.keys(all).filter((name) => all[name] === '');
  if (missing.length > 0) {
    const message = `credentials are missing: ${missing.join(', ')}`;
    section.source.warn(section.placeOf('credentials'), message, 'sending through this account will fail');
  }
  return Object.fromEntries(given);
}

function readGuard(section: Section): Pick<Account, 'webhookKeys' | 'allowFrom' | 'open' | 'secrets'> {
  const webhookKeys = section.texts('webhookKeys');
  const secrets = section.texts('secrets');
  const open = section.boolean('open') ?? false;
  const isWritten = section.has('allowFrom');
  const allowFrom = readRanges(section, 'allowFrom');
  const guardsAlone = isWritten && webhookKeys.length === 0 && secrets.length === 0 && !open;
  if (guardsAlone && allowFrom.length === 0) {
    section.source.fault(
      section.placeOf('allowFrom'),
      'allowFrom holds no range, so nobody is kept out',
      'name one, or leave it out',
    );
  }
  return { webhookKeys, secrets, open, allowFrom };
}

type Channels = Pick<AccountSettings, 'ussd' | 'bot' | 'sms' | 'voice' | 'callReports'>;

function readChannels(section: Section, uses: DialogUse[]): Channels {
  const reader = new RoutesReader(uses);
  return present({
    ussd: reader.routes(section, 'ussd'),
    bot: reader.routes(section, 'bot'),
    sms: reader.keywordRoutes(section, 'sms'),
    voice: reader.routes(section, 'voice'),
    callReports: readCallReports(section),
  });
}

type Limits = Pick<Account, 'maxSeptets' | 'deadlineMs' | 'repeatWindowMs'>;

function readLimits(section: Section): Limits {
  const maxSeptets = section.number('maxSeptets', { min: 20, max: 10_000, whole: true });
  const deadlineMs = section.number('deadlineMs', { min: 100, max: 600_000, whole: true });
  const repeatWindowMs = section.number('repeatWindowMs', { min: 0, max: 600_000, whole: true });
  return { ...present({ maxSeptets, deadlineMs }), repeatWindowMs: repeatWindowMs ?? defaultRepeatWindowMs };
}

type Sending = Pick<AccountSettings, 'replyFrom' | 'rate' | 'resendUncertain' | 'airtimeAllow' | 'endpoints'>;

function readSending(section: Section): Sending {
  const rate = section.section('rate');
  const perSecond = rate?.number('perSecond', { min: 0.01, max: 10_000, whole: false });
  rate?.end();
  const airtime = section.section('airtime');
  const airtimeAllow = airtime?.texts('allow') ?? [];
  airtime?.end();
  return {
    ...present({ replyFrom: section.text('replyFrom'), rate: perSecond === undefined ? undefined : { perSecond } }),
    resendUncertain: section.boolean('resendUncertain') ?? false,
    airtimeAllow,
    endpoints: readEndpoints(section),
  };
}

function readEndpoints(section: Section): Readonly<Record<string, string>> {
  const endpoints = section.textMap('endpoints');
  const given = Object.entries(endpoints).filter(([, url]) => url !== '');
  for (const [name, url] of given) {
    if (URL.canParse(url) && /^https?:/.test(url)) continue;
    section.source.fault(section.placeOf('endpoints'), `the endpoint ${name} is no http or https address: "${url}"`);
  }
  return Object.fromEntries(given);
}

/** Reads the keys that only this provider knows. */
function readOptions(
  section: Section,
  known: Readonly<Record<string, AccountOption>>,
): Readonly<Record<string, unknown>> {
  const read = (name: string, { type }: AccountOption): unknown => {
    if (type === 'string') return section.text(name);
    if (type === 'boolean') return section.boolean(name);
    if (type === 'number') return section.number(name, anyNumber);
    return section.plainMap(name);
  };
  return present(Object.fromEntries(Object.entries(known).map(([name, option]) => [name, read(name, option)])));
}

/** A channel that the provider does not have is a fault. */
function checkChannels(section: Section, provider: string, providers: ProviderList): void {
  for (const channel of channelKeys) {
    if (!section.has(channel) || providers.find(provider)?.channels.has(channel) === true) continue;
    section.source.fault(section.placeOf(channel), `${provider} has no channel "${channel}"`);
  }
}
