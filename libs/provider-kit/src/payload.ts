import type { Fields } from './contracts/http.js';
import { parseForm } from './form.js';
import { parseJsonObject } from './json.js';
import { multipartBoundary, parseMultipart } from './multipart.js';
import { PayloadRejected } from './rejections.js';
import { emptyRecord, isUnsafeName } from './unsafe-names.js';

/** The query parameter with which a webhook is unlocked; it never is a field of the payload. */
const webhookKeyParameter = 'key';

/**
 * The named values of a request, whatever its label says: form, JSON or multipart is decided by the content, always
 * read as UTF-8; the label only helps to find the boundary of a multipart body. The query fills in
 * names that the body lacks.
 * @throws PayloadRejected `body-malformed`, `body-too-deep`
 */
export function readFields(rawBody: Uint8Array, contentType: string | undefined, query: Fields): Fields {
  const text = textOf(rawBody);
  if (text === '') return withQuery(emptyRecord<unknown>(), query);
  const first = text.charAt(0);
  if (first === '{') return withQuery(parseJsonObject(text), query);
  const boundary = multipartBoundary(text, contentType);
  if (boundary !== undefined) return withQuery(parseMultipart(text, boundary), query);
  // A form has an equals sign, and its first name begins with none of the marks of JSON and XML.
  if ('["<'.includes(first) || !text.includes('=')) throw new PayloadRejected('body-malformed');
  return withQuery(parseForm(text), query);
}

/**
 * The parameters of a query text (without `?`), the webhook key left out.
 * @throws PayloadRejected `body-malformed` for too many of them
 */
export function readQuery(text: string): Fields {
  const fields = parseForm(text);
  Reflect.deleteProperty(fields, webhookKeyParameter);
  return fields;
}

function textOf(rawBody: Uint8Array): string {
  if (rawBody.byteLength === 0) return '';
  const text = Buffer.from(rawBody.buffer, rawBody.byteOffset, rawBody.byteLength).toString('utf8');
  let start = 0;
  while (isFiller(text.charCodeAt(start))) start++;
  let end = text.length;
  while (end > start && isFiller(text.charCodeAt(end - 1))) end--;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}

/** Blanks, control characters and the byte order mark, none of which a form or JSON begins or ends with. */
function isFiller(code: number): boolean {
  return code <= 0x20 || code === 0xfeff;
}

function withQuery(body: Fields, query: Fields): Fields {
  let merged: Record<string, unknown> | undefined;
  for (const name of Object.keys(query)) {
    if (name in body || name === webhookKeyParameter || isUnsafeName(name)) continue;
    merged ??= Object.assign(emptyRecord<unknown>(), body);
    const value = query[name];
    merged[name] = Array.isArray(value) ? (value.at(-1) as unknown) : value;
  }
  return merged ?? body;
}
