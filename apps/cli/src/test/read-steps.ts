import { isMap, isScalar, type Node } from 'yaml';
import { didYouMean, parseDuration } from '@app/dialog';
import { testChannels, type ByChannel, type Expectation, type Step, type TestChannel } from './test-file.js';
import type { Member, YamlSource } from './yaml-source.js';

const kinds = ['dial', 'answer', 'silence', 'expect', 'expectEnd', 'wait'] as const;
type Kind = (typeof kinds)[number];

/**
 * Reads the steps of a conversation: each a map of one key, or the key alone where it needs no value.
 * @param channels that the conversation is held over.
 */
export function readSteps(
  source: YamlSource,
  nodes: readonly Node[],
  channels: readonly TestChannel[],
): readonly Step[] {
  const steps = nodes.flatMap((node) => readStep(source, node, channels) ?? []);
  const [first] = steps;
  if (first !== undefined && first.kind !== 'dial' && nodes[0] !== undefined) {
    source.fault(nodes[0], 'A conversation begins with "dial".', 'Put "- dial" before this step.');
  }
  return steps;
}

function readStep(source: YamlSource, node: Node, channels: readonly TestChannel[]): Step | undefined {
  const found = kindOf(source, node);
  if (found === undefined) return undefined;
  const { kind, member } = found;
  const at = source.at(member.key);
  switch (kind) {
    case 'dial':
      return { kind, at, shortcut: shortcutOf(source.text(member.value, '"dial"')) };
    case 'answer':
      return { kind, at, text: needed(source, member, 'answer', 'Write what is typed, in quotes.') };
    case 'silence':
      if (channels.some((channel) => channel !== 'voice')) {
        source.fault(member.key, 'Only calls hear silence.', 'Give the conversation channels: [voice].');
      }
      return { kind, at };
    case 'wait':
      return { kind, at, ms: waitOf(source, member) };
    case 'expect':
    case 'expectEnd':
      return { kind: 'expect', at, end: kind === 'expectEnd', screens: readScreens(source, member, kind) };
  }
}

function kindOf(source: YamlSource, node: Node): { kind: Kind; member: Member } | undefined {
  if (isScalar(node)) return known(source, source.text(node, 'A step') ?? '', { key: node, value: undefined });
  if (!isMap(node)) {
    source.fault(node, 'A step must be a map.', 'Write - expect: …, - answer: "1" and so on.');
    return undefined;
  }
  const [first, second] = source.members(node, 'A step');
  if (second !== undefined) {
    source.fault(second[1].key, 'A step has one key only.', 'Begin a step of its own with "- ".');
    return undefined;
  }
  return first === undefined ? undefined : known(source, first[0], first[1]);
}

function known(source: YamlSource, name: string, member: Member): { kind: Kind; member: Member } | undefined {
  const kind = kinds.find((each) => each === name);
  if (kind === undefined) source.fault(member.key, `"${name}" is no step of a test.`, didYouMean(name, kinds));
  return kind === undefined ? undefined : { kind, member };
}

/** What is dialled behind the code: `1*2`. */
function shortcutOf(text: string | undefined): readonly string[] {
  return text === undefined || text === '' ? [] : text.split('*');
}

function needed(source: YamlSource, member: Member, name: string, hint: string): string {
  if (member.value === undefined) source.fault(member.key, `"${name}" is empty.`, hint);
  return source.text(member.value, `"${name}"`) ?? '';
}

function waitOf(source: YamlSource, member: Member): number {
  const hint = 'Write 500ms, 3s, 10m, 24h or 30d.';
  const text = needed(source, member, 'wait', hint);
  const ms = parseDuration(text);
  if (ms === undefined && member.value !== undefined) source.fault(member.value, `"${text}" is not a duration.`, hint);
  return ms ?? 0;
}

/** A text, or one by channel; nothing behind `expectEnd` means any text. */
function readScreens(source: YamlSource, { key, value }: Member, name: Kind): ByChannel {
  if (value === undefined) {
    if (name === 'expect') source.fault(key, '"expect" is empty.', 'Write the whole screen, or /a pattern/.');
    return {};
  }
  if (!isMap(value)) return { default: readExpectation(source, value) };
  const members = source.members(value, `"${name}"`, [...testChannels, 'default']);
  const screens: { -readonly [Name in keyof ByChannel]: ByChannel[Name] } = {};
  for (const channel of [...testChannels, 'default'] as const) {
    const node = members.get(channel)?.value;
    if (node !== undefined) screens[channel] = readExpectation(source, node);
  }
  return screens;
}

function readExpectation(source: YamlSource, node: Node): Expectation {
  const text = source.text(node, 'What is expected') ?? '';
  const [, pattern, flags] = /^\/(.+)\/([imsu]*)$/s.exec(text) ?? [];
  if (pattern === undefined) return { kind: 'text', text: text.replace(/\n+$/, '') };
  try {
    return { kind: 'pattern', pattern: new RegExp(pattern, flags) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    source.fault(
      node,
      `This pattern cannot be read: ${why}.`,
      'Put a backslash before ( ) [ ] { } . * + ? that are meant.',
    );
    return { kind: 'text', text };
  }
}
