import type { Fields } from './fields.js';
import type { PlayStep, RecordStep, TransferStep } from './model.js';
import { requiredText, templateAt } from './read-text.js';
import type { StepHead } from './step-head.js';

/** Reads a `transfer`. */
export function readTransfer(fields: Fields, head: StepHead): TransferStep | undefined {
  fields.allow(['transfer', 'record', 'otherwise']);
  fields.required('transfer', 'Write the number that the caller is connected to.');
  const [number, record, otherwise] = [
    templateAt(fields, 'transfer'),
    fields.boolean('record'),
    fields.step('otherwise'),
  ];
  if (number === undefined) return undefined;
  return {
    ...head,
    kind: 'transfer',
    number,
    record: record ?? false,
    ...(otherwise !== undefined && { otherwise }),
  };
}

/** Reads a `record` step. */
export function readRecord(fields: Fields, head: StepHead): RecordStep | undefined {
  fields.allow(['record', 'maxSeconds', 'save', 'go', 'otherwise']);
  const [text, maxSeconds] = [requiredText(fields, 'record'), fields.integer('maxSeconds', 1, 3600)];
  const [save, go, otherwise] = [fields.variable('save'), fields.requiredStep('go'), fields.step('otherwise')];
  if (text === undefined || go === undefined) return undefined;
  return {
    ...head,
    kind: 'record',
    text,
    ...(maxSeconds !== undefined && { maxSeconds }),
    ...(save !== undefined && { save }),
    go,
    ...(otherwise !== undefined && { otherwise }),
  };
}

/** Reads a `play`, whose address may differ by language. */
export function readPlay(fields: Fields, head: StepHead): PlayStep | undefined {
  fields.allow(['play', 'go']);
  const [url, go] = [requiredText(fields, 'play'), fields.requiredStep('go')];
  return url && go !== undefined ? { ...head, kind: 'play', url, go } : undefined;
}
