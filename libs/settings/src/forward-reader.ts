import { present } from './present.js';
import type { Section } from './section.js';

const events = ['call-report', 'delivery-event', 'session-end'] as const;
const methods = ['GET', 'POST', 'PUT'] as const;

/** Where facts are sent on to. */
export interface ForwardSettings {
  readonly id: string;
  readonly on: readonly (typeof events)[number][];
  /** CEL. */
  readonly when?: string;
  readonly method: (typeof methods)[number];
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: 'json' | 'form';
  /** Name → template; empty: the whole record. */
  readonly fields: Readonly<Record<string, string>>;
  readonly secret?: string;
  readonly allowPersonal: boolean;
}

/** Reads one entry of `forwards`. */
export function readForward(section: Section): ForwardSettings {
  const { source } = section;
  const on = (section.list('on') ?? []).flatMap((word) => {
    const event = events.find((known) => known === word.text);
    if (event === undefined) source.fault(word.at, `nothing is called "${word.text}"`, `known: ${events.join(', ')}`);
    return event === undefined ? [] : [event];
  });
  const id = section.text('id');
  const url = section.word('url');
  if (id === undefined) source.fault(section.at, 'a forward needs an id');
  if (url === undefined) source.fault(section.at, 'a forward needs a url');
  else if (!/^https?:\/\/\S+$/.test(url.text)) source.fault(url.at, 'the url of a forward is http or https');
  const forward: ForwardSettings = {
    id: id ?? '',
    on,
    method: section.choice('method', methods) ?? 'POST',
    url: url?.text ?? '',
    headers: section.textMap('headers'),
    body: section.choice('body', ['json', 'form'] as const) ?? 'json',
    fields: section.textMap('fields'),
    allowPersonal: section.boolean('allowPersonal') ?? false,
    ...present({ when: section.text('when'), secret: section.text('secret') }),
  };
  section.end();
  source.warn(section.at, `the forward "${forward.id}" is not served by this version`);
  return forward;
}
