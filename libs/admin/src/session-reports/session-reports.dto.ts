import { IntersectionType } from '@nestjs/swagger';
import { IsIn, IsOptional, Matches } from 'class-validator';
import type { SessionReportFilter, SessionReportStatsBy } from '@app/reporting';
import { parseMsisdn } from '@app/telephony';
import type { Principal } from '../access/principal.js';
import { IsZone } from '../call-reports/zone.js';
import { IsInstant, IsWord, ListQuery } from '../paging/list.query.js';
import { rangeOf } from '../paging/range.js';
import { requirePersonal } from '../personal/personal-view.js';

/** How a session can have ended. */
export const sessionEnds = ['completed', 'incomplete', 'failed', 'unknown'] as const;
/** What reports are counted by. */
export const statsKeys: readonly SessionReportStatsBy[] = [
  ...(['status', 'provider', 'account', 'networkCode', 'serviceCode', 'hour', 'day'] as const),
];

/** Which reports. */
export class SessionReportFilterQuery {
  @IsOptional()
  @IsWord()
  readonly provider?: string;

  @IsOptional()
  @IsWord()
  readonly account?: string;

  @IsOptional()
  @IsIn(sessionEnds, { message: `must be one of ${sessionEnds.join(', ')}` })
  readonly status?: string;

  @IsOptional()
  @IsWord()
  readonly sessionId?: string;

  @IsOptional()
  @IsWord()
  readonly serviceCode?: string;

  @IsOptional()
  @IsWord()
  readonly networkCode?: string;

  @IsOptional()
  @IsWord()
  readonly caller?: string;

  /** For a number without a country code. */
  @IsOptional()
  @Matches(/^[A-Z]{2}$/, { message: 'must be two capital letters, such as KE' })
  readonly country?: string;

  @IsOptional()
  @IsInstant()
  readonly receivedAfter?: Date;

  @IsOptional()
  @IsInstant()
  readonly receivedBefore?: Date;
}

/** A page of them. */
export class SessionReportListQuery extends IntersectionType(SessionReportFilterQuery, ListQuery) {}

/** How they are counted. */
export class SessionReportStatsQuery extends SessionReportFilterQuery {
  @IsIn(statsKeys, { message: `must be one of ${statsKeys.join(', ')}` })
  readonly by!: SessionReportStatsBy;

  @IsOptional()
  @IsZone()
  readonly zone: string = 'UTC';
}

type Asked = Pick<SessionReportFilterQuery, keyof SessionReportFilterQuery>;

/** @throws Problem 403 where the key may not filter by what is asked for */
export function filterOf(asked: Asked, principal: Principal): SessionReportFilter {
  const { caller, country, receivedAfter, receivedBefore, ...others } = asked;
  // Ids of some providers hold the number.
  requirePersonal(principal, { caller, sessionId: asked.sessionId });
  return {
    ...others,
    ...(caller === undefined ? {} : { caller: parseMsisdn(caller, country) ?? caller }),
    received: rangeOf(receivedAfter, receivedBefore),
  };
}
