import { PayloadRejected } from './rejections.js';
import { emptyRecord, isUnsafeName } from './unsafe-names.js';

/** More named values than this in one object, form or query are refused. */
export const maxFields = 1_000;

/**
 * Reads `a=1&b=2` as UTF-8 with `+` for a blank. Of a name given twice the last one counts; percent escapes that are
 * none stay as they are, and bytes that are no UTF-8 become U+FFFD.
 * @throws PayloadRejected `body-malformed` for more than {@link maxFields} pairs.
 */
export function parseForm(text: string): Record<string, string> {
  const fields = emptyRecord<string>();
  let pairs = 0;
  let equals = -1;
  for (let start = 0; start < text.length;) {
    const ampersand = text.indexOf('&', start);
    const end = ampersand === -1 ? text.length : ampersand;
    // Looked for only once it is passed: a body of ampersands alone must not be searched to its end again and again.
    if (equals < start) equals = indexOrEnd(text, '=', start);
    if (end > start) {
      if (++pairs > maxFields) throw new PayloadRejected('body-malformed');
      const middle = Math.min(equals, end);
      const name = decode(text.slice(start, middle));
      if (name !== '' && !isUnsafeName(name)) fields[name] = decode(text.slice(middle + 1, end));
    }
    start = end + 1;
  }
  return fields;
}

function indexOrEnd(text: string, part: string, from: number): number {
  const index = text.indexOf(part, from);
  return index === -1 ? text.length : index;
}

/** Nearly all escapes are ASCII marks such as `*` and `+`: these are decoded by hand, since this runs on every turn. */
function decode(part: string): string {
  const spaced = part.includes('+') ? part.replaceAll('+', ' ') : part;
  let escape = spaced.indexOf('%');
  if (escape === -1) return spaced;
  let decoded = '';
  let from = 0;
  while (escape !== -1) {
    const byte = hexDigit(spaced.charCodeAt(escape + 1)) * 16 + hexDigit(spaced.charCodeAt(escape + 2));
    if (!(byte < 0x80)) return decodeAnything(spaced);
    decoded += spaced.slice(from, escape) + String.fromCharCode(byte);
    from = escape + 3;
    escape = spaced.indexOf('%', from);
  }
  return decoded + spaced.slice(from);
}

/** NaN for what is no hexadecimal digit. */
function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : NaN;
}

function decodeAnything(part: string): string {
  return part.replace(/(?:%[0-9a-f]{2})+/gi, (escapes) =>
    Buffer.from(escapes.replaceAll('%', ''), 'hex').toString('utf8'),
  );
}
