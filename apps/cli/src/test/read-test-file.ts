import { isSeq, type Node } from 'yaml';
import type { Problem } from '@app/workspace';
import { readSettings, settingNames } from './read-settings.js';
import { readSteps } from './read-steps.js';
import type { Conversation, Settings, TestFile } from './test-file.js';
import { YamlSource, type Member } from './yaml-source.js';

/** What the name of a test file ends with. */
export const testFileEnding = '.test.yaml';

/** A test file, where it has no fault, and everything that is wrong with it. */
export interface TestFileReading {
  readonly testFile?: TestFile;
  readonly problems: readonly Problem[];
}

const shape = 'Begin with "dialog: <its id>" and list "conversations:".';

/** Reads one test file; never throws for what is in it. */
export function readTestFile(file: string, text: string): TestFileReading {
  const source = new YamlSource(file, text);
  const root = source.root(shape);
  if (root === undefined) return { problems: source.problems };
  const members = source.members(root, 'A test file', ['dialog', 'conversations', ...settingNames]);
  const dialog = required(source, root, members, 'dialog');
  const settings = readSettings(source, members);
  const list = entries(source, root, members, 'conversations');
  const conversations = list.flatMap((node) => readConversation(source, node, settings) ?? []);
  const id = source.text(dialog, '"dialog"');
  if (source.problems.length > 0 || id === undefined) return { problems: source.problems };
  return { testFile: { file, dialog: id, conversations }, problems: [] };
}

function readConversation(source: YamlSource, node: Node, outer: Settings): Conversation | undefined {
  const members = source.members(node, 'A conversation', ['name', 'steps', ...settingNames]);
  const name = source.text(required(source, node, members, 'name'), '"name"');
  const settings = readSettings(source, members, outer);
  const steps = readSteps(source, entries(source, node, members, 'steps'), settings.channels);
  if (name === undefined) return undefined;
  return { name, at: source.at(node), settings, steps };
}

/** A list that must be there and must not be empty. */
function entries(source: YamlSource, owner: Node, members: ReadonlyMap<string, Member>, name: string): readonly Node[] {
  const node = required(source, owner, members, name);
  if (isSeq(node) && node.items.length === 0) source.fault(node, `"${name}" is empty.`, shapeOf(name));
  return source.list(node, `"${name}"`);
}

function required(
  source: YamlSource,
  owner: Node,
  members: ReadonlyMap<string, Member>,
  name: string,
): Node | undefined {
  const member = members.get(name);
  if (member?.value === undefined) source.fault(member?.key ?? owner, `"${name}" is missing.`, shapeOf(name));
  return member?.value;
}

function shapeOf(name: string): string {
  if (name === 'dialog') return 'Name the dialog under test.';
  if (name === 'name') return 'Say what the conversation shows.';
  return name === 'steps' ? 'List what is done and seen: - dial, - expect: …, - answer: "1".' : shape;
}
