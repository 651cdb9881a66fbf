import type { Page, PagePosition, PageRequest } from '@app/reporting';

/** Everything that a list gives page by page: from its beginning to its end, and back from there. */
export interface ReadPages<T> {
  readonly forwards: readonly T[];
  /** Turned round, so that it reads like the other. */
  readonly backwards: readonly T[];
}

/** Reads a list to its end and back, so many records at a time. */
export async function readPages<T>(
  read: (page: PageRequest) => Promise<Page<T>>,
  limit: number,
): Promise<ReadPages<T>> {
  const forwards: T[][] = [];
  let page = await read({ limit });
  for (;;) {
    forwards.push([...page.items]);
    const { next } = page;
    if (next === undefined) break;
    page = await read(from(next, 'next', limit));
  }
  const backwards: T[][] = [[...page.items]];
  for (let { previous } = page; previous !== undefined;) {
    const before = await read(from(previous, 'previous', limit));
    backwards.unshift([...before.items]);
    ({ previous } = before);
  }
  return { forwards: forwards.flat(), backwards: backwards.flat() };
}

function from(position: PagePosition, towards: 'next' | 'previous', limit: number): PageRequest {
  return { limit, from: { position, towards } };
}
