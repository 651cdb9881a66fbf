import { didYouMean } from '@app/dialog';
import { parseMsisdn } from '@app/telephony';
import { readStubs } from './read-stubs.js';
import { testChannels, type Settings, type TestChannel } from './test-file.js';
import type { Member, YamlSource } from './yaml-source.js';

/** The keys of a test file and of each conversation that say who calls, how, and with what stubbed. */
export const settingNames: readonly string[] = [
  'channels',
  'msisdn',
  'network',
  'language',
  'country',
  'timezone',
  'maxSeptets',
  'now',
  'entities',
  'stubs',
];

const defaults: Settings = {
  channels: ['ussd'],
  msisdn: '+254700000201',
  timezone: 'UTC',
  now: Date.parse('2026-01-05T09:00:00Z'),
  entities: {},
  stubs: [],
};

type Members = ReadonlyMap<string, Member>;

/** Reads settings; those that are not given are the outer ones. Stubs of both count, the inner ones first. */
export function readSettings(source: YamlSource, members: Members, outer: Settings = defaults): Settings {
  const text = (name: string): string | undefined => source.text(members.get(name)?.value, `"${name}"`);
  const given = {
    channels: readChannels(source, members.get('channels')),
    country: text('country'),
    language: text('language'),
    network: text('network'),
    timezone: readTimezone(source, members.get('timezone')),
    maxSeptets: readSeptets(source, members.get('maxSeptets')),
    now: readTime(source, members.get('now')),
    entities: readEntities(source, members.get('entities')),
  };
  const settings = { ...outer, ...withoutAbsent(given) };
  const msisdn = readMsisdn(source, members.get('msisdn'), settings.country) ?? outer.msisdn;
  return { ...settings, msisdn, stubs: [...readStubs(source, members.get('stubs')?.value), ...outer.stubs] };
}

function withoutAbsent<T extends object>(values: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [Name in keyof T]?: Exclude<T[Name], undefined>;
  };
}

function readChannels(source: YamlSource, member: Member | undefined): readonly TestChannel[] | undefined {
  if (member === undefined) return undefined;
  if (member.value === undefined) source.fault(member.key, '"channels" is empty.', 'Write channels: [ussd, bot].');
  const channels = source.list(member.value, '"channels"').flatMap((node) => {
    const name = source.text(node, 'A channel') ?? '';
    const found = testChannels.find((channel) => channel === name);
    if (found === undefined) source.fault(node, `"${name}" is no channel of tests.`, didYouMean(name, testChannels));
    return found ?? [];
  });
  return channels.length === 0 ? undefined : channels;
}

function readMsisdn(source: YamlSource, member: Member | undefined, country: string | undefined): string | undefined {
  const text = source.text(member?.value, '"msisdn"');
  if (text === undefined || member?.value === undefined) return undefined;
  const msisdn = parseMsisdn(text, country);
  if (msisdn === undefined) {
    source.fault(member.value, `"${text}" is no number.`, 'Write it with + and its country code, in quotes.');
  }
  return msisdn;
}

function readSeptets(source: YamlSource, member: Member | undefined): number | undefined {
  const text = source.text(member?.value, '"maxSeptets"');
  if (text === undefined || member?.value === undefined) return undefined;
  if (/^\d{1,4}$/.test(text) && Number(text) >= 20) return Number(text);
  source.fault(member.value, '"maxSeptets" must be a whole number of 20 or more.', 'Most networks show 160.');
  return undefined;
}

function readTime(source: YamlSource, member: Member | undefined): number | undefined {
  const text = source.text(member?.value, '"now"');
  if (text === undefined || member?.value === undefined) return undefined;
  const time = /T.*(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : NaN;
  if (!Number.isNaN(time)) return time;
  source.fault(member.value, `"${text}" is no time.`, 'Write it as 2026-03-04T10:30:00Z.');
  return undefined;
}

function readTimezone(source: YamlSource, member: Member | undefined): string | undefined {
  const text = source.text(member?.value, '"timezone"');
  if (text === undefined || member?.value === undefined) return undefined;
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return text;
  } catch {
    source.fault(member.value, `"${text}" is no time zone.`, 'Write it as Africa/Nairobi.');
    return undefined;
  }
}

function readEntities(source: YamlSource, member: Member | undefined): Readonly<Record<string, string>> | undefined {
  if (member === undefined) return undefined;
  const entities = source.members(member.value, '"entities"');
  return Object.fromEntries(
    [...entities].map(([name, { value }]) => [name, source.text(value, `The entity "${name}"`) ?? '']),
  );
}
