/**
 * JSON as Postgres takes it: without NUL and lone surrogates, which `jsonb` refuses. `text` must come from
 * `JSON.stringify`, which writes both as escapes and never escapes a whole pair.
 */
export function cleanJson(text: string): string {
  if (!text.includes('\\u')) return text;
  return text.replace(/\\(u0000|ud[89a-f][0-9a-f]{2}|.)/g, (escape, code: string) =>
    code.length === 1 || code === 'u' ? escape : '',
  );
}
