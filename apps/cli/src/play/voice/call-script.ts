import type { CallAction } from '@app/fake-provider';

/** What the caller can do where a document stops. */
export type Pause =
  | { readonly kind: 'keys'; readonly digits: number | undefined; readonly url: string | undefined }
  | { readonly kind: 'recording'; readonly url: string | undefined }
  | { readonly kind: 'transfer'; readonly number: string };

/** A document as its caller hears it, up to where it stops. */
export interface Passage {
  /** `Say: …`, `Play: …`, and what is waited for. */
  readonly lines: readonly string[];
  readonly next:
    | {
        readonly kind: 'pause';
        readonly pause: Pause;
        /** What follows where nothing is done. */ readonly rest: readonly CallAction[];
      }
    | { readonly kind: 'redirect'; readonly url: string }
    | { readonly kind: 'end' };
}

/** Reads the actions of a call document in their order. */
export function hearActions(actions: readonly CallAction[]): Passage {
  const lines: string[] = [];
  for (const [index, action] of actions.entries()) {
    const { name, attributes, text, within } = action;
    lines.push(...[action, ...within].flatMap(heardOf));
    const pause = pauseOf(action);
    if (pause !== undefined) {
      lines.push(promptOf(pause, attributes));
      return { lines, next: { kind: 'pause', pause, rest: actions.slice(index + 1) } };
    }
    if (name === 'Redirect') return { lines, next: { kind: 'redirect', url: text.trim() } };
    if (name === 'Reject') {
      lines.push('(refused: no dialog answers this number)');
      break;
    }
  }
  return { lines, next: { kind: 'end' } };
}

function heardOf({ name, attributes, text }: CallAction): readonly string[] {
  if (name === 'Say' && text !== '') return [`Say: ${text.replaceAll('\n', '\n     ')}`];
  return name === 'Play' ? [`Play: ${attributes['url'] ?? ''}`] : [];
}

function pauseOf({ name, attributes }: CallAction): Pause | undefined {
  const url = attributes['callbackUrl'];
  if (name === 'GetDigits') {
    const { numDigits } = attributes;
    return { kind: 'keys', digits: numDigits === undefined ? undefined : Number(numDigits), url };
  }
  if (name === 'Record') return { kind: 'recording', url };
  return name === 'Dial' ? { kind: 'transfer', number: attributes['phoneNumbers'] ?? '' } : undefined;
}

function promptOf(pause: Pause, attributes: CallAction['attributes']): string {
  switch (pause.kind) {
    case 'keys':
      if (pause.digits === undefined) return `(keys, then ${attributes['finishOnKey'] ?? '#'})`;
      return pause.digits === 1 ? '(keys, 1 digit)' : `(keys, ${pause.digits} digits)`;
    case 'recording': {
      const { maxLength } = attributes;
      return `(recording${maxLength === undefined ? '' : `, ${maxLength} s at most`}: rec speaks)`;
    }
    case 'transfer':
      return `Dial: ${pause.number}, (p)icked up / (n)ot`;
  }
}
