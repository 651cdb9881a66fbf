import type { CallReportFilter, TimeRange } from '@app/reporting';
import { timeColumn } from '../row.js';

/** Puts a value into a statement and gives what stands for it there: a parameter, or a literal where none are taken. */
export type Bind = (value: string, type: string) => string;

/** Parameters of a statement that is put together. */
export function parameters(): { readonly values: string[]; readonly bind: Bind } {
  const values: string[] = [];
  const bind: Bind = (value, type) => `$${String(values.push(value))}::${type}`;
  return { values, bind };
}

/** What rows of `call_reports AS c` must fulfil; `true` for a filter that asks for nothing. */
export function conditionsOf(filter: CallReportFilter, bind: Bind): string {
  const all = [
    ...equal(filter, bind),
    ...ranges('c.sort_at', filter.started, bind),
    ...ranges('c.received_at', filter.received, bind),
    ...atLeast('c.duration_seconds', '>=', filter.minDuration, bind),
    ...atLeast('c.duration_seconds', '<=', filter.maxDuration, bind),
    ...special(filter, bind),
  ];
  return all.length === 0 ? 'true' : all.join(' AND ');
}

const columns = [
  ['provider', 'provider'],
  ['account', 'account'],
  ['source', 'source'],
  ['direction', 'direction'],
  ['from', 'from_number'],
  ['to', 'to_number'],
  ['campaignId', 'campaign_id'],
  ['flowId', 'flow_id'],
  ['review', 'review_state'],
] as const;

function equal(filter: CallReportFilter, bind: Bind): string[] {
  return columns.flatMap(([field, column]) => {
    const value = filter[field];
    return value === undefined ? [] : [`c.${column} = ${bind(value, 'text')}`];
  });
}

function ranges(column: string, { after, before }: TimeRange = {}, bind: Bind): string[] {
  return [
    ...(after === undefined ? [] : [`${column} >= ${bind(timeColumn(after) ?? '-infinity', 'timestamptz')}`]),
    ...(before === undefined ? [] : [`${column} < ${bind(timeColumn(before) ?? '-infinity', 'timestamptz')}`]),
  ];
}

function atLeast(column: string, operator: '>=' | '<=', limit: number | undefined, bind: Bind): string[] {
  return limit === undefined ? [] : [`${column} ${operator} ${bind(String(limit), 'double precision')}`];
}

function special({ status, number, tag, q }: CallReportFilter, bind: Bind): string[] {
  const conditions: string[] = [];
  if (status !== undefined) conditions.push(`c.status IN (${status.map((word) => bind(word, 'text')).join(', ')})`);
  if (number !== undefined) {
    const value = bind(number, 'text');
    conditions.push(`(c.from_number = ${value} OR c.to_number = ${value} OR c.bridge = ${value})`);
  }
  // The second half is what the index asks for.
  if (tag !== undefined) {
    conditions.push(`c.review_tags @> ARRAY[${bind(tag, 'text')}] AND c.review_tags <> '{}'`);
  }
  if (q !== undefined) conditions.push(inPayloads(bind(likePattern(q), 'text')));
  return conditions;
}

function inPayloads(pattern: string): string {
  return `(c.raw::text ILIKE ${pattern} OR EXISTS (
    SELECT FROM call_report_payloads AS p WHERE p.report_id = c.id AND p.raw::text ILIKE ${pattern}))`;
}

/** Payloads are searched as JSON: quotes and controls stand there escaped. */
function likePattern(text: string): string {
  const inJson = JSON.stringify(text).slice(1, -1);
  return `%${inJson.replace(/[\\%_]/g, '\\$&')}%`;
}
