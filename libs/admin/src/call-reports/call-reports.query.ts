import { IntersectionType } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsArray, IsIn, IsOptional, Matches } from 'class-validator';
import type { CallReportFilter, CallReportOrder, ReviewState, StatsBy } from '@app/reporting';
import { callStatuses, type CallStatus } from '@app/telephony';
import type { Principal } from '../access/principal.js';
import { IsCount, IsInstant, IsWord, ListQuery } from '../paging/list.query.js';
import { rangeOf } from '../paging/range.js';
import { numberIn, requirePersonal } from '../personal/personal-view.js';
import { badRequest } from '../problems/problem.js';
import { IsZone } from './zone.js';

export const reviewStates: readonly ReviewState[] = ['new', 'reviewed', 'flagged'];
export const statsKeys: readonly StatsBy[] = [
  'status',
  'provider',
  'account',
  'hour',
  'day',
  'hangupCause',
  'campaignId',
];
const sortFields = ['startedAt', 'receivedAt', 'durationSeconds'] as const;
export const sorts = sortFields.flatMap((field) => [field, `-${field}`] as const);
export const newestFirst = '-startedAt';

type Sort = (typeof sorts)[number];

/** Which reports. */
export class CallReportFilterQuery {
  @IsOptional()
  @IsWord()
  readonly provider?: string;

  @IsOptional()
  @IsWord()
  readonly account?: string;

  @IsOptional()
  @IsWord()
  readonly source?: string;

  @IsOptional()
  @IsIn(['inbound', 'outbound'], { message: 'must be inbound or outbound' })
  readonly direction?: string;

  /** One or several, by commas or said again. */
  @IsOptional()
  @Transform(({ value }) => words(value))
  @IsArray({ message: 'must be a status, or several by commas' })
  @IsIn(callStatuses, { each: true, message: `must be of ${callStatuses.join(', ')}` })
  readonly status?: readonly CallStatus[];

  @IsOptional()
  @IsWord()
  readonly from?: string;

  @IsOptional()
  @IsWord()
  readonly to?: string;

  @IsOptional()
  @IsWord()
  readonly number?: string;

  @IsOptional()
  @Matches(/^[A-Z]{2}$/, { message: 'must be two capital letters, such as KE' })
  readonly country?: string;

  @IsOptional()
  @IsInstant()
  readonly startedAfter?: Date;

  @IsOptional()
  @IsInstant()
  readonly startedBefore?: Date;

  @IsOptional()
  @IsInstant()
  readonly receivedAfter?: Date;

  @IsOptional()
  @IsInstant()
  readonly receivedBefore?: Date;

  @IsOptional()
  @IsCount()
  readonly minDuration?: number;

  @IsOptional()
  @IsCount()
  readonly maxDuration?: number;

  @IsOptional()
  @IsWord()
  readonly campaignId?: string;

  @IsOptional()
  @IsWord()
  readonly flowId?: string;

  @IsOptional()
  @IsIn(reviewStates, { message: `must be of ${reviewStates.join(', ')}` })
  readonly review?: ReviewState;

  @IsOptional()
  @IsWord()
  readonly tag?: string;

  @IsOptional()
  @Matches(/^[^\u0000]{1,200}$/u, { message: 'must be 1 to 200 characters' })
  readonly q?: string;
}

class SortedQuery extends CallReportFilterQuery {
  @IsOptional()
  @IsIn(sorts, { message: `must be of ${sorts.join(', ')}` })
  readonly sort: Sort = newestFirst;
}

export class CallReportListQuery extends IntersectionType(SortedQuery, ListQuery) {}

export class CallReportFileQuery extends SortedQuery {
  @IsIn(['csv', 'ndjson'], { message: 'must be csv or ndjson' })
  readonly format!: 'csv' | 'ndjson';

  @IsOptional()
  @IsZone()
  readonly zone: string = 'UTC';
}

export class CallReportExportQuery extends CallReportFileQuery {
  @IsOptional()
  @IsIn(['digits'], { message: 'must be digits, or left out' })
  readonly numbers?: 'digits';
}

export class CallReportStatsQuery extends CallReportFilterQuery {
  @IsIn(statsKeys, { message: `must be of ${statsKeys.join(', ')}` })
  readonly by!: StatsBy;

  @IsOptional()
  @IsZone()
  readonly zone: string = 'UTC';
}

type Asked = Pick<CallReportFilterQuery, keyof CallReportFilterQuery>;

/** @throws Problem 400 for what is no number; 403 where the key may not filter by what is asked for */
export function filterOf(asked: Asked, caller: Principal): CallReportFilter {
  const { from, to, number, country, q } = asked;
  requirePersonal(caller, { from, to, number, q });
  if (country !== undefined && [from, to, number].every((each) => each === undefined)) {
    throw badRequest({ field: 'country', message: 'says how from, to or number is read, and none of them is given' });
  }
  const { startedAfter, startedBefore, receivedAfter, receivedBefore, ...others } = asked;
  const { provider, account, source, direction, status, minDuration, maxDuration, campaignId, flowId, review, tag } =
    others;
  return given({
    ...{ provider, account, source, direction, status, minDuration, maxDuration, campaignId, flowId, review, tag, q },
    from: endIn('from', from, country),
    to: endIn('to', to, country),
    number: endIn('number', number, country),
    started: rangeOf(startedAfter, startedBefore),
    received: rangeOf(receivedAfter, receivedBefore),
  });
}

/** The order that a `sort` stands for. */
export function orderOf(sort: Sort): CallReportOrder {
  const by = sortFields.find((field) => sort.endsWith(field)) ?? 'startedAt';
  return { by, descending: sort.startsWith('-') };
}

/** Short codes are an end of calls as well. */
function endIn(field: string, text: string | undefined, country: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const isShortCode = /^\d{3,6}$/.test(text);
  return isShortCode ? text : numberIn(field, text, country);
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function given<T extends object>(fields: T): Given<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<T>;
}

function words(value: unknown): unknown {
  const list = Array.isArray(value) ? value : [value];
  return list.every((word) => typeof word === 'string') ? list.flatMap((word) => word.split(',')) : value;
}
