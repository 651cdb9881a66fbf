import type { FunnelStep, TimeRange } from '@app/reporting';
import type { Database } from '../database.js';
import { Conditions } from './conditions.js';

interface StepColumns {
  readonly step: string;
  readonly reached: number;
  readonly answered: number;
  readonly invalid: number;
  readonly left: number;
  readonly mean_ms: number | null;
}

/**
 * How far people come: per step how often it was shown and what followed. Whole sessions are counted, by when they began, so
 * that one that goes on behind the end of the range is not taken for one that was left.
 */
export async function readFunnel(
  database: Database,
  dialog: string,
  version: string | undefined,
  began: TimeRange,
  now: Date,
): Promise<readonly FunnelStep[]> {
  const wanted = new Conditions()
    .equal({ dialog })
    .where('starts_with(version, ?)', version)
    .within('started_at', began)
    // No turn comes before its session, which spares whole months.
    .within('received_at', began.after === undefined ? {} : { after: began.after });
  const text = `
    WITH walked AS MATERIALIZED (
      SELECT session, started_at, asked, step, refused, ended, lead(turn) OVER walk AS following,
        extract(epoch FROM received_at - lag(received_at) OVER walk)::float8 * 1000 AS took_ms
      FROM turns WHERE ${wanted.text}
      WINDOW walk AS (PARTITION BY session, started_at ORDER BY turn, received_at)
    ), facts AS (
      SELECT step, 1 AS reached, 0 AS answered, 0 AS invalid, NULL::float8 AS took_ms,
        (NOT ended AND following IS NULL AND NOT EXISTS (
          SELECT FROM sessions s
          WHERE s.session = walked.session AND s.started_at = walked.started_at AND NOT s.ended
            AND s.expires_at > $${String(wanted.count + 1)}::timestamptz
        ))::int AS "left"
      FROM walked WHERE step IS NOT NULL
      UNION ALL
      SELECT asked, 0, (NOT refused)::int, refused::int, took_ms, 0 FROM walked WHERE asked IS NOT NULL
    )
    SELECT step, sum(reached)::int AS reached, sum(answered)::int AS answered, sum(invalid)::int AS invalid,
      sum("left")::int AS "left", round(avg(took_ms))::float8 AS mean_ms
    FROM facts GROUP BY step ORDER BY 2 DESC, 1`;
  const rows = await database.query<StepColumns>({ text }, [...wanted.values, now]);
  return rows.map(({ mean_ms, ...step }) => ({ ...step, meanMs: mean_ms }));
}
