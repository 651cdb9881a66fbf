import type { CallReportFilter, CallReportOrder } from '@app/reporting';
import { conditionsOf, type Bind } from './call-report-filter.js';
import { orderBy } from './call-report-order.js';

/** How an export is written. */
export interface ExportForm {
  readonly format: 'csv' | 'ndjson';
  /** IANA name; times are written as its clocks show them, with the offset. */
  readonly zone: string;
  /** Numbers without their `+`. */
  readonly digits: boolean;
  /** Numbers are replaced by names made with this secret; what else may tell who it was is left empty. */
  readonly pseudonymKey?: string;
}

/** The statement that copies reports out, formatted whole by the database; it takes literals only. */
export function exportStatement(
  filter: CallReportFilter,
  order: CallReportOrder,
  form: ExportForm,
  literal: Bind,
): string {
  const shown: Shown = (field, column, kind) => shownColumn(field, column, kind, form, literal);
  const rows = `FROM call_reports AS c WHERE ${conditionsOf(filter, literal)} ORDER BY ${orderBy(order)}`;
  if (form.format === 'csv') {
    return `COPY (SELECT ${csvColumns(form, shown)} ${rows}) TO STDOUT WITH (FORMAT csv, HEADER, ENCODING 'UTF8')`;
  }
  // JSON has no controls in it, so nothing is ever quoted or escaped.
  const plain = `FORMAT csv, DELIMITER E'\\x01', QUOTE E'\\x02', ESCAPE E'\\x02', ENCODING 'UTF8'`;
  return `COPY (SELECT row_to_json(f) FROM (SELECT ${jsonColumns(form, shown)} ${rows}) AS f) TO STDOUT WITH (${plain})`;
}

type Kind = 'plain' | 'text' | 'number' | 'amount' | 'time' | 'flag' | 'list';

/** Fields of the record in the order of the admin API, with their columns. */
const fields: readonly (readonly [field: string, column: string, kind: Kind])[] = [
  ['id', 'id', 'plain'],
  ['provider', 'provider', 'text'],
  ['account', 'account', 'text'],
  ['source', 'source', 'text'],
  ['externalId', 'external_id', 'text'],
  ['direction', 'direction', 'plain'],
  ['from', 'from_number', 'number'],
  ['to', 'to_number', 'number'],
  ['bridge', 'bridge', 'number'],
  ['status', 'status', 'plain'],
  ['providerStatus', 'provider_status', 'text'],
  ['hangupCause', 'hangup_cause', 'text'],
  ['startedAt', 'started_at', 'time'],
  ['endedAt', 'ended_at', 'time'],
  ['durationSeconds', 'duration_seconds', 'amount'],
  ['billableSeconds', 'billable_seconds', 'amount'],
  ['cost.amount', 'cost_amount', 'amount'],
  ['cost.currency', 'cost_currency', 'text'],
  ['campaignId', 'campaign_id', 'text'],
  ['flowId', 'flow_id', 'text'],
  ['recordingUrl', 'recording_url', 'text'],
  ['final', 'final', 'flag'],
  ['matched', 'matched', 'flag'],
  ['receivedAt', 'received_at', 'time'],
  ['review.state', 'review_state', 'plain'],
  ['review.note', 'review_note', 'text'],
  ['review.tags', 'review_tags', 'list'],
  ['review.by', 'review_by', 'text'],
  ['review.at', 'review_at', 'time'],
];

type Shown = (field: string, column: string, kind: Kind) => string;

/** What a number, a name or a voice can stand in, beside the payload. */
const telling: readonly string[] = ['externalId', 'recordingUrl', 'review.note'];

/** As people and addresses write it, with blanks, dashes, points, brackets; shorter rows of digits are amounts and years. */
const anyNumber = '\\+?\\d(?:(?:[ \\t()./\\u00a0-]|%20|%28|%29|%2[DdEeFf]){0,2}\\d){8,14}';

/** Keyed, so that whoever has the file cannot try all numbers; the same in every export, so that calls can be counted by person. */
function shownColumn(field: string, column: string, kind: Kind, { pseudonymKey }: ExportForm, literal: Bind): string {
  if (pseudonymKey === undefined) return `c.${column}`;
  if (telling.includes(field)) return 'NULL::text';
  if (kind === 'number') {
    const keyed = `${literal(pseudonymKey, 'text')} || c.${column}`;
    return `('p' || left(encode(sha256(convert_to(${keyed}, 'UTF8')), 'hex'), 24))`;
  }
  if (kind === 'text') return `regexp_replace(c.${column}, '${anyNumber}', '•••', 'g')`;
  if (kind !== 'list') return `c.${column}`;
  return `ARRAY(SELECT regexp_replace(entry, '${anyNumber}', '•••', 'g') FROM unnest(c.${column}) AS entry)`;
}

function csvColumns({ digits }: ExportForm, shown: Shown): string {
  return fields
    .map(([field, column, kind]) => `${csvCell(shown(field, column, kind), kind, digits)} AS "${field}"`)
    .join(', ');
}

function csvCell(column: string, kind: Kind, digits: boolean): string {
  switch (kind) {
    case 'text':
      return inert(column);
    case 'number':
      return inert(digits ? withoutPlus(column) : column);
    case 'amount':
      return `CASE WHEN ${column} < 0 THEN '''' || ${column}::text ELSE ${column}::text END`;
    case 'time':
      // As to_char would write it without its milliseconds padded, in a fraction of the time.
      return `to_json(${column}) #>> '{}'`;
    case 'flag':
      return `${column}::text`;
    case 'list':
      return `CASE WHEN ${column} = '{}' THEN '[]' ELSE array_to_json(${column})::text END`;
    case 'plain':
      return column;
  }
}

/** Spreadsheets take a cell for a formula that begins with one of `= + - @ '`, tab, CR, LF: it gets an apostrophe in front. */
function inert(text: string): string {
  // All of them come before A, which most cells begin after: that is found out in half the time.
  const isActive = `${text} COLLATE "C" < 'A' AND ascii(${text}) IN (61, 43, 45, 64, 39, 9, 13, 10)`;
  return `CASE WHEN ${isActive} THEN '''' || ${text} ELSE ${text} END`;
}

function withoutPlus(column: string): string {
  return `ltrim(${column}, '+')`;
}

function jsonColumns({ zone, digits }: ExportForm, shown: Shown): string {
  const time = zone === 'UTC' ? 'HH24:MI:SS.MS"Z"' : 'HH24:MI:SS.MSTZH:TZM';
  const value = (field: string, column: string, kind: Kind): string => {
    if (kind === 'time') return `to_char(c.${column}, 'YYYY-MM-DD"T"${time}')`;
    return kind === 'number' && digits ? withoutPlus(shown(field, column, kind)) : shown(field, column, kind);
  };
  const own = fields
    .filter(([field]) => !field.includes('.'))
    .map(([field, column, kind]) => [field, `${value(field, column, kind)} AS "${field}"`] as const);
  const cost = `CASE WHEN c.cost_amount IS NOT NULL THEN
    json_build_object('amount', c.cost_amount::text, 'currency', c.cost_currency) END AS cost`;
  const review = `json_build_object('state', c.review_state, 'note', ${shown('review.note', 'review_note', 'text')}, 'tags', ${shown('review.tags', 'review_tags', 'list')},
    'by', c.review_by, 'at', ${value('review.at', 'review_at', 'time')}) AS review`;
  const at = own.findIndex(([field]) => field === 'campaignId');
  const columns = own.map(([, text]) => text);
  return [...columns.slice(0, at), cost, ...columns.slice(at), review].join(', ');
}
