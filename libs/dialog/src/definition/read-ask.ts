import type { Fields } from './fields.js';
import { askTypes, type AskStep, type AskType } from './model.js';
import { parsePattern, PatternSyntax } from './pattern.js';
import { optionalText, requiredText } from './read-text.js';
import { attemptsOf, type StepHead } from './step-head.js';

type Limits = Pick<AskStep, 'min' | 'max' | 'minLength' | 'maxLength' | 'pattern'>;

const limitKeys = ['min', 'max', 'minLength', 'maxLength', 'pattern'];

/** Which limits each type may have. */
const limitsOfType: Readonly<Record<AskType, readonly string[]>> = {
  text: ['minLength', 'maxLength'],
  integer: ['min', 'max'],
  decimal: ['min', 'max'],
  amount: ['min', 'max'],
  date: ['min', 'max'],
  phone: [],
  pin: ['minLength', 'maxLength'],
  pattern: ['pattern'],
};

/** Longest answer that a step may ask for, in characters. */
const longestAnswer = 10_000;

/** Reads an `ask`; the lengths of texts and pins are always filled in. */
export function readAsk(fields: Fields, head: StepHead): AskStep | undefined {
  fields.allow(['ask', 'type', ...limitKeys, 'save', 'go', 'invalid', 'attempts', 'otherwise', 'sensitive']);
  const text = requiredText(fields, 'ask');
  const type = fields.oneOf('type', askTypes) ?? 'text';
  const limits = readLimits(fields, type);
  const [save, go, otherwise] = [fields.variable('save'), fields.requiredStep('go'), fields.step('otherwise')];
  const [invalid, attempts, sensitive] = [
    optionalText(fields, 'invalid'),
    attemptsOf(fields),
    fields.boolean('sensitive'),
  ];
  if (type === 'pin' && sensitive === false) {
    fields.reader.fault(
      fields.keyNode('sensitive'),
      'pin-is-sensitive',
      'A pin is always sensitive.',
      'Take the key away.',
    );
  }
  if (text === undefined || go === undefined) return undefined;
  return {
    ...head,
    kind: 'ask',
    text,
    type,
    ...limits,
    ...(save !== undefined && { save }),
    go,
    ...(invalid && { invalid }),
    attempts,
    ...(otherwise !== undefined && { otherwise }),
    sensitive: type === 'pin' || sensitive === true,
  };
}

function readLimits(fields: Fields, type: AskType): Limits {
  const allowed = limitsOfType[type];
  for (const key of limitKeys.filter((known) => fields.has(known) && !allowed.includes(known))) {
    const hint = key === 'pattern' ? 'Add "type: pattern".' : `It may have: ${allowed.join(', ') || 'no limits'}.`;
    fields.reader.fault(fields.keyNode(key), 'limit-of-other-type', `An answer of type ${type} has no "${key}".`, hint);
  }
  if (type === 'pattern') return readPattern(fields);
  if (allowed.includes('minLength')) return readLengths(fields, type);
  if (allowed.includes('min')) return type === 'date' ? readDates(fields) : readNumbers(fields, type);
  return {};
}

function readPattern(fields: Fields): Limits {
  fields.required('pattern', 'Write what a whole answer must match, for instance "[A-Z]{2}[0-9]{4}".');
  const source = fields.scalar('pattern');
  if (source === undefined) return {};
  try {
    return { pattern: parsePattern(source) };
  } catch (error) {
    if (!(error instanceof PatternSyntax)) throw error;
    const hint = 'Patterns have no look-around and no back references; close every bracket.';
    fields.reader.fault(
      fields.value('pattern') ?? fields.node,
      'bad-pattern',
      `The pattern cannot be read: ${error.message}.`,
      hint,
    );
    return {};
  }
}

function readLengths(fields: Fields, type: AskType): Limits {
  const min = fields.integer('minLength', 1, longestAnswer);
  const max = fields.integer('maxLength', 1, longestAnswer);
  inOrder(fields, 'minLength', 'maxLength', min, max);
  const usual = type === 'pin' ? { min: 4, max: 4 } : { min: 1, max: 160 };
  return {
    minLength: min ?? Math.min(usual.min, max ?? usual.min),
    maxLength: max ?? Math.max(usual.max, min ?? usual.max),
  };
}

function readNumbers(fields: Fields, type: AskType): Limits {
  const [min, max] = [fields.number('min'), fields.number('max')];
  for (const [key, value] of [
    ['min', min],
    ['max', max],
  ] as const) {
    if (value === undefined) continue;
    const wrong = type === 'integer' ? !Number.isInteger(value) : type === 'amount' && value < 0;
    if (!wrong) continue;
    const must = type === 'integer' ? 'a whole number' : '0 or more';
    fields.reader.fault(
      fields.value(key) ?? fields.node,
      'out-of-range',
      `"${key}" must be ${must}.`,
      `The type is ${type}.`,
    );
  }
  inOrder(fields, 'min', 'max', min, max);
  return { ...(min !== undefined && { min }), ...(max !== undefined && { max }) };
}

function readDates(fields: Fields): Limits {
  const [min, max] = [dateAt(fields, 'min'), dateAt(fields, 'max')];
  inOrder(fields, 'min', 'max', min, max);
  return { ...(min !== undefined && { min }), ...(max !== undefined && { max }) };
}

function dateAt(fields: Fields, key: string): string | undefined {
  const text = fields.scalar(key);
  if (text === undefined) return undefined;
  const date = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : undefined;
  if (date && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)) return text;
  fields.reader.fault(fields.value(key) ?? fields.node, 'bad-date', `"${text}" is not a date.`, 'Write YYYY-MM-DD.');
  return undefined;
}

function inOrder<T extends number | string>(fields: Fields, low: string, high: string, min?: T, max?: T): void {
  if (min === undefined || max === undefined || min <= max) return;
  const message = `"${low}" (${min}) is above "${high}" (${max}): nothing fits.`;
  fields.reader.fault(fields.value(low) ?? fields.node, 'limits-crossed', message, 'Exchange them.');
}
