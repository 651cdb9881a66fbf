import { isMap, isScalar } from 'yaml';
import type { Node, Scalar, YAMLMap } from 'yaml';
import { channels, type Channel, type Condition, type Template } from '../values.js';
import { parseCondition } from './condition.js';
import { ConditionSyntax } from './condition-syntax.js';
import { entriesOf, quoteHint, type Fields, type Reading } from './fields.js';
import type { Text } from './model.js';
import { namePatterns, servesLanguage } from './names.js';
import { isEmpty, scalarText } from './source-reader.js';
import { parseTemplate, TemplateSyntax } from './template.js';

type Variants = ReadonlyMap<string, Template>;

const channelKeys: readonly string[] = [...channels, 'default'];
const nothing: Template = { source: '', reads: [], render: () => '' };

/** The text under a key; undefined, with faults, where there is none. */
export function requiredText(fields: Fields, key: string): Text | undefined {
  const node = fields.required(key, `Write "${key}:" and the text.`);
  return node && readText(fields.reading, node);
}

/** The text under a key; undefined where the key is not there. */
export function optionalText(fields: Fields, key: string): Text | undefined {
  const node = fields.value(key);
  return node && readText(fields.reading, node);
}

/** A text, plain, by language or by channel. `partial`: languages may be left out, since something stands in. */
export function readText(reading: Reading, node: Node, partial = false): Text | undefined {
  const { reader } = reading;
  if (isMap(node)) {
    const keys = entriesOf(node, reader);
    const byChannel = keys.filter(([key]) => channelKeys.includes(key));
    if (byChannel.length === 0) return single(readVariants(reading, node, partial));
    if (byChannel.length === keys.length) return readChannels(reading, node, partial);
    const odd = keys.find(([key]) => !channelKeys.includes(key));
    const message = `"${odd?.[0] ?? ''}" stands beside channels, but is none.`;
    reader.fault(
      odd?.[1] ?? node,
      'mixed-text',
      message,
      `Channels come first, languages within: ${channelKeys.join(', ')}.`,
    );
    return undefined;
  }
  return single(readVariants(reading, node, partial));
}

function single(variants: Variants | undefined): Text | undefined {
  return variants && new Map<Channel | 'default', Variants>([['default', variants]]);
}

function readChannels(reading: Reading, map: YAMLMap, partial: boolean): Text | undefined {
  const text = new Map<Channel | 'default', Variants>();
  for (const [key, keyNode, value] of entriesOf(map, reading.reader)) {
    if (isEmpty(value) || value === undefined) {
      reading.reader.fault(
        keyNode,
        'empty-text',
        `The text for ${key} is empty.`,
        'Write it, or take the channel away.',
      );
      continue;
    }
    const variants = readVariants(reading, value, partial);
    const channel = key === 'default' ? key : channels.find((known) => known === key);
    if (variants && channel) text.set(channel, variants);
  }
  if (map.items.length > 0 && !map.has('default')) {
    const hint = 'Add "default: …" for the channels that have no text of their own.';
    reading.reader.fault(map, 'no-default-text', 'The text has channels, but no default.', hint);
  }
  return text.has('default') ? text : undefined;
}

function readVariants(reading: Reading, node: Node, partial: boolean): Variants | undefined {
  const { reader } = reading;
  if (isScalar(node)) {
    const template = readTemplate(reading, node);
    return template && new Map([['', template]]);
  }
  if (!isMap(node) || node.items.length === 0) {
    reader.fault(node, 'not-a-text', 'This must be a text, or a map by language or channel.', quoteHint(reader, node));
    return undefined;
  }
  const variants = new Map<string, Template>();
  for (const [tag, keyNode, value] of entriesOf(node, reader)) {
    if (!checkTag(reading, tag, keyNode)) continue;
    const template = value && isScalar(value) ? readTemplate(reading, value, keyNode) : undefined;
    if (template) variants.set(tag, template);
    else if (!isScalar(value))
      reader.fault(
        value ?? keyNode,
        'not-a-text',
        `The text in ${tag} must be one text.`,
        quoteHint(reader, value ?? keyNode),
      );
  }
  const first = reading.languages[0] ?? 'en';
  if (
    !partial &&
    ![...variants.keys()].some((tag) => tag === first || first.startsWith(`${tag}-`)) &&
    variants.size > 0
  ) {
    const hint = `Add "${first}: …"; it stands in where a language has no text.`;
    reader.fault(node, 'no-first-language', `The text is not there in ${first}, the first language.`, hint);
  }
  return variants.size > 0 ? variants : undefined;
}

function checkTag(reading: Reading, tag: string, node: Node): boolean {
  const quoted = reading.languages.join(', ');
  if (!namePatterns.language.test.test(tag)) {
    const hint = `Languages here: ${quoted}. Channels: ${channelKeys.join(', ')}.`;
    reading.reader.fault(node, 'unknown-language', `"${tag}" is neither a language nor a channel.`, hint);
    return false;
  }
  if (servesLanguage(tag, reading.languages)) return true;
  reading.reader.fault(
    node,
    'unknown-language',
    `"${tag}" is not a language of this dialog.`,
    `Add it to "languages", now: ${quoted}.`,
  );
  return false;
}

/** A scalar as a template; undefined, with faults, where it is empty or cannot be parsed. */
export function readTemplate(reading: Reading, node: Scalar, where: Node = node): Template | undefined {
  const source = scalarText(node);
  if (node.value === null || source.trim() === '') {
    reading.reader.fault(node.value === null ? where : node, 'empty-text', 'The text is empty.', 'Write it.');
    return undefined;
  }
  try {
    return parseTemplate(source);
  } catch (error) {
    if (!(error instanceof TemplateSyntax)) throw error;
    reading.reader.fault(reading.reader.atInside(node, error.offset), 'bad-template', error.message, error.hint);
    return nothing;
  }
}

/** The template under a key that has no languages: a URL, a number. */
export function templateAt(fields: Fields, key: string): Template | undefined {
  const node = fields.value(key);
  if (node === undefined) return undefined;
  if (isScalar(node)) return readTemplate(fields.reading, node);
  fields.reader.fault(node, 'not-a-text', `"${key}" must be one text.`, quoteHint(fields.reader, node));
  return undefined;
}

/** The condition under `when`. */
export function conditionAt(fields: Fields, key: string): Condition | undefined {
  const node = fields.value(key);
  if (node === undefined) return undefined;
  if (!isScalar(node)) {
    fields.reader.fault(node, 'bad-condition', 'A condition must be one text.', 'Put quotes round the condition.');
    return undefined;
  }
  try {
    return parseCondition(scalarText(node));
  } catch (error) {
    if (!(error instanceof ConditionSyntax)) throw error;
    fields.reader.fault(fields.reader.atInside(node, error.offset), 'bad-condition', error.message, error.hint);
    return undefined;
  }
}
