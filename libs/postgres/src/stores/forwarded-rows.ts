import type { ForwardEvent } from '@app/reporting';
import type { RowKind } from '../row.js';
import { callReportRows } from './call-reports.js';
import { deliveryEventInsert, deliveryEventRows } from './delivery-events.js';
import { sessionReportInsert, sessionReportRows } from './session-reports.js';

const specs = (event: ForwardEvent, id: string, from: string) => `
  , specs AS (
    SELECT array_agg(ROW(
      'forward', json_build_object('id', ${id}, 'event', '${event}'), NULL, NULL, NULL, NULL, 10, NULL
    )::graphile_worker.job_spec) AS list
    FROM ${from} HAVING count(*) > 0
  )
  SELECT count(*) FROM specs, LATERAL graphile_worker.add_jobs(specs.list)`;

const forwarded: Readonly<Record<ForwardEvent, RowKind>> = {
  'call-report': { name: callReportRows.name, insert: 'SELECT keep_forwarded_call_reports($1::jsonb)' },
  'delivery-event': {
    name: deliveryEventRows.name,
    insert: `${deliveryEventInsert.before}, stated AS (${deliveryEventInsert.last})
      ${specs('delivery-event', 'record_id', 'firsts JOIN keyed USING (holder, hash) WHERE record_id = id')}`,
  },
  'session-end': {
    name: sessionReportRows.name,
    insert: `${sessionReportInsert.before}, kept AS (${sessionReportInsert.last})
      ${specs('session-end', 'record_id', 'fresh')}`,
  },
};

/** The kinds of rows, those of the given events with a job for each new record in the same statement. */
export function withForwardJobs(kinds: readonly RowKind[], events: readonly ForwardEvent[]): readonly RowKind[] {
  const replaced = events.map((event) => forwarded[event]);
  return kinds.map((kind) => replaced.find(({ name }) => name === kind.name) ?? kind);
}
