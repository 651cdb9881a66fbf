import type { Dialog, Position, Step, Text } from '../definition/model.js';
import type { ValueTemplate, VariablePath } from '../values.js';
import { placeIn, placeOf } from './findings.js';

/** One variable that a step reads, and where what it holds goes. */
export interface Read {
  readonly path: VariablePath;
  readonly at: Position;
  /** Where the value can be seen by others; undefined where it stays inside. */
  readonly leaks?: 'a text' | 'an http request' | 'an sms' | 'a transfer';
}

/** One text of a dialog, with what a message calls it. */
export interface PlacedText {
  readonly text: Text;
  readonly at: Position;
  readonly what: string;
}

/** Everything that a step reads before it saves. */
export function readsOf(step: Step): readonly Read[] {
  const shown = textsOf(step).flatMap(({ text, at }) =>
    readsOfText(text, at, step.kind === 'sms' ? 'an sms' : 'a text'),
  );
  switch (step.kind) {
    case 'menu': {
      const list = step.optionsFrom;
      const options = (step.options ?? []).flatMap((option, index) =>
        (option.when?.reads ?? []).map((path) => ({ path, at: placeOf(step, `options.${index}`) })),
      );
      const from: Read[] = list ? [{ path: list, at: placeOf(step, 'optionsFrom'), leaks: 'a text' }] : [];
      return [...shown, ...options, ...from];
    }
    case 'choose':
      return step.cases.flatMap(({ when }, index) =>
        (when?.reads ?? []).map((path) => ({ path, at: placeOf(step, `choose.${index}`) })),
      );
    case 'set':
      return readsOfValues(step, 'set', step.values);
    case 'call':
    case 'run':
      return readsOfValues(step, 'with', step.with);
    case 'http':
      return readsOfHttp(step);
    case 'sms':
      return [...shown, ...(step.to?.reads ?? []).map((path) => ({ path, at: placeOf(step, 'to') }))];
    case 'transfer':
      return step.number.reads.map((path) => ({ path, at: placeOf(step, 'transfer'), leaks: 'a transfer' }));
    default:
      return shown;
  }
}

function readsOfHttp(step: Extract<Step, { kind: 'http' }>): readonly Read[] {
  const leaks = 'an http request';
  const headers = [...step.headers].flatMap(([name, { reads }]) =>
    reads.map((path): Read => ({ path, at: placeOf(step, `headers.${name}`), leaks })),
  );
  return [
    ...step.url.reads.map((path): Read => ({ path, at: placeOf(step, 'http'), leaks })),
    ...headers,
    ...(step.body?.reads ?? []).map((path): Read => ({ path, at: placeOf(step, 'body'), leaks })),
  ];
}

function readsOfValues(step: Step, key: string, values: ReadonlyMap<string, ValueTemplate>): readonly Read[] {
  return [...values].flatMap(([name, value]) =>
    value.reads.map((path) => ({ path, at: placeOf(step, `${key}.${name}`) })),
  );
}

function readsOfText(text: Text, at: Position, leaks: NonNullable<Read['leaks']>): Read[] {
  const templates = [...text.values()].flatMap((variants) => [...variants.values()]);
  return templates.flatMap(({ reads }) => reads.map((path) => ({ path, at, leaks })));
}

/** The texts that a step shows. */
export function textsOf(step: Step): readonly PlacedText[] {
  const main = (text: Text): PlacedText => ({ text, at: placeOf(step, step.kind), what: `"${step.name}"` });
  const invalid = (text: Text | undefined): PlacedText[] =>
    text ? [{ text, at: placeOf(step, 'invalid'), what: `"invalid" of "${step.name}"` }] : [];
  switch (step.kind) {
    case 'menu': {
      const labels = (step.options ?? []).map((option, index) => ({
        text: option.label,
        at: placeOf(step, `options.${index}`),
        what: `option ${index + 1} of "${step.name}"`,
      }));
      return [main(step.text), ...labels, ...invalid(step.invalid)];
    }
    case 'ask':
      return [main(step.text), ...invalid(step.invalid)];
    case 'play':
      return [main(step.url)];
    case 'say':
    case 'end':
    case 'sms':
    case 'record':
      return [main(step.text)];
    default:
      return [];
  }
}

/** The phrases that a dialog replaces. */
export function phrasesOf(dialog: Dialog): readonly PlacedText[] {
  return [...dialog.phrases].map(([name, text]) => ({
    text,
    at: placeIn(dialog, `phrases.${name}`),
    what: `the phrase "${name}"`,
  }));
}
