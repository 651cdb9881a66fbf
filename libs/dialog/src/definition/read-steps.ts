import { isMap } from 'yaml';
import type { Node, YAMLMap } from 'yaml';
import { didYouMean, nearest } from './faults.js';
import { entriesOf, Fields, type Reading } from './fields.js';
import type { Step, StepKind, StepName } from './model.js';
import { namePatterns } from './names.js';
import { readAsk } from './read-ask.js';
import { readCall, readHttp, readSms } from './read-effects.js';
import { readMenu } from './read-menu.js';
import { readChoose, readEnd, readRun, readSay, readSet } from './read-moves.js';
import { readPlay, readRecord, readTransfer } from './read-voice.js';
import type { StepHead } from './step-head.js';

/** In the order in which a step with several of these keys is what it is: `transfer` has a key `record`. */
const readers: Readonly<Record<StepKind, (fields: Fields, head: StepHead) => Step | undefined>> = {
  menu: readMenu,
  ask: readAsk,
  say: readSay,
  end: readEnd,
  set: readSet,
  choose: readChoose,
  call: readCall,
  http: readHttp,
  sms: readSms,
  transfer: readTransfer,
  record: readRecord,
  play: readPlay,
  run: readRun,
};

const kinds = Object.keys(readers) as StepKind[];

/** The steps of a file, and the names of all that it tried to define. */
export interface ReadSteps {
  readonly steps: ReadonlyMap<StepName, Step>;
  readonly names: ReadonlySet<StepName>;
}

/** Reads every step; one that is faulty is left out, but its name is known. */
export function readSteps(reading: Reading, map: YAMLMap): ReadSteps {
  const steps = new Map<StepName, Step>();
  const names = new Set<StepName>();
  for (const [name, keyNode, node] of entriesOf(map, reading.reader)) {
    names.add(name);
    if (!namePatterns.step.test.test(name)) {
      reading.reader.fault(keyNode, 'bad-name', `"${name}" cannot name a step.`, `Use ${namePatterns.step.says}.`);
    }
    const step = readStep(reading, name, keyNode, node);
    if (step) steps.set(name, step);
  }
  return { steps, names };
}

function readStep(reading: Reading, name: StepName, keyNode: Node, node: Node | undefined): Step | undefined {
  if (!isMap(node)) {
    const hint = 'Write what it does, for instance "{ end: Thank you. }".';
    reading.reader.fault(node ?? keyNode, 'not-a-step', `The step "${name}" must be a map.`, hint);
    return undefined;
  }
  const fields = new Fields(reading, node, 'this step');
  const kind = kindOf(fields, name, keyNode);
  if (kind === undefined) return undefined;
  const named = new Fields(reading, node, `this ${kind}`);
  return readers[kind](named, { name, at: reading.reader.at(keyNode), places: named.places });
}

function kindOf(fields: Fields, name: StepName, keyNode: Node): StepKind | undefined {
  const found = kinds.filter((kind) => fields.has(kind));
  const [first, second] = found;
  if (first === undefined) {
    const [key, near] = likelyKind(fields) ?? [];
    const message = `The step "${name}" does nothing: no key names its kind.`;
    const hint = near === undefined ? didYouMean('', kinds) : `Did you mean "${near}"?`;
    fields.reader.fault(key === undefined ? keyNode : fields.keyNode(key), 'unknown-step-kind', message, hint);
    return undefined;
  }
  if (second !== undefined && !(first === 'transfer' && second === 'record')) {
    const message = `The step "${name}" is both ${first} and ${second}.`;
    fields.reader.fault(fields.keyNode(second), 'two-kinds', message, 'Make two steps of it.');
    return undefined;
  }
  return first;
}

function likelyKind(fields: Fields): [string, StepKind] | undefined {
  for (const key of fields.keys) {
    const near = nearest(key, kinds);
    const kind = kinds.find((known) => known === near);
    if (kind) return [key, kind];
  }
  return undefined;
}
