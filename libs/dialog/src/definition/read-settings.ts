import { isMap, isScalar, isSeq } from 'yaml';
import type { Node } from 'yaml';
import { channels, type Channel } from '../values.js';
import { didYouMean } from './faults.js';
import { entriesOf, Fields, type Reading } from './fields.js';
import type { Dialog, Navigation, Text } from './model.js';
import { namePatterns } from './names.js';
import { phraseNames, type PhraseName } from './phrases.js';
import { readText } from './read-text.js';
import { isEmpty, scalarText } from './source-reader.js';

const idleDefaults: Dialog['idleMs'] = { ussd: 180_000, voice: 3_600_000, bot: 1_800_000, sms: 86_400_000 };
const navigationDefaults: Required<Navigation> = { back: '0', home: '00', more: '98' };

/** The languages of a dialog, the default first; English where the key is left out. */
export function readLanguages(fields: Fields): readonly [string, ...string[]] {
  const node = fields.value('languages');
  if (node === undefined) return ['en'];
  const items = isSeq(node) ? (node.items as Node[]) : [node];
  const languages: string[] = [];
  for (const item of items) {
    const tag = isScalar(item) ? scalarText(item) : '';
    if (!namePatterns.language.test.test(tag)) {
      fields.reader.fault(item, 'bad-language', `"${tag}" is not a language.`, `Write ${namePatterns.language.says}.`);
    } else if (languages.includes(tag)) {
      fields.reader.fault(item, 'bad-language', `"${tag}" stands here twice.`, 'Keep one of the two.');
    } else languages.push(tag);
  }
  const [first, ...rest] = languages;
  if (first !== undefined) return [first, ...rest];
  if (items.length === 0) fields.reader.fault(node, 'bad-language', 'The list of languages is empty.', 'Write [en].');
  return ['en'];
}

/** How long an unanswered session stays open, by channel, in milliseconds. */
export function readIdle(fields: Fields): Dialog['idleMs'] {
  const map = fields.map('idle', 'Write it by channel, for instance { sms: 24h }.');
  if (map === undefined) return idleDefaults;
  const idle = new Fields(fields.reading, map, '"idle"');
  idle.allow(channels);
  const of = (channel: Channel) => idle.duration(channel) ?? idleDefaults[channel];
  return { ussd: of('ussd'), voice: of('voice'), bot: of('bot'), sms: of('sms') };
}

/** Which keys move about; null takes one away. */
export function readNavigation(fields: Fields): Navigation {
  const map = fields.map('navigation', 'Write { back: "0", home: "00", more: "98" }.');
  if (map === undefined) return navigationDefaults;
  const navigation = new Fields(fields.reading, map, '"navigation"');
  navigation.allow(['back', 'home', 'more']);
  const key = (name: keyof Navigation) => (navigation.has(name) ? navigation.scalar(name) : navigationDefaults[name]);
  const [back, home, more] = [key('back'), key('home'), key('more')];
  return {
    ...(back !== undefined && { back }),
    ...(home !== undefined && { home }),
    ...(more !== undefined && { more }),
  };
}

/** The phrases that the dialog replaces; languages that it leaves out keep the built-in English. */
export function readPhrases(reading: Reading, fields: Fields): ReadonlyMap<PhraseName, Text> {
  const phrases = new Map<PhraseName, Text>();
  const node = fields.value('phrases');
  if (node === undefined) return phrases;
  if (!isMap(node)) {
    fields.reader.fault(node, 'not-a-map', '"phrases" must be a map.', 'Write { invalid: { en: …, sw: … } }.');
    return phrases;
  }
  for (const [name, keyNode, value] of entriesOf(node, fields.reader)) {
    fields.place(`phrases.${name}`, value ?? keyNode);
    const phrase = phraseNames.find((known) => known === name);
    if (phrase === undefined) {
      fields.reader.fault(keyNode, 'unknown-phrase', `There is no phrase "${name}".`, didYouMean(name, phraseNames));
    } else if (value === undefined || isEmpty(value)) {
      fields.reader.fault(keyNode, 'empty-text', `The phrase "${name}" is empty.`, 'Write it, or take the key away.');
    } else {
      const text = readText(reading, value, true);
      if (text) phrases.set(phrase, text);
    }
  }
  return phrases;
}
