import type { Answer } from './send.js';

/** The form of an answer without what it says: its names and types in JSON, its first word in text. */
export function shapeOf({ contentType, body }: Pick<Answer, 'contentType' | 'body'>): string {
  const type = (contentType ?? '').split(';', 1)[0] ?? '';
  if (type !== 'application/json') return `${type} ${/^(CON|END) /.test(body) ? 'CON/END' : body}`;
  const fields = JSON.parse(body) as Record<string, unknown>;
  const types = Object.entries(fields).map(
    ([name, value]) => `${name}:${Array.isArray(value) ? 'list' : typeof value}`,
  );
  return `${type} ${types.join(' ')}`;
}
