import { isMap, isSeq } from 'yaml';
import type { Node } from 'yaml';
import type { Condition } from '../values.js';
import { Fields } from './fields.js';
import type { ChooseStep, EndStep, RunStep, SayStep, SetStep } from './model.js';
import { requiredOutcomes } from './read-outcomes.js';
import { conditionAt, requiredText } from './read-text.js';
import { readAssignments } from './read-values.js';
import type { StepHead } from './step-head.js';

/** Reads a `say`. */
export function readSay(fields: Fields, head: StepHead): SayStep | undefined {
  fields.allow(['say', 'go']);
  const [text, go] = [requiredText(fields, 'say'), fields.requiredStep('go')];
  return text && go !== undefined ? { ...head, kind: 'say', text, go } : undefined;
}

/** Reads an `end`; without `as` its outcome is `done`. */
export function readEnd(fields: Fields, head: StepHead): EndStep | undefined {
  fields.allow(['end', 'as']);
  const text = requiredText(fields, 'end');
  const as = fields.name('as', 'outcome') ?? 'done';
  return text && { ...head, kind: 'end', text, as };
}

/** Reads a `set`. */
export function readSet(fields: Fields, head: StepHead): SetStep | undefined {
  fields.allow(['set', 'go']);
  fields.required('set', 'Write "set: { name: value }".');
  const [values, go] = [readAssignments(fields, 'set'), fields.requiredStep('go')];
  return go === undefined ? undefined : { ...head, kind: 'set', values, go };
}

/** Reads a `run`; whether the dialog exists is a matter for the catalog. */
export function readRun(fields: Fields, head: StepHead): RunStep | undefined {
  fields.allow(['run', 'with', 'save', 'go']);
  fields.required('run', 'Name the dialog to run.');
  const dialog = fields.name('run', 'dialog');
  const [values, save, go] = [readAssignments(fields, 'with'), fields.variable('save'), requiredOutcomes(fields)];
  if (dialog === undefined || go === undefined) return undefined;
  return { ...head, kind: 'run', dialog, with: values, ...(save !== undefined && { save }), go };
}

type Case = ChooseStep['cases'][number];

/** Reads a `choose`, whose last case, and no other, has no condition. */
export function readChoose(fields: Fields, head: StepHead): ChooseStep | undefined {
  const hint = 'Write a list of { when: …, go: … }; the last one without "when".';
  fields.allow(['choose']);
  const list = fields.required('choose', hint);
  if (list === undefined) return undefined;
  if (!isSeq(list) || list.items.length === 0) {
    fields.reader.fault(list, 'choose-cases', '"choose" must be a list with at least one case.', hint);
    return undefined;
  }
  const cases: Case[] = [];
  for (const [index, item] of list.items.entries()) {
    fields.place(`choose.${index}`, item as Node);
    const read = readCase(fields, item as Node, index === list.items.length - 1);
    if (read) cases.push(read);
  }
  return { ...head, kind: 'choose', cases };
}

function readCase(fields: Fields, node: Node, last: boolean): Case | undefined {
  if (!isMap(node)) {
    fields.reader.fault(node, 'choose-cases', 'A case must be a map.', 'Write { when: …, go: … }.');
    return undefined;
  }
  const one = new Fields(fields.reading, node, 'this case');
  one.allow(['when', 'go']);
  const when: Condition | undefined = conditionAt(one, 'when');
  const go = one.requiredStep('go');
  if (last && one.has('when')) {
    const hint = 'Add a last case "- go: <step>" for everything else.';
    fields.reader.fault(node, 'choose-rest', 'The last case has a "when": nothing is left for the rest.', hint);
  }
  if (!last && one.value('when') === undefined) {
    const hint = 'Put it last, or give it a "when".';
    fields.reader.fault(node, 'choose-rest', 'A case without "when" takes everything: those below never count.', hint);
  }
  return go === undefined ? undefined : { ...(when && { when }), go };
}
