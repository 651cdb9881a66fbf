import type { TimeRange } from '@app/reporting';

/** A range of time from two parameters, either of which may be absent. */
export function rangeOf(after: Date | undefined, before: Date | undefined): TimeRange {
  return { ...(after === undefined ? {} : { after }), ...(before === undefined ? {} : { before }) };
}
