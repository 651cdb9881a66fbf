import { describe, expect, it } from '@jest/globals';
import type { PagePosition } from '@app/reporting';
import { listAnswer, pageRequest } from './cursor.js';
import { timePage } from './time-page.js';

const filter = { status: 'busy', sort: '-startedAt' };
const position: PagePosition = { value: '2026-03-04T09:32:10.000Z', id: '0199b2a1-0a11-7d44-8a10-5f6d1f2b7c90' };

function cursorOf(at: PagePosition, bound: unknown = filter): string {
  return listAnswer({ items: [], next: at }, bound, String).nextCursor ?? '';
}

function packed(...parts: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

describe('a cursor', () => {
  it('leads on from where its page ended, and back from where it began', () => {
    const { nextCursor, prevCursor } = listAnswer({ items: [], next: position, previous: position }, filter, String);
    expect(pageRequest(nextCursor ?? '', 20, filter)).toEqual({ limit: 20, from: { position, towards: 'next' } });
    expect(pageRequest(prevCursor ?? '', 20, filter)).toEqual({ limit: 20, from: { position, towards: 'previous' } });
  });

  it('is null where nothing is left', () => {
    expect(listAnswer({ items: [1, 2] }, filter, String)).toEqual({
      items: ['1', '2'],
      nextCursor: null,
      prevCursor: null,
    });
  });

  it.each([{ ...filter, status: 'answered' }, { ...filter, sort: 'startedAt' }, {}, 'keys'])(
    'is refused with %p',
    (other) => {
      expect(() => pageRequest(cursorOf(position), 20, other)).toThrow('another filter or sort');
    },
  );

  it.each([
    ['12', position.id],
    ['0000-01-01T00:00:00Z', position.id],
    [position.value, '-'.repeat(36)],
  ])('of a list by time is refused at %s, %s', (value, id) => {
    expect(() => timePage(cursorOf({ value, id }), 20, filter)).toThrow('cannot be read');
  });

  const [mark] = JSON.parse(Buffer.from(cursorOf(position), 'base64url').toString()) as [string];
  it.each([
    ['no JSON', 'xx'],
    ['no list', Buffer.from('{}').toString('base64url')],
    ['too short', packed(mark, 'n', '1')],
    ['not text', packed(mark, 'n', 1, 'a')],
    ['no direction', packed(mark, 'x', '1', 'a')],
    ['no id', packed(mark, 'n', '1', `a' OR 1`)],
    ['neither a time nor a number', packed(mark, 'n', 'DROP TABLE', 'a')],
    ['too long', packed(mark, 'n', '1'.repeat(65), 'a')],
  ])('that was made up is refused: %s', (_name, cursor) => {
    expect(() => pageRequest(cursor, 20, filter)).toThrow('cannot be read');
  });
});
