import { record } from '@app/provider-kit';
import type { Fields } from '@app/provider-kit';

/** Newer events come as `{ event, payload }`, older and composed ones bare. */
export function contentOf(fields: Fields): Fields {
  return record(fields, 'payload') ?? fields;
}
