import { isMap, isScalar } from 'yaml';
import { entriesOf, type Fields } from './fields.js';
import type { Outcomes } from './model.js';
import { namePatterns } from './names.js';
import { isEmpty, scalarText } from './source-reader.js';

/** `go` of a step with outcomes: a step, or a map from outcome to step. */
export function requiredOutcomes(fields: Fields, allowed: RegExp = namePatterns.outcome.test): Outcomes | undefined {
  const node = fields.required('go', 'Add "go: <step>", or a map from outcome to step.');
  if (node === undefined) return undefined;
  if (!isMap(node)) {
    const step = fields.step('go');
    return step === undefined ? undefined : new Map([['*', step]]);
  }
  const outcomes = new Map<string, string>();
  for (const [outcome, keyNode, value] of entriesOf(node, fields.reader)) {
    fields.place(`go.${outcome}`, keyNode);
    if (!allowed.test(outcome)) {
      fields.reader.fault(keyNode, 'bad-outcome', `"${outcome}" cannot be an outcome.`, outcomeHint(allowed));
    } else if (value === undefined || isEmpty(value) || !isScalar(value)) {
      fields.reader.fault(
        value ?? keyNode,
        'missing-step',
        `The outcome "${outcome}" names no step.`,
        'Write the step that comes next.',
      );
    } else {
      const step = scalarText(value);
      fields.reading.targets.push({ node: value, step });
      outcomes.set(outcome, step);
    }
  }
  if (node.items.length === 0) {
    fields.reader.fault(node, 'missing-step', '"go" is empty.', 'Write a step, or a map from outcome to step.');
  }
  return outcomes;
}

/** What the `go` of an `http` step may name. */
export const httpOutcome = /^([1-5]\d\d|[1-5]xx|ok|error|timeout)$/;

function outcomeHint(allowed: RegExp): string {
  return allowed === httpOutcome
    ? 'Write a status (404), a class (2xx), ok, error or timeout.'
    : `Use ${namePatterns.outcome.says}.`;
}
