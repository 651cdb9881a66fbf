import { isMap, isScalar, isSeq } from 'yaml';
import type { Node, YAMLSeq } from 'yaml';
import type { VariablePath } from '../values.js';
import { Fields } from './fields.js';
import type { MenuOption, MenuStep } from './model.js';
import { conditionAt, optionalText, requiredText } from './read-text.js';
import { scalarValue } from './read-values.js';
import { scalarText } from './source-reader.js';
import { attemptsOf, type StepHead } from './step-head.js';

const optionsHint = 'Give a list of { label: …, go: … }.';

/** Reads a `menu` with its options, each of which must lead somewhere. */
export function readMenu(fields: Fields, head: StepHead): MenuStep | undefined {
  fields.allow(['menu', 'options', 'optionsFrom', 'save', 'go', 'invalid', 'attempts', 'otherwise']);
  const text = requiredText(fields, 'menu');
  const go = fields.step('go');
  const source = readSource(fields, go !== undefined || fields.has('go'));
  const [save, invalid, otherwise] = [
    fields.variable('save'),
    optionalText(fields, 'invalid'),
    fields.step('otherwise'),
  ];
  const attempts = attemptsOf(fields);
  if (text === undefined || source === undefined) return undefined;
  return {
    ...head,
    kind: 'menu',
    text,
    ...source,
    ...(save !== undefined && { save }),
    ...(go !== undefined && { go }),
    ...(invalid && { invalid }),
    ...(otherwise !== undefined && { otherwise }),
    attempts,
  };
}

function readSource(fields: Fields, hasGo: boolean): Pick<MenuStep, 'options' | 'optionsFrom'> | undefined {
  if (fields.has('options') === fields.has('optionsFrom')) {
    const both = fields.has('options');
    const message = both
      ? 'A menu has "options" or "optionsFrom", not both.'
      : 'A menu needs "options" or "optionsFrom".';
    const where = both ? fields.keyNode('optionsFrom') : fields.node;
    fields.reader.fault(where, 'menu-options', message, both ? 'Take one away.' : `${optionsHint} Or name a list.`);
    return undefined;
  }
  if (fields.has('options')) {
    const options = readOptions(fields, hasGo);
    return options && { options };
  }
  if (!hasGo) {
    const hint = 'Add "go: <step>" to the menu.';
    fields.reader.fault(fields.keyNode('optionsFrom'), 'missing-key', 'A menu with "optionsFrom" needs "go".', hint);
  }
  const optionsFrom = readPath(fields, 'optionsFrom');
  return optionsFrom && { optionsFrom };
}

function readPath(fields: Fields, key: string): VariablePath | undefined {
  fields.required(key, 'Name the variable that holds the list.');
  const text = fields.scalar(key);
  if (text === undefined) return undefined;
  if (/^[A-Za-z_]\w*(\.\w+)*$/.test(text)) return text.split('.');
  const hint = 'Write the name alone, for instance "plots" or "price.list", without {{ }}.';
  fields.reader.fault(
    fields.value(key) ?? fields.node,
    'bad-variable',
    `"${text}" is not the name of a variable.`,
    hint,
  );
  return undefined;
}

function readOptions(fields: Fields, menuHasGo: boolean): MenuOption[] | undefined {
  const list = fields.required('options', optionsHint);
  if (list === undefined) return undefined;
  if (!isSeq(list) || list.items.length === 0) {
    fields.reader.fault(list, 'menu-options', '"options" must be a list with at least one option.', optionsHint);
    return undefined;
  }
  return readEach(fields, list, menuHasGo);
}

function readEach(fields: Fields, list: YAMLSeq, menuHasGo: boolean): MenuOption[] {
  const options: MenuOption[] = [];
  for (const [index, item] of list.items.entries()) {
    const node = item as Node;
    fields.place(`options.${index}`, node);
    if (!isMap(node)) {
      fields.reader.fault(node, 'menu-options', 'An option must be a map.', 'Write { label: …, go: … }.');
      continue;
    }
    const option = readOption(new Fields(fields.reading, node, 'this option'), menuHasGo);
    if (option) options.push(option);
  }
  return options;
}

function readOption(fields: Fields, menuHasGo: boolean): MenuOption | undefined {
  fields.allow(['label', 'go', 'value', 'also', 'when']);
  const label = requiredText(fields, 'label');
  const go = fields.step('go');
  if (!fields.has('go') && !menuHasGo) {
    const hint = 'Add "go: <step>" to the option, or to the menu for all of them.';
    fields.reader.fault(fields.node, 'missing-key', 'This option leads nowhere.', hint);
  }
  const [value, also, when] = [optionValue(fields), alsoOf(fields), conditionAt(fields, 'when')];
  if (label === undefined) return undefined;
  return {
    label,
    also,
    ...(go !== undefined && { go }),
    ...(value !== undefined && { value }),
    ...(when && { when }),
  };
}

function optionValue(fields: Fields): MenuOption['value'] {
  const node = fields.value('value');
  if (node === undefined) return undefined;
  if (isScalar(node)) return scalarValue(node) ?? undefined;
  fields.reader.fault(
    node,
    'not-a-text',
    '"value" must be a text, a number, true or false.',
    'Save lists with `optionsFrom`.',
  );
  return undefined;
}

function alsoOf(fields: Fields): readonly string[] {
  const node = fields.value('also');
  if (node === undefined) return [];
  const items = isSeq(node) ? (node.items as Node[]) : [node];
  return items.flatMap((item) => {
    if (isScalar(item) && scalarText(item).trim() !== '') return [scalarText(item)];
    fields.reader.fault(item, 'not-a-text', '"also" must be a list of texts.', 'Write [corn, mahindi].');
    return [];
  });
}
