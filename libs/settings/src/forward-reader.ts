import { validateHeaderName } from 'node:http';
import { ConditionSyntax, parseCondition, TemplateSyntax, type VariablePath } from '@app/dialog';
import {
  fieldTemplate,
  forwardVariables,
  headerTemplate,
  personalVariables,
  urlTemplate,
  UrlSyntax,
  type ForwardDefinition,
} from '@app/forwards';
import { forwardEvents, type ForwardEvent } from '@app/reporting';
import { didYouMean } from './did-you-mean.js';
import { present } from './present.js';
import type { Section } from './section.js';

/** Where facts are sent on to. */
export interface ForwardSettings extends ForwardDefinition {
  /** Absent: what is sent is not signed. */
  readonly secret?: string;
}

const methods = ['GET', 'POST', 'PUT'] as const;
const shortestSecretBytes = 24;
// They belong to the connection or to the signature.
const takenHeaders = new Set([
  ...['host', 'connection', 'content-length', 'expect', 'keep-alive', 'transfer-encoding', 'upgrade'],
  ...['webhook-id', 'webhook-timestamp', 'webhook-signature'],
]);

/** Reads one entry of `forwards`, and compiles its condition and templates to see that they can be used. */
export function readForward(section: Section): ForwardSettings {
  const { source } = section;
  const id = section.word('id');
  if (id === undefined) source.fault(section.at, 'a forward needs an id');
  else if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(id.text)) source.fault(id.at, 'the id of a forward is of a-z, 0-9 and -');
  const on = readEvents(section);
  const forward: ForwardSettings = {
    id: id?.text ?? '',
    on,
    method: section.choice('method', methods) ?? 'POST',
    url: section.text('url') ?? '',
    headers: section.textMap('headers', (name) => checkHeaderName(section, name)),
    body: section.choice('body', ['json', 'form'] as const) ?? 'json',
    fields: section.textMap('fields'),
    allowPersonal: section.boolean('allowPersonal') ?? false,
    ...present({ when: section.text('when'), secret: section.text('secret') }),
  };
  section.end();
  checkSecret(section, forward);
  checkBody(section, forward);
  checkReads(section, forward, compiledReads(section, forward));
  return forward;
}

/** Says which ids are used more than once. */
export function checkForwardIds(sections: readonly Section[], forwards: readonly ForwardSettings[]): void {
  for (const [index, { id }] of forwards.entries()) {
    const section = sections[index];
    const isRepeat = id !== '' && forwards.findIndex((other) => other.id === id) < index;
    if (isRepeat) section?.source.fault(section.placeOf('id'), `another forward has the id "${id}"`);
  }
}

function readEvents(section: Section): readonly ForwardEvent[] {
  const { source } = section;
  const words = section.list('on') ?? [];
  if (words.length === 0) source.fault(section.placeOf('on'), 'a forward needs events', `on: [${forwardEvents[0]}]`);
  const events = words.flatMap((word) => {
    const event = forwardEvents.find((known) => known === word.text);
    if (event === undefined)
      source.fault(word.at, `nothing is called "${word.text}"`, `known: ${forwardEvents.join(', ')}`);
    return event === undefined ? [] : [event];
  });
  return [...new Set(events)];
}

function checkHeaderName({ source }: Section, { text, at }: { readonly text: string; readonly at: number }): void {
  try {
    validateHeaderName(text);
  } catch {
    source.fault(at, `"${text}" is no name of a header`);
  }
  if (takenHeaders.has(text.toLowerCase())) source.fault(at, `a forward cannot set the header "${text}"`);
}

function checkSecret(section: Section, { id, secret }: ForwardSettings): void {
  const { source } = section;
  if (secret === undefined) {
    source.warn(section.at, `nothing signs what the forward "${id}" sends`, 'give it a secret');
    return;
  }
  const place = section.placeOf('secret');
  const key = secret.startsWith('whsec_') ? secret.slice('whsec_'.length) : undefined;
  if (key !== undefined && !/^(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(key)) {
    source.fault(place, 'behind whsec_ a secret is base64', 'any text without whsec_ is a secret as well');
    return;
  }
  const bytes = key === undefined ? Buffer.byteLength(secret) : Buffer.byteLength(key, 'base64');
  if (bytes < shortestSecretBytes) {
    source.warn(place, `the secret of the forward "${id}" has less than ${String(shortestSecretBytes)} bytes`);
  }
}

function checkBody(section: Section, { method, body, fields }: ForwardSettings): void {
  if (method === 'GET' || body === 'json' || Object.keys(fields).length > 0) return;
  section.source.fault(section.placeOf('body'), 'a forward whose body is a form needs fields');
}

type Read = readonly [key: string, paths: readonly VariablePath[]];

/** What each key reads; a fault where one cannot be compiled. */
function compiledReads(section: Section, forward: ForwardSettings): readonly Read[] {
  const { url, when, headers, fields } = forward;
  const compile = (key: string, read: () => { readonly reads: readonly VariablePath[] }): readonly Read[] => {
    try {
      return [[key, read().reads]];
    } catch (error) {
      const told = error instanceof TemplateSyntax || error instanceof ConditionSyntax ? error : undefined;
      if (told === undefined && !(error instanceof UrlSyntax)) throw error;
      section.source.fault(section.placeOf(key), (error as Error).message, told?.hint);
      return [];
    }
  };
  if (url === '') section.source.fault(section.placeOf('url'), 'a forward needs a url');
  for (const [name, text] of Object.entries(headers)) {
    if (!/^[\t\u0020-\u007e]*$/.test(text)) {
      section.source.fault(section.placeOf('headers'), `the header "${name}" holds what no header can`);
    }
  }
  return [
    ...(url === '' ? [] : compile('url', () => urlTemplate(url))),
    ...(when === undefined ? [] : compile('when', () => parseCondition(when))),
    ...Object.values(headers).flatMap((text) => compile('headers', () => headerTemplate(text))),
    ...Object.values(fields).flatMap((text) => compile('fields', () => fieldTemplate(text))),
  ];
}

function checkReads(section: Section, { on, allowPersonal }: ForwardSettings, reads: readonly Read[]): void {
  const { source } = section;
  const known = new Set(on.flatMap((event) => forwardVariables[event]));
  for (const [key, paths] of reads) {
    for (const name of new Set(paths.map(([root = '']) => root))) {
      if (!known.has(name)) {
        source.warn(section.placeOf(key), `${key} reads "${name}", which no record has`, didYouMean(name, [...known]));
      } else if (!allowPersonal && personalVariables.includes(name)) {
        source.warn(section.placeOf(key), `${key} reads "${name}", which is left out without allowPersonal`);
      }
    }
  }
}
