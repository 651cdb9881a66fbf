import type { CallReportFilter, StatsBy, StatsGroup } from '@app/reporting';
import { conditionsOf, parameters } from './call-report-filter.js';
import { shownTime } from './zone.js';

/** Groups of one key and one currency. */
export interface StatsRow {
  readonly key: string | null;
  readonly cost_currency: string | null;
  readonly reports: string;
  readonly answered: string;
  readonly timed: string;
  readonly seconds: number;
  readonly amount: string | null;
}

/** Stands for no currency in ISO 4217. */
const noCurrency = 'XXX';

/** The statement that counts reports by key and currency. */
export function statsStatement(
  filter: CallReportFilter,
  by: StatsBy,
  zone: string,
): { readonly text: string; readonly values: readonly string[] } {
  const { values, bind } = parameters();
  const isTime = by === 'hour' || by === 'day';
  const place = isTime ? bind(zone, 'text') : '';
  const key = isTime ? `date_trunc('${by}', c.sort_at, ${place})` : `c.${columnOf[by]}`;
  const shown = isTime ? shownTime(by, 'key', place) : 'key';
  const text = `
    SELECT ${shown} AS key, cost_currency, reports, answered, timed, seconds, amount::text FROM (
      SELECT ${key} AS key, c.cost_currency, count(*) AS reports,
        count(*) FILTER (WHERE c.status IN ('answered', 'completed')) AS answered,
        count(c.duration_seconds) AS timed, coalesce(sum(c.duration_seconds), 0) AS seconds,
        sum(c.cost_amount) AS amount
      FROM call_reports AS c WHERE ${conditionsOf(filter, bind)} GROUP BY 1, 2
    ) AS counted ORDER BY counted.key NULLS LAST, cost_currency`;
  return { text, values };
}

/** The groups that rows of such a statement make. */
export function statsOf(rows: readonly StatsRow[], by: StatsBy): StatsGroup[] {
  const byKey = new Map<string | null, StatsRow[]>();
  for (const row of rows) {
    const known = byKey.get(row.key);
    if (known === undefined) byKey.set(row.key, [row]);
    else known.push(row);
  }
  const groups = [...byKey].map(([key, own]) => groupOf(key, own));
  return by === 'hour' || by === 'day' ? groups : groups.sort((one, other) => other.count - one.count);
}

function groupOf(key: string | null, rows: readonly StatsRow[]): StatsGroup {
  const total = (field: 'reports' | 'answered' | 'timed' | 'seconds'): number =>
    rows.reduce((sum, row) => sum + Number(row[field]), 0);
  const [timed, seconds] = [total('timed'), total('seconds')];
  const costs = rows.flatMap(({ cost_currency, amount }) =>
    amount === null ? [] : [[cost_currency ?? noCurrency, amount] as const],
  );
  return {
    key,
    count: total('reports'),
    answered: total('answered'),
    meanDurationSeconds: timed === 0 ? null : seconds / timed,
    totalDurationSeconds: seconds,
    cost: Object.fromEntries(costs),
  };
}

const columnOf: Readonly<Record<Exclude<StatsBy, 'hour' | 'day'>, string>> = {
  status: 'status',
  provider: 'provider',
  account: 'account',
  hangupCause: 'hangup_cause',
  campaignId: 'campaign_id',
};
